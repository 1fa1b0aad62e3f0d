"""Browsers in words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.accounts.browsers import UNKNOWN, browser_in_words

MOZILLA = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (f"{MOZILLA}Chrome/142.0.0.0 Safari/537.36", "Chrome on Windows"),
        (f"{MOZILLA}Chrome/142.0.0.0 Safari/537.36 Edg/142.0", "Edge on Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile Safari/604.1",
         "Safari on an iPhone"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18 Safari/605.1.15",
         "Safari on a Mac"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/142.0 Mobile Safari/537.36", "Chrome on Android"),
        ("Firefox/1", "Firefox"),
        ("something for Windows", "A browser on Windows"),
        ("curl/8", UNKNOWN),
        ("", UNKNOWN),
    ],
)  # fmt: skip
def test_a_browser_in_words(said: str, words: str) -> None:
    assert browser_in_words(said) == words


WORDS = """A browser that does not say what it is Edge Opera Samsung Internet Firefox Chrome Safari on an iPhone iPad
Android Chromebook Windows a Mac Linux"""


@given(st.text())
def test_nothing_of_what_a_browser_says_is_kept_but_known_words(said: str) -> None:
    assert set(browser_in_words(said).split()) <= set(WORDS.split())
