"""Copies of a part of a case as it stands now, without the names of those who acted: sections of labelled texts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.access.own_names import name_of
from app.cases.service import Case
from app.cases.telling import sentence_of
from app.ledger.service import stored_events
from app.preparation.document import in_words
from app.preparation.service import answers_of, pack_of
from app.procedure.events import Event, EventKind
from app.procedure.history import in_force
from app.procedure.preparation import sections, title_of
from app.referrals.queries import referral_record
from app.serious_incidents import answers, progress, words
from app.serious_incidents.forms import DecisionForm
from app.serious_incidents.models import NotificationDecision
from app.web.filters import london_date, london_datetime

K = EventKind
Content = list[dict[str, Any]]
PARTS: dict[str, str] = {
    "referral": "The referral's record",
    "decisions": "The decisions on notification, with their reasons",
    "pack": "The preparation of the notification",
    "timeline": "The timeline, without views",
}
WRITTEN = "written"
# The steps of the procedure. Not who may see the case, who was commissioned, or what scrutiny recorded.
TOLD = frozenset({
    K.REFERRAL_SUBMITTED, K.REFERRAL_ACKNOWLEDGED, K.LOCAL_AUTHORITY_AWARE, K.REFERRAL_SHARED, K.INITIAL_VIEW_GIVEN,
    K.INITIAL_VIEW_SHARED, K.REQUEST_RECEIVED, K.REQUEST_BOUNCED, K.DEPUTY_CONTACTED, K.DEPUTY_NOT_REACHED,
    K.RESPONSE_GIVEN, K.RESPONSE_DEEMED, K.RESPONSE_LATE, K.SILENCE_NOT_DEEMED, K.DECISION_RECORDED,
    K.SHORT_MEETING_ARRANGED, K.SHORT_MEETING_HELD, K.EXCEPTIONAL_MEETING_ARRANGED, K.EXCEPTIONAL_MEETING_HELD,
    K.POSITION_TAKEN, K.NEW_INFORMATION_RAISED, K.RECONSIDERATION_DECLINED, K.DEEMED_DISPLACED, K.DECISION_PUT_BACK,
    K.NOTIFIED_AGAINST_DECISION, K.OUTCOME_CHOSEN, K.NOTIFICATION_SENT, K.PARTY_INFORMED, K.PACK_STARTED,
    K.PACK_COMPLETED, K.REVIEW_GROUND_RECORDED, K.REFERRAL_REQUESTED, K.REFERRAL_LINKED, K.CASE_ENTERED,
    K.CALENDAR_CHANGED, K.LOCAL_STEP_DONE,
})  # fmt: skip
# Of a view or a position only that it was given, by which party.
UNTOLD = frozenset({
    K.INITIAL_VIEW_GIVEN, K.INITIAL_VIEW_SHARED, K.RESPONSE_GIVEN, K.RESPONSE_DEEMED, K.RESPONSE_LATE,
    K.POSITION_TAKEN,
})  # fmt: skip


def snapshot(case: Case, part: str) -> Content:
    """A named part of a case as it stands; empty where there is nothing of it. Raises KeyError for no such part."""
    return MAKERS[part](case)


def written(text: str) -> Content:
    """A text that was written for a commission."""
    return [{"heading": "", "rows": [["", text]]}]


def _referral(case: Case) -> Content:
    return [_section(title, [[question, answer] for question, answer in said])
            for title, said in referral_record(case.id)]  # fmt: skip


def _decisions(case: Case) -> Content:
    """Every decision, the one in force first, with the reasons it gives and the positions it rests on."""
    rows = list(reversed(progress.load(case.id).decisions))
    return [_decision(row, former=place > 0) for place, row in enumerate(rows)]


def _decision(row: NotificationDecision, former: bool) -> dict[str, Any]:
    labels = {field.name: field.label.text for field in DecisionForm()}
    made = [["Recorded", f"{london_datetime(row.decided_at)}, {row.capacity}"]]
    made += [[labels[name], text] for name, text in answers.decided(row).items() if text]
    made.append(["Decided under", row.guidance_edition])
    for one in row.positions:
        label = words.position_label(str(one["kind"]), str(one["outcome"] or ""), None)
        reason = str(one.get("rationale") or "")
        made.append([f"Position of {name_of(str(one['party']))}", f"{label}. {reason}" if reason else label])
    heading = f"{'Former decision' if former else 'Decision'} {row.number}: {words.OUTCOMES[row.outcome]}"
    return _section(heading, made)


def _pack(case: Case) -> Content:
    if pack_of(case.id) is None:
        return []
    given, _prefilled = answers_of(case.id)
    made = []
    for key, section in sections(given):
        said = given.get(key, {})
        rows = [[asked.label, in_words(asked, said.get(asked.name, ""))] for asked in section.questions]
        made.append(_section(title_of(key, section, given), rows))
    return made


def _timeline(case: Case) -> Content:
    events = in_force([event for event, _payload, _capacity in stored_events(case.id)])
    told = sorted(events, key=lambda event: (event.happened_at, event.number), reverse=True)
    rows = [
        [_when(event), sentence_of(event, outcome_told=event.kind not in UNTOLD)]
        for event in told
        if event.kind in TOLD
    ]
    return [_section("What has happened, newest first", rows)] if rows else []


def _when(event: Event) -> str:
    date_only = bool(event.facts.get("date_only"))
    return london_date(event.happened_at) if date_only else london_datetime(event.happened_at)


def _section(heading: str, rows: list[list[str]]) -> dict[str, Any]:
    return {"heading": heading, "rows": [[label, text or "Not answered"] for label, text in rows]}


MAKERS: dict[str, Callable[[Case], Content]] = {
    "referral": _referral,
    "decisions": _decisions,
    "pack": _pack,
    "timeline": _timeline,
}
