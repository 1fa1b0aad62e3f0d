"""My tasks, cases, one case, and how a date was counted."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.access.current import current_actor
from app.access.guard import public, refuse, requires
from app.access.permissions import Permission
from app.access.seal_rules import may_see_seals
from app.accounts.queries import standing_in_of
from app.cases import panels, presenting
from app.cases.models import Case
from app.cases.queries import PAGE, children_of, obligations_of, page_of_cases, stages_of, visible_case
from app.cases.tasks import tasks_of
from app.commissions.queries import own_tasks, running_commissions
from app.entering.asking import waiting_for_me
from app.entering.beside import beside
from app.involvement.queries import waiting_for_me as returns_waiting
from app.ledger import read_log
from app.papers.queries import waiting_for_me as papers_waiting
from app.people.queries import count_to_decide, waiting_for
from app.procedure.clocks import day_end
from app.rapid_reviews import overview
from app.recommendations.queries import owed_by_agency
from app.referrals.queries import referral_record
from app.scrutiny.queries import observations_of, waiting_for_answer
from app.serious_incidents.queries import decision_overview, untold
from app.serious_incidents.reaching import opened
from app.serious_incidents.told_queries import told_of
from app.web.paging import key_asked, key_text
from app.web.text_rules import parse_date

bp = Blueprint("cases", __name__, url_prefix="/<slug>", template_folder="templates")
home = Blueprint("home", __name__, template_folder="templates")


@home.get("/")
@public("the front door: asks to sign in, or shows only the partnerships of the person signed in")
def index() -> ResponseReturnValue:
    """The partnerships a person belongs to, with a count of tasks and no content."""
    if not current_user.is_authenticated:
        return redirect(url_for("accounts.sign_in"))
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    found = presenting.partnerships_with_counts(
        app, current_user.person_id, current_user.display_name, g.today, g.now
    )
    checks = waiting_for(app, current_user.person_id, g.now)
    if len(found) == 1 and not checks:
        return redirect(url_for("cases.tasks", slug=found[0].slug))
    return render_template("cases/home.html", partnerships=found, checks=checks)


@home.get("/health")
@public("says only that the process answers and the database is reachable")
def health() -> ResponseReturnValue:
    """For the supervisor and the load balancer."""
    from sqlalchemy import text

    from tenants.db import db

    db.session.execute(text("select 1"))
    return "ok\n", 200, {"Content-Type": "text/plain"}


@bp.get("/")
@requires(Permission.PARTNERSHIP_ENTER)
def enter() -> ResponseReturnValue:
    """A partnership's front page is what I owe there."""
    return redirect(url_for("cases.tasks"))


@bp.get("/tasks")
@requires(Permission.TASKS_VIEW)
def tasks() -> ResponseReturnValue:
    """What I owe, soonest first."""
    found = [presenting.task(entry, g.now) for entry in tasks_of(current_actor(), g.today)]
    standing_in = standing_in_of(current_user.person_id, g.today)
    mine = own_tasks(current_actor(), g.today)
    decides = current_actor().may(Permission.MEMBERSHIP_APPROVE)
    return render_template(
        "cases/tasks.html", to_decide=count_to_decide(current_user.person_id, g.now) if decides else 0,
        tasks=found, standing_in=standing_in, me=current_user.person_id, commissioned=mine,
        asked=waiting_for_me(current_actor()), running=running_commissions(current_actor(), g.today),
        unanswered=waiting_for_answer(current_actor()), returns=returns_waiting(current_actor(), g.now),
        to_prepare=papers_waiting(current_actor(), g.now), actions=len(owed_by_agency(current_actor(), g.today)),
    )  # fmt: skip


@bp.get("/cases")
@requires(Permission.CASES_LIST)
def case_list() -> ResponseReturnValue:
    """The cases I may see, newest first, a page at a time."""
    found = list(page_of_cases(current_actor(), key_asked(), PAGE + 1))
    more = found[PAGE - 1] if len(found) > PAGE else None
    rows = presenting.case_rows(found[:PAGE], g.now)
    after = key_text(more.opened_at, more.id) if more else None
    return render_template("cases/list.html", cases=rows, after=after)


