"""What goes wrong with meetings beside wrong answers."""

from __future__ import annotations


class NoSuchMeeting(Exception):
    """There is no such meeting, item or attendance, or none that this person may see."""
