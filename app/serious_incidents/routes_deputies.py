"""The pages of deputies: who stands in for whom and when; naming one, also on the spot; ending one (B1-12)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from app.access.actor import Actor, Capacity
from app.access.current import current_actor
from app.access.guard import refuse, requires
from app.access.permissions import Condition, Permission, grant_for
from app.access.roles import ROLE_NAMES, Role
from app.accounts.deputies import Members, NewDeputy, end_deputy, name_deputy, partner_of, who_can
from app.accounts.deputy_rules import DECIDE
from app.accounts.queries import MembershipView, deputies_at, members_today
from app.procedure.events import Party
from app.serious_incidents.fields import day, line, select
from app.serious_incidents.forms import KeyedForm, StepForm
from app.serious_incidents.pages import fresh, key_of
from app.serious_incidents.sealed_out import ask_when_begun
from tenants.db import db

deputies = Blueprint("deputies", __name__, url_prefix="/<slug>/deputies", template_folder="templates")


class DeputyForm(KeyedForm):
    """Who is away, who acts for them, between which days, and why."""

    principal: SelectField = select("Who is away?")
    person: SelectField = select(
        "Who acts for them?", "Somebody of the same safeguarding partner whose role here sees cases"
    )
    starts_on = day("What is the first day?", called="The first day")
    ends_on = day("What is the last day?", "The deputy acts to the end of this day", called="The last day")
    reason = line("Why is a deputy needed?", "For example: leave, or away at short notice")

    def typed(self, key: UUID) -> NewDeputy:
        """The deputy as the service reads them."""
        return NewDeputy(
            _identifier(self.principal.data), _identifier(self.person.data), self.starts_on.data, self.ends_on.data,
            self.reason.cleaned, key,
        )  # fmt: skip


@deputies.get("/")
@requires(Permission.DEPUTY_NAME)
def index() -> ResponseReturnValue:
    """Who stands in for whom: now, later and before."""
    mine = [one for one in deputies_at(None) if _of_mine(one.principal, current_actor())]
    running = [one for one in mine if one.ended_at is None and one.ends_on >= g.today]
    acting = {one.deputy_id for one in deputies_at(g.today)}
    idle = {one.deputy_id for one in running if one.starts_on <= g.today and one.deputy_id not in acting}
    return render_template(
        "serious_incidents/deputies.html", running=running, idle=idle, form=StepForm(), roles=ROLE_NAMES, Role=Role,
        before=[one for one in reversed(mine) if one not in running],
    )  # fmt: skip


@deputies.route("/name", methods=["GET", "POST"])
@requires(Permission.DEPUTY_NAME)
def name() -> ResponseReturnValue:
    """Name a deputy for stated days; on the spot it is today only (B1-12). First who is away is asked, then who of
    those who can acts for them."""
    form, actor = DeputyForm(), current_actor()
    fresh(form)
    members = members_today(g.today)
    away = [(view, person) for view, person in members if Role(view.role) in DECIDE and _of_mine(view, actor)]
    form.principal.choices = _choices(
        (view.membership_id, f"{person.display_name}, {_role(view)}") for view, person in away
    )
    if request.method == "GET":
        form.starts_on.show(g.today)
        form.ends_on.show(g.today)
        form.principal.data = request.args.get("principal", "")
    chosen = next((view for view, _person in away if str(view.membership_id) == form.principal.data), None)
    principals = [chosen] if chosen else [view for view, _person in away]
    form.person.choices = _choices(_offered(form, principals, members, actor).items())
    if request.method == "GET" and "principal" in request.args and chosen is None:
        form.principal.errors = ["Select who is away"]
    if form.is_submitted() and _named(form, actor, chosen):
        flash("The deputy has been named, and is told. Every act of theirs says for whom.", "success")
        return redirect(url_for("deputies.index"), 303)
    errors = [(_anchor(field), field.errors[0]) for field in form if field.errors]
    page = render_template("serious_incidents/name_deputy.html", form=form, errors=errors, chosen=chosen)
    return page, 400 if errors else 200


def _offered(
    form: DeputyForm, principals: list[MembershipView], members: Members, actor: Actor
) -> dict[UUID, str]:
    """Who can act for one who is away, on the days that were typed; never oneself."""
    first = form.starts_on.data or g.today
    found: dict[UUID, str] = {}
    for principal in principals:
        found |= who_can(principal, members, (first, form.ends_on.data or first))
    return {person: name_ for person, name_ in found.items() if person != actor.person_id}


@deputies.post("/<uuid:deputy_id>/end")
@requires(Permission.DEPUTY_NAME)
def end(deputy_id: UUID) -> ResponseReturnValue:
    """End a deputy's time now."""
    form, actor = StepForm(), current_actor()
    found = next((one for one in deputies_at(None) if one.deputy_id == deputy_id), None)
    if found is None or not _of_mine(found.principal, actor):
        refuse()
    if form.validate_on_submit():
        ended = end_deputy(deputy_id, actor.acting_as(_naming(actor, found.principal)), g.now)
        db.session.commit()
        flash("The deputy's time has ended." if ended else "The deputy's time had ended already.", "success")
    return redirect(url_for("deputies.index"), 303)


def _named(form: DeputyForm, actor: Actor, chosen: MembershipView | None) -> bool:
    """Whether the deputy was named. What is wrong is beside its field, all of it at once."""
    sound = form.validate()
    typed = form.typed(key_of(form))
    if chosen is None:
        typed = replace(typed, principal=None)
    if form.reason.errors:
        typed = replace(typed, reason="as typed")  # refused already: what else is wrong is told with it
    held = _naming(actor, chosen) if chosen else actor.holding(Permission.DEPUTY_NAME)
    faults = name_deputy(typed, actor.acting_as(held), g.now)
    if sound and not faults:
        partner = partner_of(chosen) if chosen else None
        if partner is not None and typed.starts_on is not None:
            ask_when_begun(partner, typed.starts_on, typed.key, g.now)
        db.session.commit()
        return True
    db.session.rollback()
    for name_, message in faults:
        if not form[name_].errors:
            form[name_].errors = [message]
    return False


def _naming(actor: Actor, principal: MembershipView) -> list[Capacity]:
    """In which capacities somebody may name a deputy for a membership. A deputy names no further deputy."""
    partner = partner_of(principal)
    return [
        held
        for held in actor.holding(Permission.DEPUTY_NAME)
        if not held.deputy_for and (_for_all(held) or _partner(held) is partner)
    ]


def _for_all(held: Capacity) -> bool:
    return grant_for(held.role, Permission.DEPUTY_NAME) is Condition.ALWAYS


def _of_mine(principal: MembershipView, actor: Actor) -> bool:
    return partner_of(principal) is not None and bool(_naming(actor, principal))


def _partner(held: Capacity) -> Party | None:
    return Party.LOCAL_AUTHORITY if held.role is Role.SERVICE_DIRECTOR else held.partner


def _role(view: MembershipView) -> str:
    role = ROLE_NAMES[Role(view.role)]
    return f"{role}, {view.agency_name}" if view.agency_name else role


def _choices(found: Iterable[tuple[object, str]]) -> list[SelectChoice]:
    return [SelectChoice("", "Select"), *(SelectChoice(str(value), label) for value, label in found)]


def _identifier(typed: str | None) -> UUID | None:
    """What was chosen; None for anything that is no choice at all."""
    try:
        return UUID(typed or "")
    except ValueError:
        return None


def _anchor(field: object) -> str:
    name_ = str(getattr(field, "name", ""))
    return f"{name_}-day" if name_.endswith("_on") else name_