@bp.get("/cases/<reference>")
@requires(Permission.CASE_VIEW)
def case(reference: str) -> ResponseReturnValue:
    """What is owed, by whom, by when and why; then what happened; then the record."""
    found = seen(reference, "case")
    return render_template(
        "cases/case.html",
        case=found,
        owed=presenting.owed(obligations_of(found.id), current_actor(), g.now),
        timeline=presenting.timeline(found.id, current_actor(), untold(found.id, current_actor())),
        routing=panels.routing(found.id),
        budget=panels.budget(found.id, g.now),
        stages=stages_of(found.id),
        children=children_of(found.id),
        record=referral_record(found.id),
        decision=decision_overview(found.id, now=g.now),
        beside=beside(found, current_actor()),
        review=overview.beside(found.id, current_actor()),
        observations=observations_of(found.id) if current_actor().may(Permission.OBSERVATIONS_VIEW) else [],
        sees_seals=may_see_seals(current_actor()),
    )


@bp.get("/cases/<reference>/history")
@requires(Permission.CASE_VIEW)
def case_history(reference: str) -> ResponseReturnValue:
    """The case as it stood: as it was known on one day, of what had happened by another. What was told and owed, the
    decisions and positions, and the record."""
    found = seen(reference, "history")
    known, wrong_known = day_asked("known", "The day on which it was known")
    happened, wrong_happened = day_asked("happened", "The day by which it had happened")
    errors = [
        (f"{name}-day", fault)
        for name, fault in (
            ("known", wrong_known or to_come(known)),
            ("happened", wrong_happened or to_come(happened)),
        )
        if fault
    ]
    known, happened = (None if to_come(day) else day for day in (known, happened))
    ends = [min(day_end(day), g.now) if day else g.now for day in (known, happened)]
    page = render_template(
        "cases/history.html",
        case=found,
        errors=errors,
        typed=request.args,
        asked=bool(known or happened),
        known=known,
        happened=happened,
        owed=presenting.owed_then(found.id, current_actor(), *ends),
        timeline=presenting.timeline(found.id, current_actor(), untold(found.id, current_actor()), *ends),
        told=told_of(found, current_actor(), g.now, *ends),
        record=referral_record(found.id, *ends),
    )
    return page, 400 if errors else 200


@bp.get("/cases/<reference>/clock/<key>")
@requires(Permission.CASE_VIEW)
def clock(reference: str, key: str) -> ResponseReturnValue:
    """How the date of an obligation was counted, day by day; printable."""
    found = seen(reference, "clock")
    row = next((entry for entry in obligations_of(found.id) if entry.key == key), None)
    if row is None or row.counted_from is None or row.due_on is None:
        refuse()
    return render_template("cases/clock.html", case=found, obligation=row, counted=presenting.counted(row))


@bp.get("/cases/<reference>/views")
@requires(Permission.READ_LOG_VIEW)
def views(reference: str) -> ResponseReturnValue:
    """Who looked at the case, in what capacity, how often and when: the newest views of each, or all where asked."""
    found, whole = seen(reference, "views"), request.args.get("all") == "yes"
    shown = presenting.viewers(found.id, None) if whole else presenting.viewers(found.id)
    return render_template("cases/views.html", case=found, viewers=shown, whole=whole)


def seen(reference: str, page: str) -> Case:
    """The case where this person may see it, with the view recorded first; else the same 404 as a wrong address."""
    actor = current_actor()
    found = visible_case(reference, actor)
    if found is None:
        refuse()
    capacities = actor.holding(Permission.CASE_VIEW)
    read_log.viewed(found.id, actor.acting_as(capacities), page, g.now)
    opened(found.id, actor, g.now)
    return found


def day_asked(name: str, label: str) -> tuple[date | None, str | None]:
    """A day from the three parts of an address, or what is wrong with it."""
    parts = [request.args.get(f"{name}-{part}", "")[:40] for part in ("day", "month", "year")]
    return parse_date(parts[0], parts[1], parts[2], label)


def to_come(day: date | None) -> str | None:
    """Why a case cannot be shown as it stood on a day, or None."""
    return "The day must be today or in the past" if day and day > g.today else None
