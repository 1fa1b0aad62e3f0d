"""What an observation needs: pure, so that it can be read and tested alone."""

from __future__ import annotations

from app.procedure.marks import duty

ABOUT = {
    "decision": "How the decision was made",
    "case": "Something else in this case: its clocks, who was asked, what was recorded",
}
PRACTICE = "practice"
LONGEST_NUMBER = 15


@duty("S-01")
def observation_faults(about: str, words: str, entry: str, entry_is_there: bool) -> list[tuple[str, str]]:
    """What is missing or impossible in an observation: field and message. An entry of another case and one that does
    not exist are the same to whoever asks."""
    faults = []
    if about not in (*ABOUT, PRACTICE):
        faults.append(("about", "Select what the observation is about"))
    if not words.strip():
        faults.append(("words", "Enter your observation"))
    if entry.strip() and entry_number(entry) is None:
        faults.append(("entry", "The number of the entry must be a whole number, like 128"))
    elif entry.strip() and not entry_is_there:
        faults.append(("entry", "There is no entry of that number here; leave it empty or see the ledger"))
    return faults


def entry_number(typed: str) -> int | None:
    """The number of an entry as it was typed, or None where it is none."""
    text = typed.strip()
    plain = text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER
    return int(text) if plain and int(text) > 0 else None
