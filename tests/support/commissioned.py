"""A commission with one of everything, made for a test."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import select

from app.access.actor import SYSTEM, Acting
from app.access.roles import Role
from app.accounts.models import Membership
from app.cases.service import Case
from app.commissions import drafts, papers, queries, service, terms
from app.commissions.rules import content_of
from app.commissions.snapshots import written
from app.documents.digests import digest_of
from app.procedure.clocks import london_date
from app.procedure.commissions import Milestone
from tenants.db import db
from tests.support.people import Someone

TEXTS = {
    "purpose": "To learn how agencies worked together, and what would help children like this one.",
    "scope": "From the first contact with any agency to the day of the incident.",
    "enquiry": "Who knew what, and when?\nWhat did practitioners need that they did not have?",
    "method": "Records, two conversations with practitioners, one with the family.",
}
REPORT = "The agencies each held a part of what was known. None of them held enough to see it whole."
FINDING = "Records of three agencies were read together only after the incident."
RECOMMENDATION = "Each agency names, by June, who reads its record beside the others'."
COMMISSIONED = (Role.REVIEWER.value, Role.EVENT_LEAD.value)


def commissioned(who: Someone, case_id: UUID, now: datetime, first: int = 0, last: int = 60) -> str:
    """A commission of a case: terms, timetable, papers, a draft, a submitted version and a comment; its reference."""
    today, team = london_date(now), Acting(None, "Somebody of the team", "Partnership Team")
    with who.place.pinned():
        query = select(Membership.id).where(Membership.person_id == who.person_id)
        membership = db.session.scalars(query.where(Membership.role.in_(COMMISSIONED))).one()
        days = (today + timedelta(days=first), today + timedelta(days=last))
        typed = service.NewCommission(membership, *days, "Joanna Meekin, 01983 000000", uuid4())
        row, faults = service.give(case_id, typed, team, now)
        assert row is not None, faults
        reference = row.reference
        terms.release_terms(case_id, reference, TEXTS, over=0, key=uuid4(), acting=team, now=now)
        changed = {**TEXTS, "scope": "From the birth of the child to the day of the incident."}
        db.session.flush()
        terms.release_terms(case_id, reference, changed, over=1, key=uuid4(), acting=team, now=now)
        dates = {Milestone.START: days[0], Milestone.FIRST_DRAFT: days[0] + timedelta(days=min(28, last)),
                 Milestone.END: days[1]}  # fmt: skip
        terms.set_timetable(case_id, reference, dates, "", over=0, key=uuid4(), acting=team, now=now)
        text = "The school's chronology, as the head teacher sent it."
        paper = papers.NewPaper(
            "written", "What the school recorded", text, digest_of(written(text)), uuid4()
        )
        assert papers.release(_case(case_id), reference, paper, team, now) == []
        drafts.save(row, content_of(REPORT, [FINDING], [RECOMMENDATION]), version=0, form="", now=now)
        db.session.flush()
        acting = Acting(who.person_id, who.name, "Reviewer")
        assert drafts.submit(
            row, drafts.NewVersion("first-draft", "An early look", 1, uuid4()), acting, now
        ) == (1, [])
        db.session.flush()
        assert drafts.comment(row, 1, "Say more about the school.", key=uuid4(), acting=SYSTEM, now=now) == []
        db.session.commit()
        assert [len(found) for found in (queries.terms_of(row), queries.papers_of(row))] == [2, 1]
        return reference


def _case(case_id: UUID) -> Case:
    return db.session.scalars(select(Case).where(Case.id == case_id)).one()
