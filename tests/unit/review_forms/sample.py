"""What a form is made of, invented, with every part answered."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from app.review_forms.composing import Decided, Position, Recommended, Returned, Sources
from tests.support.involvement import NONE, whole
from tests.support.review_forms import COMMISSION, answers

PARTS = ("presentation", "findings", "other_children", "reflections", "standards", "criteria", "circumstances",
         "child_death", "context", "enquiry")  # fmt: skip
LONG = (
    "The child was seen by the health visitor in March and again in May. Each visit was recorded, and each record "
    "says that the home was warm and the child well dressed; neither says what the child said, or who else was in "
    "the house. The school learned of the second visit only after the incident."
)


def sources(**changed: Any) -> Sources:
    """Everything recorded; what is given takes its place."""
    record = {part: answers(part, LONG if part in ("findings", "context") else "As found") for part in PARTS}
    made = Sources(
        reference="IOW-7K3M-Q",
        partnership="An invented partnership",
        at_a_glance=[("Reference", "IOW-7K3M-Q"), ("Notified", "24 November 2026 at 1pm")],
        children=[("Robin Invented", "1 March 2022", "Child of the incident")],
        referral=[("What happened", [("What happened?", LONG), ("Who told you?", "")]), ("Nothing", [("Why?", " ")])],
        record=record,
        positions=[Position(name, COMMISSION, "It shows what must change", "Sam Invented (Detective Inspector)")
                   for name in ("Children's Services", "Police", "Integrated care board")],
        decision=Decided(COMMISSION, "There is more to learn of how agencies worked together",
                         "Decided by the safeguarding partners, 10 December 2026 at 3pm.", False),
        returns=[Returned("Community health", whole(LONG)), Returned("School", NONE),
                 Returned("Police", whole("As our records say"), "recorded on its behalf")],
        waiting=["Housing"],
        recommended=[Recommended(1, "Records of three agencies are read together by June", "Police, Community health",
                                 "Practitioners see the child whole",
                                 [("Agree who reads", "Police, Inspector Invented", "1 March 2027")])],
    )  # fmt: skip
    return replace(made, **changed)


def without(part: str, *names: str) -> Sources:
    """Everything recorded but some answers of a part, or all of it."""
    record = dict(sources().record)
    record[part] = {name: said for name, said in record[part].items() if names and name not in names}
    return sources(record=record)
