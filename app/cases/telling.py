"""Events told in plain English for the timeline. No content: what was said stands in the record."""

from __future__ import annotations

from app.access.own_names import name_of
from app.procedure.events import Event, EventKind, Outcome, Party, SentTo
from app.web.filters import london_date, london_datetime

K = EventKind
VIEW = {Outcome.NOTIFY.value: "to notify", Outcome.DO_NOT_NOTIFY.value: "not to notify"}
SENTENCES: dict[EventKind, str] = {
    K.REFERRAL_DRAFT_STARTED: "Referral begun",
    K.REFERRAL_DRAFT_DISCARDED: "Referral draft discarded",
    K.REFERRAL_SHARED_WITH_REPRESENTATIVE: "Draft shared with the agency's representative",
    K.REFERRAL_RETURNED_TO_PRACTITIONER: "Draft returned to the practitioner",
    K.REFERRAL_SUBMITTED: "Referral submitted",
    K.REFERRAL_ACKNOWLEDGED: "Referral acknowledged with a reference",
    K.LOCAL_AUTHORITY_AWARE: "Local authority became aware of the incident",
    K.REFERRAL_SHARED: "Referral shared with {party}",
    K.INITIAL_VIEW_GIVEN: "Initial view of {party}: {outcome}",
    K.INITIAL_VIEW_SHARED: "Initial view shared with {party}; response requested",
    K.REQUEST_RECEIVED: "Request received by {party}",
    K.REQUEST_BOUNCED: "Request to {party} could not be delivered",
    K.DEPUTY_CONTACTED: "Deputy of {party} contacted",
    K.RESPONSE_GIVEN: "{party} responded: {outcome}",
    K.RESPONSE_DEEMED: "{party}: deemed agreement, no response before the clock ended ({outcome})",
    K.RESPONSE_LATE: "{party} responded after the clock had ended: {outcome}; kept and shown as late",
    K.SILENCE_NOT_DEEMED: "The response clock of {party} ended without a response; nothing is deemed",
    K.DECISION_RECORDED: "Decision recorded: {outcome}",
    K.NOTIFICATION_SENT: "Serious incident notification sent to the Panel",
    K.PARTY_INFORMED: "{party} informed",
    K.DEPUTY_NOT_REACHED: "The message to a deputy of {party} could not be delivered",
    K.DEPUTY_NAMED: "Deputy named for {party}",
    K.DEPUTY_ENDED: "Deputy for {party} ended",
    K.SHORT_MEETING_ARRANGED: "Short meeting of the safeguarding partners arranged",
    K.SHORT_MEETING_HELD: "Short meeting of the safeguarding partners held",
    K.EXCEPTIONAL_MEETING_ARRANGED: "Meeting with the Partnership Chair and the Independent Scrutineer arranged",
    K.EXCEPTIONAL_MEETING_HELD: "Meeting with the Partnership Chair held",
    K.POSITION_TAKEN: "{party} took a position: {outcome}",
    K.SCRUTINEER_OBSERVED: "Independent Scrutineer read the records and recorded an observation",
    K.NEW_INFORMATION_RAISED: "New information raised after the decision",
    K.RECONSIDERATION_DECLINED: "Decided not to reconsider: the decision stands",
    K.DEEMED_DISPLACED: "{party}: deemed agreement displaced by an answer given in time",
    K.BASIS_CHANGED: "{party}: the position on which the decision rests was corrected",
    K.NOT_NOTIFYING_CONFIRMED: "Local authority confirmed that it does not notify on its own duty",
    K.MISSED_CLOCK_EXPLAINED: "Said why the statutory clock was missed, and to whom that was reported",
    K.DECISION_PUT_BACK: "Decision put back to those who made it",
    K.NOTIFIED_AGAINST_DECISION: "Local authority decided to notify against the local decision",
    K.OUTCOME_CHOSEN: "Chair of the group decided what follows where nothing is notified",
    K.PACK_STARTED: "Preparation of the notification begun",
    K.PACK_COMPLETED: "Preparation of the notification completed",
    K.REVIEW_GROUND_RECORDED: "Ground for not holding a rapid review recorded",
    K.NO_REVIEW_AGREED: "{party} said whether it agrees that no rapid review is held",
    K.NO_REVIEW_OVERSEEN: "Independent Scrutineer recorded oversight of the decision not to hold a rapid review",
    K.PANEL_TOLD_OF_NO_REVIEW: "Panel notified of the decision not to hold a rapid review",
    K.RECOMMENDATION_MADE: "Recommendation made",
    K.RECOMMENDATION_CHANGED: "Recommendation changed",
    K.ACTION_AGREED: "Action agreed under a recommendation",
    K.ACTION_UPDATED: "Action under a recommendation updated",
    K.REFERRAL_REQUESTED: "Referral form requested for a notification that came first",
    K.REFERRAL_LINKED: "Referral linked to this case",
    K.CASE_ENTERED: "Case already under way entered",
    K.SAME_INCIDENT_LINKED: "Linked with another referral of the same incident",
    K.SAME_INCIDENT_REFUSED: "Found not to be the same incident as another referral",
    K.SAME_INCIDENT_UNLINKED: "The link with another referral was undone: not the same incident",
    K.ENTRY_SUPERSEDED: "An entry was superseded by a correction",
    K.CALENDAR_CHANGED: "A bank holiday was added; clocks that were running moved",
    K.LOCAL_STEP_DONE: "Local step done",
    K.CONTENT_DESTROYED: "Content of earlier entries destroyed at the end of its retention",
    K.RAPID_REVIEW_PLANNED: "Rapid review planned",
    K.REVIEW_MEETING_HELD: "Meeting of the rapid review held",
    K.REVIEW_SECTION_RECORDED: "Part of the record of the rapid review written",
    K.LCSPR_POSITION_TAKEN: "{party} said whether a practice review is commissioned",
    K.LCSPR_ESCALATED: "Partnership Chair asked to decide on a practice review",
    K.LCSPR_DECIDED: "Decision on a practice review recorded",
    K.REVIEW_FORM_MADE: "Version of the rapid review form made",
    K.REVIEW_FORM_APPROVED: "Rapid review form approved by the chair of the group",
    K.REVIEW_FORM_RETURNED: "Rapid review form returned to the Partnership Team",
    K.REVIEW_FORM_SENT: "Rapid review form sent",
    K.PARTNERSHIP_ADDED: "Partnership added",
    K.SETTINGS_ADOPTED: "Settings adopted",
    K.ORGANISATION_TRUSTED: "Organisation trusted for sign-in",
    K.ARRANGEMENT_RECORDED: "Agency's arrangements recorded",
    K.MEMBERSHIP_BEGUN: "Membership begun",
    K.MEMBERSHIP_CHANGED: "Last day of a membership changed",
    K.MEMBERSHIP_ENDED: "Membership ended",
    K.PERSON_INVITED: "Person invited",
    K.INVITATION_WITHDRAWN: "Invitation withdrawn",
    K.INVITATION_ACCEPTED: "Invitation accepted",
    K.MEMBERSHIP_PROPOSED: "Membership proposed; it waits for a second person",
    K.MEMBERSHIP_APPROVED: "Proposed membership approved by a second person",
    K.MEMBERSHIP_REFUSED: "Proposed membership refused",
    K.PASSKEY_REGISTERED: "Passkey registered",
    K.PASSKEY_REMOVED: "Passkey removed",
    K.CASE_SEALED: "Case sealed from a person",
    K.SEAL_LIFTED: "Seal lifted",
    K.CONFLICT_DECLARED: "Conflict of interest declared",
    K.CONFLICT_ANSWERED: "Declared conflict answered: access kept",
    K.OBSERVATION_RECORDED: "Independent Scrutineer recorded an observation",
    K.OBSERVATION_ANSWERED: "Observation of the Independent Scrutineer answered",
    K.AUDIT_EXPORTED: "Audit of the case exported",
    K.WRITE_REFUSED: "An attempt to change something was refused",
    K.REVIEWER_COMMISSIONED: "Commission given",
    K.COMMISSION_CHANGED: "Commission changed",
    K.REVIEWER_REMOVED: "Commission ended before its time",
    K.TERMS_OF_REFERENCE_RELEASED: "Terms of reference released to those commissioned",
    K.PAPER_RELEASED: "Paper released to those commissioned",
    K.PAPER_WITHDRAWN: "Released paper withdrawn",
    K.TIMETABLE_SET: "Timetable of a commission set",
    K.DRAFT_SUBMITTED: "Draft submitted by those commissioned",
    K.DRAFT_COMMENTED: "Comment on a submitted draft sent to those commissioned",
    K.SCOPING_OPENED: "Scoping opened: agencies asked for their summaries of involvement",
    K.SCOPING_DIRECTED: "Chair of the group directed the scoping, and set its dates",
    K.INVOLVEMENT_REQUESTED: "Summary of involvement asked of an agency",
    K.INVOLVEMENT_CHASED: "Agency chased for its summary of involvement",
    K.INVOLVEMENT_RETURNED: "Summary of involvement returned",
    K.INVOLVEMENT_WITHDRAWN: "Request for a summary of involvement withdrawn",
    K.PAPERS_CIRCULATED: "Papers circulated to the members of the group",
    K.SUPPLEMENT_CIRCULATED: "Supplement to the papers circulated",
    K.PREPARATION_CONFIRMED: "A member of the group confirmed having read the papers",
    K.OUTCOME_COMMENTED: "{party} commented on what the chair of the group decided",
    K.LIG_MEETING_SCHEDULED: "Meeting of the group arranged",
    K.LIG_MEETING_MOVED: "Meeting of the group moved",
    K.LIG_MEETING_CANCELLED: "Meeting of the group cancelled",
    K.LIG_MEETING_OPENED: "Meeting of the group opened",
    K.LIG_MEETING_CLOSED: "Meeting of the group closed",
    K.AGENDA_CHANGED: "Agenda of a meeting of the group changed",
    K.STANDING_ITEM_CHANGED: "Standing items of the group's meetings changed",
    K.LIG_ATTENDANCE_RECORDED: "Attendance at a meeting of the group recorded",
    K.LIG_MINUTES_WRITTEN: "Minutes of a meeting of the group written",
    K.LIG_MINUTES_AGREED: "Minutes of a meeting of the group agreed",
    K.LIG_DECISION_RECORDED: "Decision of a meeting of the group recorded",
}


