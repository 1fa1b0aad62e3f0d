"""The words in which a case's history is told.

An event is an envelope without content: what happened, in which stage, for which party, with what outcome,
and when.
Obligations are computed from these envelopes alone, so nothing here may carry a name or a narrative.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Stage(StrEnum):
    """A part of a case with one custodian, one edition of the guidance, and its own clocks."""

    REFERRAL = "referral"
    NOTIFICATION = "notification"
    RAPID_REVIEW = "rapid-review"
    LCSPR = "lcspr"
    LEARNING_EVENT = "learning-event"


class Party(StrEnum):
    """Who, in the procedure's terms, owes or does something."""

    REFERRER = "referrer"
    AGENCY_REPRESENTATIVE = "agency-representative"
    PARTNERSHIP_TEAM = "partnership-team"
    LIG_CHAIR = "lig-chair"
    SERVICE_DIRECTOR = "service-director"
    LOCAL_AUTHORITY = "local-authority"
    POLICE = "police"
    ICB = "icb"
    PARTNERSHIP_CHAIR = "partnership-chair"
    INDEPENDENT_SCRUTINEER = "independent-scrutineer"
    STRATEGIC_MANAGER = "strategic-manager"
    CDOP_CHAIR = "cdop-chair"
    SYSTEM = "system"


SAFEGUARDING_PARTNERS = (Party.LOCAL_AUTHORITY, Party.POLICE, Party.ICB)
WITHIN_A_SENTENCE: Mapping[Party, str] = {
    Party.LOCAL_AUTHORITY: "Children's Services",
    Party.POLICE: "the police",
    Party.ICB: "the integrated care board",
}
INITIAL_VIEWERS = (Party.LIG_CHAIR, Party.SERVICE_DIRECTOR)


