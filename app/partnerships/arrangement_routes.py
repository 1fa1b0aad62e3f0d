"""The pages of the agencies' arrangements for identifying cases (A-10)."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import IntegrityError

from app.access.actor import Actor
from app.access.current import current_actor
from app.access.guard import refuse, requires
from app.access.permissions import Permission
from app.partnerships.arrangements import AgencyShown, NewArrangement, overview, record_arrangement
from app.serious_incidents.fields import day, line
from app.serious_incidents.fields import words as several_lines
from app.serious_incidents.forms import KeyedForm
from app.serious_incidents.pages import fresh, key_of
from tenants.db import db
from tenants.registry import current_edition

arrangements = Blueprint(
    "arrangements", __name__, url_prefix="/<slug>/arrangements", template_folder="templates"
)


class ArrangementForm(KeyedForm):
    """How an agency identifies cases."""

    who = several_lines("Who identifies cases that may be serious safeguarding cases?", "Roles, not names")
    how = several_lines("How are they identified, and brought to the group?")
    contact = line("Whom can practitioners talk to?", "The agency's representative on the group, or a role")
    review_on = day("When is this arrangement looked at again?", called="The date to look at it again")


@arrangements.get("/")
@requires(Permission.ARRANGEMENTS_VIEW)
def index() -> ResponseReturnValue:
    """Every agency's arrangement, and who has recorded none yet."""
    mine = current_actor().agencies(Permission.ARRANGEMENT_RECORD)
    left_out = "A-10" in current_edition().settings.get("omitted", ())
    return render_template(
        "partnerships/arrangements.html", shown=overview(g.today), mine=mine, left_out=left_out
    )


@arrangements.route("/record", methods=["GET", "POST"])
@requires(Permission.ARRANGEMENT_RECORD)
def record() -> ResponseReturnValue:
    """Record the next version of one's own agency's arrangement."""
    actor = current_actor()
    shown = _own(actor)
    form = ArrangementForm()
    fresh(form)
    if request.method == "GET" and shown.current is not None:
        form.who.data, form.how.data, form.contact.data = (
            shown.current.who,
            shown.current.how,
            shown.current.contact,
        )
    if form.validate_on_submit() and _recorded(form, shown, actor):
        flash(f"The arrangement of {shown.agency.name} has been recorded.", "success")
        return redirect(url_for("arrangements.index"), 303)
    errors = [
        (f"{field.name}-day" if field.name == "review_on" else field.id, field.errors[0])
        for field in form
        if field.errors
    ]
    page = render_template("partnerships/arrangement.html", form=form, errors=errors, shown=shown)
    return page, 400 if errors else 200


def _own(actor: Actor) -> AgencyShown:
    """The agency of the address where it is this person's, else the only one, or the first, of theirs."""
    mine = actor.agencies(Permission.ARRANGEMENT_RECORD)
    named = request.args.get("agency", "")
    found = [one for one in overview(g.today) if one.agency.id in mine and named in ("", one.agency.key)]
    return found[0] if found else refuse()


def _recorded(form: ArrangementForm, shown: AgencyShown, actor: Actor) -> bool:
    agency_id: UUID = shown.agency.id
    held = [one for one in actor.holding(Permission.ARRANGEMENT_RECORD) if one.agency_id == agency_id]
    typed = NewArrangement(
        agency_id, form.who.cleaned, form.how.cleaned, form.contact.cleaned, form.review_on.data, key_of(form)
    )
    faults = record_arrangement(typed, actor.acting_as(held), g.now)
    try:
        if not faults:
            db.session.commit()
            return True
    except IntegrityError:
        faults = [
            ("who", "Somebody of your agency recorded a version while you were writing. Send yours again.")
        ]
    db.session.rollback()
    for name, message in faults:
        form[name].errors = [*form[name].errors, message]
    return False