FORM_SENT = {
    SentTo.LIG_MEMBER.value: "Rapid review form shared with members of the group",
    SentTo.PARTNER.value: "Rapid review form shared with {party}",
    SentTo.SCRUTINEER.value: "Rapid review form shared with the Independent Scrutineer",
    SentTo.EXECUTIVE.value: "Executive informed that the rapid review is done",
    SentTo.PANEL.value: "Rapid review form sent to the Panel",
    SentTo.OFSTED.value: "Rapid review form sent to Ofsted",
    SentTo.DFE.value: "Department for Education informed of the decision on a practice review",
    SentTo.CHIEF_CASEWORKER_UNIT.value: "Home Office Chief Caseworker Unit informed",
}
WITHOUT_OUTCOME: dict[EventKind, str] = {
    K.INITIAL_VIEW_GIVEN: "Initial view of {party} given",
    K.RESPONSE_GIVEN: "{party} responded",
    K.RESPONSE_DEEMED: "{party}: deemed agreement, no response before the clock ended",
    K.RESPONSE_LATE: "{party} responded after the clock had ended; kept and shown as late",
    K.POSITION_TAKEN: "{party} took a position",
}


def sentence_of(event: Event, outcome_told: bool = True) -> str:
    """One event as a short sentence, beginning with a capital letter; without its outcome where that is not told."""
    party = name_of(event.party) if isinstance(event.party, Party) else ""
    sentence = SENTENCES[event.kind]
    if event.kind is K.REVIEW_FORM_SENT:
        sentence = FORM_SENT.get(event.outcome or "", sentence)
    if event.kind is K.CALENDAR_CHANGED and event.facts.get("withdrawn"):
        sentence = "A bank holiday was withdrawn; clocks that were running moved"
    if not outcome_told:
        sentence = WITHOUT_OUTCOME.get(event.kind, sentence)
    text = sentence.format(party=_within(party, event), outcome=VIEW.get(event.outcome or "", ""))
    return text[0].upper() + text[1:]


def when(event: Event) -> str:
    """When an event happened; the day alone where no time of it is known."""
    return (
        london_date(event.happened_at) if event.facts.get("date_only") else london_datetime(event.happened_at)
    )


def correction_sentence(old: Event, new: Event | None, outcome_told: bool = True) -> str:
    """A correction as a sentence: which entry, when it said that it happened, and when it did, if it did at all."""
    right = f"it happened {when(new)}" if new else "it did not happen, and is withdrawn"
    if old.kind is K.REVIEW_GROUND_RECORDED:
        return f"Ground for not holding a rapid review, {when(old)}, withdrawn: the rapid review is held"
    return f"Corrected: “{sentence_of(old, outcome_told)}”, {when(old)}. What is right: {right}"


def _within(party: str, event: Event) -> str:
    """The party's name; 'the' before a role in the middle of a sentence."""
    if SENTENCES[event.kind].startswith("{party}") or not party:
        return party
    return party if party.startswith(("Children", "Police", "NHS", "Partnership")) else f"the {party}"