class EventKind(StrEnum):
    """Every kind of event that the ledger may hold. Names are past tense: it happened."""

    # referral
    REFERRAL_DRAFT_STARTED = "referral-draft-started"
    REFERRAL_DRAFT_DISCARDED = "referral-draft-discarded"
    REFERRAL_SHARED_WITH_REPRESENTATIVE = "referral-shared-with-representative"
    REFERRAL_RETURNED_TO_PRACTITIONER = "referral-returned-to-practitioner"
    REFERRAL_SUBMITTED = "referral-submitted"
    REFERRAL_ACKNOWLEDGED = "referral-acknowledged"
    LOCAL_AUTHORITY_AWARE = "local-authority-aware"
    # decision to notify
    REFERRAL_SHARED = "referral-shared"
    INITIAL_VIEW_GIVEN = "initial-view-given"
    INITIAL_VIEW_SHARED = "initial-view-shared"
    REQUEST_RECEIVED = "request-received"
    REQUEST_BOUNCED = "request-bounced"
    DEPUTY_CONTACTED = "deputy-contacted"
    RESPONSE_GIVEN = "response-given"
    RESPONSE_DEEMED = "response-deemed"
    RESPONSE_LATE = "response-late"
    SILENCE_NOT_DEEMED = "silence-not-deemed"
    DECISION_RECORDED = "decision-recorded"
    DEPUTY_NOT_REACHED = "deputy-not-reached"
    DEPUTY_NAMED = "deputy-named"
    DEPUTY_ENDED = "deputy-ended"
    # differences
    SHORT_MEETING_ARRANGED = "short-meeting-arranged"
    SHORT_MEETING_HELD = "short-meeting-held"
    EXCEPTIONAL_MEETING_ARRANGED = "exceptional-meeting-arranged"
    EXCEPTIONAL_MEETING_HELD = "exceptional-meeting-held"
    POSITION_TAKEN = "position-taken"
    SCRUTINEER_OBSERVED = "scrutineer-observed"
    NEW_INFORMATION_RAISED = "new-information-raised"
    RECONSIDERATION_DECLINED = "reconsideration-declined"
    DEEMED_DISPLACED = "deemed-displaced"
    BASIS_CHANGED = "basis-changed"
    DECISION_PUT_BACK = "decision-put-back"
    NOTIFIED_AGAINST_DECISION = "notified-against-decision"
    NOT_NOTIFYING_CONFIRMED = "not-notifying-confirmed"
    OUTCOME_CHOSEN = "outcome-chosen"
    # serious incident notification
    NOTIFICATION_SENT = "notification-sent"
    MISSED_CLOCK_EXPLAINED = "missed-clock-explained"
    PARTY_INFORMED = "party-informed"
    PACK_STARTED = "pack-started"
    PACK_COMPLETED = "pack-completed"
    REVIEW_GROUND_RECORDED = "review-ground-recorded"
    # the whole case
    REFERRAL_REQUESTED = "referral-requested"
    REFERRAL_LINKED = "referral-linked"
    CASE_ENTERED = "case-entered"
    SAME_INCIDENT_LINKED = "same-incident-linked"
    SAME_INCIDENT_REFUSED = "same-incident-refused"
    SAME_INCIDENT_UNLINKED = "same-incident-unlinked"
    ENTRY_SUPERSEDED = "entry-superseded"
    CALENDAR_CHANGED = "calendar-changed"
    LOCAL_STEP_DONE = "local-step-done"
    CONTENT_DESTROYED = "content-destroyed"
    # partnership, people, settings
    PARTNERSHIP_ADDED = "partnership-added"
    SETTINGS_ADOPTED = "settings-adopted"
    ORGANISATION_TRUSTED = "organisation-trusted"
    ARRANGEMENT_RECORDED = "arrangement-recorded"
    MEMBERSHIP_BEGUN = "membership-begun"
    MEMBERSHIP_CHANGED = "membership-changed"
    MEMBERSHIP_ENDED = "membership-ended"
    PERSON_INVITED = "person-invited"
    INVITATION_WITHDRAWN = "invitation-withdrawn"
    INVITATION_ACCEPTED = "invitation-accepted"
    MEMBERSHIP_PROPOSED = "membership-proposed"
    MEMBERSHIP_APPROVED = "membership-approved"
    MEMBERSHIP_REFUSED = "membership-refused"
    PASSKEY_REGISTERED = "passkey-registered"
    PASSKEY_REMOVED = "passkey-removed"
    # who may not see a case
    CASE_SEALED = "case-sealed"
    SEAL_LIFTED = "seal-lifted"
    CONFLICT_DECLARED = "conflict-declared"
    CONFLICT_ANSWERED = "conflict-answered"
    # scrutiny
    OBSERVATION_RECORDED = "observation-recorded"
    OBSERVATION_ANSWERED = "observation-answered"
    AUDIT_EXPORTED = "audit-exported"
    WRITE_REFUSED = "write-refused"
    # commissions of reviewers and event leads
    REVIEWER_COMMISSIONED = "reviewer-commissioned"
    COMMISSION_CHANGED = "commission-changed"
    REVIEWER_REMOVED = "reviewer-removed"
    TERMS_OF_REFERENCE_RELEASED = "terms-of-reference-released"
    PAPER_RELEASED = "paper-released"
    PAPER_WITHDRAWN = "paper-withdrawn"
    TIMETABLE_SET = "timetable-set"
    DRAFT_SUBMITTED = "draft-submitted"
    DRAFT_COMMENTED = "draft-commented"
    # the group's meetings
    LIG_MEETING_SCHEDULED = "lig-meeting-scheduled"
    LIG_MEETING_MOVED = "lig-meeting-moved"
    LIG_MEETING_CANCELLED = "lig-meeting-cancelled"
    LIG_MEETING_OPENED = "lig-meeting-opened"
    LIG_MEETING_CLOSED = "lig-meeting-closed"
    AGENDA_CHANGED = "agenda-changed"
    STANDING_ITEM_CHANGED = "standing-item-changed"
    LIG_ATTENDANCE_RECORDED = "lig-attendance-recorded"
    LIG_MINUTES_WRITTEN = "lig-minutes-written"
    LIG_MINUTES_AGREED = "lig-minutes-agreed"
    LIG_DECISION_RECORDED = "lig-decision-recorded"
    # scoping
    SCOPING_OPENED = "scoping-opened"
    SCOPING_DIRECTED = "scoping-directed"
    INVOLVEMENT_REQUESTED = "involvement-requested"
    INVOLVEMENT_CHASED = "involvement-chased"
    INVOLVEMENT_RETURNED = "involvement-returned"
    INVOLVEMENT_WITHDRAWN = "involvement-withdrawn"
    OUTCOME_COMMENTED = "outcome-commented"
    # papers of the group
    PAPERS_CIRCULATED = "papers-circulated"
    SUPPLEMENT_CIRCULATED = "supplement-circulated"
    PREPARATION_CONFIRMED = "preparation-confirmed"
    # rapid review
    RAPID_REVIEW_PLANNED = "rapid-review-planned"
    REVIEW_MEETING_HELD = "review-meeting-held"
    REVIEW_SECTION_RECORDED = "review-section-recorded"
    LCSPR_POSITION_TAKEN = "lcspr-position-taken"
    LCSPR_ESCALATED = "lcspr-escalated"
    LCSPR_DECIDED = "lcspr-decided"
    REVIEW_FORM_MADE = "review-form-made"
    REVIEW_FORM_APPROVED = "review-form-approved"
    REVIEW_FORM_RETURNED = "review-form-returned"
    REVIEW_FORM_SENT = "review-form-sent"
    # the exceptional decision not to hold one
    NO_REVIEW_AGREED = "no-review-agreed"
    NO_REVIEW_OVERSEEN = "no-review-overseen"
    PANEL_TOLD_OF_NO_REVIEW = "panel-told-of-no-review"
    # recommendations and actions
    RECOMMENDATION_MADE = "recommendation-made"
    RECOMMENDATION_CHANGED = "recommendation-changed"
    ACTION_AGREED = "action-agreed"
    ACTION_UPDATED = "action-updated"


