"""What is done with papers: circulated, added to, prepared for, reminded of. One name for other rooms to call."""

from __future__ import annotations

from app.papers.circulating import NewPack, add_supplement, circulate, circulate_pack
from app.papers.preparing import Prepared, confirm_preparation, opened, remind, save_notes

__all__ = [
    "NewPack", "Prepared", "add_supplement", "circulate", "circulate_pack", "confirm_preparation", "opened", "remind",
    "save_notes",
]  # fmt: skip
