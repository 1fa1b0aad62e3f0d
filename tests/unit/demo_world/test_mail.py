from __future__ import annotations

import os
import signal
import smtplib
import socket
import subprocess
import sys
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
import requests

from demo_world.authority import Client
from demo_world.mailbox import Mailbox, start_sink
from demo_world.server import make_app

ROOT = Path(__file__).resolve().parents[3]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def message(to: str, subject: str = "Something waits", body: str = "Please sign in.") -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "waymark@localhost", to, subject
    made.set_content(body)
    return made


@pytest.fixture
def mailbox(tmp_path: Path) -> Mailbox:
    return Mailbox(tmp_path / "mail")


@pytest.fixture
def smtp(mailbox: Mailbox) -> Iterator[smtplib.SMTP]:
    sink = start_sink(mailbox, free_port())
    try:
        with smtplib.SMTP("127.0.0.1", sink.port, timeout=10) as client:
            yield client
    finally:
        sink.stop()


def test_a_message_is_kept_and_shown_newest_first(smtp: smtplib.SMTP, mailbox: Mailbox) -> None:
    smtp.send_message(message("first@council.example", "First"))
    smtp.send_message(message("second@council.example", "Second"))
    assert [mail.subject for mail in mailbox.newest()] == ["Second", "First"]
    assert [mail.subject for mail in mailbox.newest("FIRST@council")] == ["First"]
    kept = mailbox.newest()[0]
    assert kept.recipients == ("second@council.example",)
    assert kept.body.strip() == "Please sign in."
    assert mailbox.one(kept.name) == kept


def test_an_address_that_no_longer_exists_is_refused(smtp: smtplib.SMTP, mailbox: Mailbox) -> None:
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        smtp.send_message(message("gone@bounces.example"))
    assert refused.value.recipients["gone@bounces.example"][0] == 550
    assert mailbox.newest() == []


def test_mail_to_an_address_can_be_refused_and_taken_again(
    smtp: smtplib.SMTP, mailbox: Mailbox, tmp_path: Path
) -> None:
    browser = make_app({}, "http://127.0.0.1:1", tmp_path, Client("waymark")).test_client()
    assert "Refuse mail to" in browser.get("/mail").text
    assert browser.post("/mail/refused", data={"address": " Yvonne@Police.example"}).status_code == 303
    assert "yvonne@police.example" in browser.get("/mail").text
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        smtp.send_message(message("yvonne@police.example"))
    smtp.send_message(message("graham@police.example"))
    browser.post("/mail/refused", data={"address": "yvonne@police.example", "again": "yes"})
    smtp.send_message(message("yvonne@police.example"))
    assert [mail.recipients[0] for mail in mailbox.newest()] == [
        "yvonne@police.example",
        "graham@police.example",
    ]


def test_no_other_site_refuses_mail(tmp_path: Path) -> None:
    browser = make_app({}, "http://127.0.0.1:1", tmp_path, Client("waymark")).test_client()
    sent = browser.post(
        "/mail/refused", data={"address": "a@x.example"}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert sent.status_code == 403
    for address in ("", " ", "<b>@x.example\n\nnext"):
        assert browser.post("/mail/refused", data={"address": address}).status_code == 303
    assert "&lt;b&gt;@x.examplenext" in browser.get("/mail").text


def test_the_pages_escape_what_a_message_says(tmp_path: Path) -> None:
    mailbox = Mailbox(tmp_path / "mail")
    mailbox.keep(["<i>@x.example"], message("a@x.example", "<b>bold</b>", "<script>x</script>").as_bytes())
    browser = make_app({}, "http://127.0.0.1:1", tmp_path, Client("waymark")).test_client()
    listed = browser.get("/mail")
    single = browser.get(f"/mail/{mailbox.newest()[0].name}")
    for page in (listed, single):
        assert "&lt;b&gt;bold&lt;/b&gt;" in page.text
        assert "<script>" not in page.text
        assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert "&#34;&gt;&lt;i&gt;" in browser.get('/mail?to="><i>').text


@pytest.mark.parametrize("name", ["../keys/x", "x", "0" * 20 + "-" + "f" * 32, "..%2fkeys"])
def test_only_messages_can_be_read(tmp_path: Path, name: str) -> None:
    browser = make_app({}, "http://127.0.0.1:1", tmp_path, Client("waymark")).test_client()
    assert browser.get(f"/mail/{name}").status_code == 404


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00",
        b"Subject: =?x?q?=\r\n\r\n",
        b"Content-Type: text/plain; charset=none\r\n\r\n\xff",
    ],
)
def test_a_message_that_makes_no_sense_is_still_shown(tmp_path: Path, content: bytes) -> None:
    mailbox = Mailbox(tmp_path / "mail")
    mailbox.keep(["a@x.example", "b@x.example\r\nBcc: c@x.example"], content)
    browser = make_app({}, "http://127.0.0.1:1", tmp_path, Client("waymark")).test_client()
    assert browser.get("/mail").status_code == 200
    assert browser.get(f"/mail/{mailbox.newest()[0].name}").status_code == 200


def test_the_program_serves_both_and_stops_when_told(tmp_path: Path) -> None:
    port, smtp_port = free_port(), free_port()
    command = [sys.executable, "-m", "demo_world", "--port", str(port), "--smtp-port", str(smtp_port)]
    process = subprocess.Popen(
        [*command, "--data", str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        assert "mail at" in process.stdout.readline()
        with smtplib.SMTP("127.0.0.1", smtp_port, timeout=10) as client:
            client.send_message(message("a@council.example", "Kept by the program"))
        assert "Kept by the program" in requests.get(f"http://127.0.0.1:{port}/mail", timeout=10).text
    finally:
        os.kill(process.pid, signal.SIGTERM)
        code = process.wait(timeout=20)
        process.stdout.close()
    assert code == 0


def test_a_file_of_people_that_cannot_be_read_is_said_so(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "demo_world", "--port", "1", "--smtp-port", "1", "--data", str(tmp_path)]
    ended = subprocess.run(
        [*command, "--people", str(tmp_path / "none.toml")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ended.returncode == 2
    assert "cannot be read" in ended.stderr