class Outcome(StrEnum):
    """Outcomes of views, responses and decisions on notification."""

    NOTIFY = "notify"
    DO_NOT_NOTIFY = "do-not-notify"


class Lcspr(StrEnum):
    """Whether the safeguarding partners commission a local child safeguarding practice review (B2-15)."""

    COMMISSION = "commission"
    DO_NOT_COMMISSION = "do-not-commission"


class SentTo(StrEnum):
    """To whom a completed rapid review goes (B2-19, B2-20, B3-07, B3-08)."""

    LIG_MEMBER = "lig-member"
    PARTNER = "partner"
    SCRUTINEER = "scrutineer"
    EXECUTIVE = "executive"
    PANEL = "panel"
    OFSTED = "ofsted"
    DFE = "dfe"
    CHIEF_CASEWORKER_UNIT = "chief-caseworker-unit"


class AfterNotNotified(StrEnum):
    """What the chair of the group does with a referral that is not notified (A-06)."""

    DISCUSSION = "discussion"
    LEADS_MEETING = "leads-meeting"
    NO_FURTHER_ACTION = "no-further-action"


@dataclass(frozen=True, slots=True)
class Event:
    """One envelope. `happened_at` is when it happened, `recorded_at` when it was typed; both aware, UTC.

    `facts` holds small machine facts that a clock needs (never free text): for instance the number of the
    settings edition, or that only the date of an event is known.
    """

    kind: EventKind
    happened_at: datetime
    recorded_at: datetime
    number: int = 0
    stage: Stage | None = None
    party: Party | None = None
    outcome: str | None = None
    facts: Mapping[str, object] = field(default_factory=dict)
