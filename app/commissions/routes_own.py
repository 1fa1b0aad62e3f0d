"""The pages of those commissioned: what is asked of them and by when, and what was released to them. Nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.access.actor import Acting
from app.access.current import current_actor
from app.access.guard import refuse, requires
from app.access.permissions import Permission
from app.cases.service import lock as lock_case
from app.commissions import papers, queries
from app.commissions.models import Commission
from app.commissions.presenting import page_name
from app.commissions.routes_papers import numbered, version_of
from app.commissions.routes_terms import said, version_and_before
from app.commissions.rules import CALLED, HEADINGS, TITLES, compare
from app.ledger import read_log

own = Blueprint("own_commission", __name__, url_prefix="/<slug>/commissions", template_folder="templates")


@dataclass(frozen=True, slots=True)
class Own:
    """One's own commission, which runs today, and the capacity in which one acts."""

    row: Commission
    acting: Acting

    @property
    def title(self) -> str:
        """What it is called."""
        return f"{TITLES[self.row.kind]} {self.row.reference}"

    def viewed(self, what: str = "") -> None:
        """Record that something was opened, before it is shown."""
        read_log.viewed(self.row.case_id, self.acting, page_name(self.row, what), g.now)


def mine(commission: str, *, lock: bool = False) -> Own:
    """One's own commission where it runs now, locked where asked; else the 404 of a wrong address."""
    actor = current_actor()
    row = queries.running_commission(commission, actor, g.today, lock=lock)
    return Own(row, queries.acting_under(row, actor)) if row is not None else refuse()


def mine_to_act(commission: str) -> Own:
    """One's own commission, locked after its case: for what is recorded in the case's history."""
    lock_case(mine(commission).row.case_id)
    return mine(commission, lock=True)


@own.get("/")
@requires(Permission.COMMISSION_VIEW)
def index() -> ResponseReturnValue:
    """The commissions that run today; the only one is opened at once."""
    rows = queries.running_commissions(current_actor(), g.today)
    if len(rows) == 1:
        return redirect(url_for("own_commission.one", commission=rows[0].reference))
    return render_template("commissions/own_index.html", rows=rows, titles=TITLES)


@own.get("/<commission>")
@requires(Permission.COMMISSION_VIEW)
def one(commission: str) -> ResponseReturnValue:
    """What is asked and by when, the papers, and one's drafts."""
    found = mine(commission)
    found.viewed()
    row, terms = found.row, queries.terms_of(found.row)
    return render_template(
        "commissions/own.html", row=row, title=found.title, timetable=queries.timetable(row, g.today),
        terms=terms[0] if terms else None, earlier=terms[1:], headings=HEADINGS, papers=queries.papers_of(row),
        versions=queries.versions_of(row), comments=queries.comments_of(row), draft=queries.draft_of(row),
        called=CALLED,
    )  # fmt: skip


@own.get("/<commission>/terms/<version>")
@requires(Permission.COMMISSION_VIEW)
def terms(commission: str, version: str) -> ResponseReturnValue:
    """A version of the terms of reference, and what differs from the one before it."""
    found = mine(commission)
    one, before, versions = version_and_before(queries.terms_of(found.row), version)
    found.viewed(f"terms of reference, version {one.number}")
    return render_template(
        "commissions/own_terms.html", row=found.row, title=found.title, one=one, before=before, versions=versions,
        headings=HEADINGS, told=compare(said(before), said(one)) if before else [],
    )  # fmt: skip


@own.get("/<commission>/papers/<paper>")
@requires(Permission.COMMISSION_VIEW)
def paper(commission: str, paper: str) -> ResponseReturnValue:
    """A paper that was released and not withdrawn."""
    found = mine(commission)
    one = numbered(queries.papers_of(found.row), paper)
    found.viewed(f"paper {one.number}, {one.title}")
    return render_template(
        "commissions/own_paper.html", row=found.row, title=found.title, paper=one, content=papers.proved(one)
    )


@own.get("/<commission>/versions/<version>")
@requires(Permission.COMMISSION_VIEW)
def version(commission: str, version: str) -> ResponseReturnValue:
    """A version that one submitted, and what was written back."""
    found = mine(commission)
    one = version_of(queries.versions_of(found.row), version)
    found.viewed(f"submitted version {one.number}")
    comments = queries.comments_of(found.row).get(one.number, [])
    return render_template(
        "commissions/own_version.html", row=found.row, title=found.title, version=one, comments=comments,
        called=CALLED,
    )  # fmt: skip
