"""Every permission of the product, and which role holds it under what condition. This is the only such table."""

from __future__ import annotations

from enum import StrEnum

from app.access.roles import Role


class Permission(StrEnum):
    """What a route lets a person do. A name that is not here cannot be declared."""

    PARTNERSHIP_ENTER = "partnership.enter"
    TASKS_VIEW = "tasks.view"
    REFERRAL_DRAFT = "referral.draft"
    REFERRAL_SUBMIT = "referral.submit"
    CASES_LIST = "cases.list"
    CASE_VIEW = "case.view"
    REFERRAL_SHARE = "referral.share"
    INITIAL_VIEW_GIVE = "initial-view.give"
    INITIAL_VIEW_SHARE = "initial-view.share"
    RESPONSE_GIVE = "response.give"
    DEPUTY_CONTACT = "deputy.contact"
    DECISION_RECORD = "decision.record"
    NOTIFICATION_RECORD = "notification.record"
    PARTIES_INFORM = "parties.inform"
    READ_LOG_VIEW = "read-log.view"
    RESPONSE_RECORD = "response.record"
    MEETING_RECORD = "meeting.record"
    DISPUTE_DECIDE = "dispute.decide"
    REVIEW_GROUND_RECORD = "review-ground.record"
    OBSERVATION_ADD = "observation.add"
    INFORMATION_RAISE = "information.raise"
    DECISION_RECONSIDER = "decision.reconsider"
    DECISION_OVERRIDE = "decision.override"
    OUTCOME_CHOOSE = "outcome.choose"
    DEPUTY_NAME = "deputy.name"
    PACK_EDIT = "pack.edit"
    REFERRAL_REQUEST = "referral.request"
    REFERRAL_LINK = "referral.link"
    CASE_ENTER = "case.enter"
    ENTRY_CORRECT = "entry.correct"
    LOCAL_STEP_RECORD = "local-step.record"
    ARRANGEMENT_RECORD = "arrangement.record"
    ARRANGEMENTS_VIEW = "arrangements.view"
    SETTINGS_VIEW = "settings.view"
    SETTINGS_CHANGE = "settings.change"
    ACCESS_TABLE_VIEW = "access-table.view"
    PEOPLE_VIEW = "people.view"
    PEOPLE_MANAGE = "people.manage"
    MEMBERSHIP_APPROVE = "membership.approve"
    CASE_SEAL = "case.seal"
    CONFLICT_DECLARE = "conflict.declare"
    AUDIT_VIEW = "audit.view"
    OBSERVATION_ANSWER = "observation.answer"
    OBSERVATIONS_VIEW = "observations.view"
    COMMISSION_MANAGE = "commission.manage"
    COMMISSION_REMOVE = "commission.remove"
    COMMISSION_OVERSEE = "commission.oversee"
    COMMISSION_COMMENT = "commission.comment"
    COMMISSION_VIEW = "commission.view"
    COMMISSION_DRAFT = "commission.draft"
    MEETINGS_VIEW = "meetings.view"
    MEETINGS_MANAGE = "meetings.manage"
    SCOPING_DIRECT = "scoping.direct"
    INVOLVEMENT_RUN = "involvement.run"
    INVOLVEMENT_OVERSEE = "involvement.oversee"
    INVOLVEMENT_RETURN = "involvement.return"
    OUTCOME_COMMENT = "outcome.comment"
    PAPERS_CIRCULATE = "papers.circulate"
    PAPERS_READ = "papers.read"
    PREPARATION_CONFIRM = "preparation.confirm"
    REVIEW_RUN = "review.run"
    REVIEW_VIEW = "review.view"
    REVIEW_POSITION = "review.position"
    REVIEW_SETTLE = "review.settle"
    REVIEW_APPROVE = "review.approve"
    REVIEW_OVERSEE = "review.oversee"
    RECOMMENDATIONS_VIEW = "recommendations.view"
    RECOMMENDATION_MANAGE = "recommendation.manage"
    ACTION_UPDATE = "action.update"


class Condition(StrEnum):
    """What must also hold for a grant to count."""

    ALWAYS = "always"
    OWN_AGENCY = "own agency's drafts"
    BROUGHT_TO_LIG = "cases brought to the group"
    UNDER_DECISION = "referrals under decision"
    OWN_REFERRAL = "own referrals"
    OWN_PARTNER = "as the safeguarding partner represented"
    ESCALATED = "cases escalated to them"
    OWN_COMMISSION = "the one commission, while it runs"
    SECOND_PERSON = "what somebody else proposed"


P, C = Permission, Condition
_MEMBER = {P.PARTNERSHIP_ENTER: C.ALWAYS, P.TASKS_VIEW: C.ALWAYS}
_LIG = {
    **_MEMBER,
    P.CASES_LIST: C.BROUGHT_TO_LIG,
    P.CASE_VIEW: C.BROUGHT_TO_LIG,
    P.CONFLICT_DECLARE: C.BROUGHT_TO_LIG,
    P.ARRANGEMENT_RECORD: C.OWN_AGENCY,
    P.ARRANGEMENTS_VIEW: C.ALWAYS,
    P.MEETINGS_VIEW: C.ALWAYS,
    P.INVOLVEMENT_RETURN: C.OWN_AGENCY,
    P.PAPERS_READ: C.BROUGHT_TO_LIG,
    P.PREPARATION_CONFIRM: C.BROUGHT_TO_LIG,
    P.REVIEW_VIEW: C.BROUGHT_TO_LIG,
    P.RECOMMENDATIONS_VIEW: C.BROUGHT_TO_LIG,
    P.ACTION_UPDATE: C.OWN_AGENCY,
}
_DRAFTS = {P.REFERRAL_DRAFT: C.OWN_AGENCY}
_PARTNER = {
    **_MEMBER,
    **_DRAFTS,
    P.REFERRAL_SUBMIT: C.OWN_AGENCY,
    P.CASES_LIST: C.UNDER_DECISION,
    P.CASE_VIEW: C.UNDER_DECISION,
    P.CONFLICT_DECLARE: C.UNDER_DECISION,
    P.RESPONSE_GIVE: C.OWN_PARTNER,
    P.DEPUTY_NAME: C.OWN_PARTNER,
    P.LOCAL_STEP_RECORD: C.OWN_PARTNER,
    P.ARRANGEMENT_RECORD: C.OWN_AGENCY,
    P.ARRANGEMENTS_VIEW: C.ALWAYS,
    P.MEETINGS_VIEW: C.ALWAYS,
    P.INVOLVEMENT_RETURN: C.OWN_AGENCY,
    P.PAPERS_READ: C.UNDER_DECISION,
    P.PREPARATION_CONFIRM: C.UNDER_DECISION,
    P.REVIEW_VIEW: C.UNDER_DECISION,
    P.RECOMMENDATIONS_VIEW: C.UNDER_DECISION,
    P.ACTION_UPDATE: C.OWN_AGENCY,
    P.OUTCOME_COMMENT: C.OWN_PARTNER,
    P.REVIEW_POSITION: C.OWN_PARTNER,
}
_TEAM = {
    **_MEMBER,
    P.CASES_LIST: C.ALWAYS,
    P.CASE_VIEW: C.ALWAYS,
    P.REFERRAL_SHARE: C.ALWAYS,
    P.INITIAL_VIEW_SHARE: C.ALWAYS,
    P.DEPUTY_CONTACT: C.ALWAYS,
    P.NOTIFICATION_RECORD: C.ALWAYS,
    P.PARTIES_INFORM: C.ALWAYS,
    P.RESPONSE_RECORD: C.ALWAYS,
    P.MEETING_RECORD: C.ALWAYS,
    P.REVIEW_GROUND_RECORD: C.ALWAYS,
    P.INFORMATION_RAISE: C.ALWAYS,
    P.DEPUTY_NAME: C.ALWAYS,
    P.PACK_EDIT: C.ALWAYS,
    P.REFERRAL_REQUEST: C.ALWAYS,
    P.REFERRAL_LINK: C.ALWAYS,
    P.CASE_ENTER: C.ALWAYS,
    P.ENTRY_CORRECT: C.ALWAYS,
    P.LOCAL_STEP_RECORD: C.ALWAYS,
    P.ARRANGEMENTS_VIEW: C.ALWAYS,
    P.SETTINGS_VIEW: C.ALWAYS,
    P.CASE_SEAL: C.ALWAYS,
    P.CONFLICT_DECLARE: C.ALWAYS,
    P.OBSERVATIONS_VIEW: C.ALWAYS,
    P.COMMISSION_MANAGE: C.ALWAYS,
    P.COMMISSION_REMOVE: C.ALWAYS,
    P.COMMISSION_OVERSEE: C.ALWAYS,
    P.COMMISSION_COMMENT: C.ALWAYS,
    P.MEETINGS_VIEW: C.ALWAYS,
    P.MEETINGS_MANAGE: C.ALWAYS,
    P.INVOLVEMENT_RUN: C.ALWAYS,
    P.INVOLVEMENT_OVERSEE: C.ALWAYS,
    P.PAPERS_CIRCULATE: C.ALWAYS,
    P.PAPERS_READ: C.ALWAYS,
    P.REVIEW_RUN: C.ALWAYS,
    P.REVIEW_VIEW: C.ALWAYS,
    P.RECOMMENDATIONS_VIEW: C.ALWAYS,
    P.RECOMMENDATION_MANAGE: C.ALWAYS,
    P.ACTION_UPDATE: C.ALWAYS,
}
_COMMISSIONED = {**_MEMBER, P.COMMISSION_VIEW: C.OWN_COMMISSION, P.COMMISSION_DRAFT: C.OWN_COMMISSION}

GRANTS: dict[Role, dict[Permission, Condition]] = {
    Role.PRACTITIONER: {**_MEMBER, **_DRAFTS},
    Role.AGENCY_LIG_MEMBER: {**_LIG, **_DRAFTS, P.REFERRAL_SUBMIT: C.OWN_AGENCY},
    Role.PARTNER_REPRESENTATIVE: {
        **_PARTNER,
        P.DECISION_RECORD: C.OWN_PARTNER,
        P.REVIEW_GROUND_RECORD: C.OWN_PARTNER,
        P.DECISION_RECONSIDER: C.OWN_PARTNER,
    },
    Role.DESIGNATED_PROFESSIONAL: _PARTNER,
    Role.SERVICE_DIRECTOR: {
        **_MEMBER,
        P.CASES_LIST: C.UNDER_DECISION,
        P.CASE_VIEW: C.UNDER_DECISION,
        P.CONFLICT_DECLARE: C.UNDER_DECISION,
        P.INITIAL_VIEW_GIVE: C.ALWAYS,
        P.RESPONSE_GIVE: C.OWN_PARTNER,
        P.DECISION_RECORD: C.ALWAYS,
        P.REVIEW_GROUND_RECORD: C.ALWAYS,
        P.NOTIFICATION_RECORD: C.ALWAYS,
        P.DECISION_RECONSIDER: C.ALWAYS,
        P.DECISION_OVERRIDE: C.ALWAYS,
        P.DEPUTY_NAME: C.OWN_PARTNER,
        P.PACK_EDIT: C.ALWAYS,
        P.LOCAL_STEP_RECORD: C.ALWAYS,
        P.MEETINGS_VIEW: C.ALWAYS,
        P.PAPERS_READ: C.UNDER_DECISION,
        P.PREPARATION_CONFIRM: C.UNDER_DECISION,
        P.REVIEW_VIEW: C.UNDER_DECISION,
        P.REVIEW_POSITION: C.OWN_PARTNER,
        P.OUTCOME_COMMENT: C.OWN_PARTNER,
        P.RECOMMENDATIONS_VIEW: C.UNDER_DECISION,
    },
    Role.LIG_CHAIR: {
        **_MEMBER,
        P.CASES_LIST: C.ALWAYS,
        P.CASE_VIEW: C.ALWAYS,
        P.INITIAL_VIEW_GIVE: C.ALWAYS,
        P.OUTCOME_CHOOSE: C.ALWAYS,
        P.CASE_SEAL: C.ALWAYS,
        P.CONFLICT_DECLARE: C.ALWAYS,
        P.OBSERVATION_ANSWER: C.ALWAYS,
        P.OBSERVATIONS_VIEW: C.ALWAYS,
        P.COMMISSION_REMOVE: C.ALWAYS,
        P.COMMISSION_OVERSEE: C.ALWAYS,
        P.COMMISSION_COMMENT: C.ALWAYS,
        P.INFORMATION_RAISE: C.ALWAYS,
        P.LOCAL_STEP_RECORD: C.ALWAYS,
        P.ARRANGEMENTS_VIEW: C.ALWAYS,
        P.MEETINGS_VIEW: C.ALWAYS,
        P.SCOPING_DIRECT: C.ALWAYS,
        P.INVOLVEMENT_OVERSEE: C.ALWAYS,
        P.PAPERS_READ: C.ALWAYS,
        P.PREPARATION_CONFIRM: C.ALWAYS,
        P.REVIEW_VIEW: C.ALWAYS,
        P.REVIEW_APPROVE: C.ALWAYS,
        P.RECOMMENDATIONS_VIEW: C.ALWAYS,
    },
    Role.PARTNERSHIP_TEAM: _TEAM,
    Role.STRATEGIC_MANAGER: {
        **_TEAM,
        P.READ_LOG_VIEW: C.ALWAYS,
        P.SETTINGS_CHANGE: C.ALWAYS,
        P.ACCESS_TABLE_VIEW: C.ALWAYS,
        P.PEOPLE_VIEW: C.ALWAYS,
        P.MEMBERSHIP_APPROVE: C.SECOND_PERSON,
        P.OBSERVATION_ANSWER: C.ALWAYS,
    },
    Role.CDOP_CHAIR: {
        **_MEMBER,
        P.REFERRAL_DRAFT: C.OWN_REFERRAL,
        P.REFERRAL_SUBMIT: C.OWN_REFERRAL,
        P.CASES_LIST: C.OWN_REFERRAL,
        P.CASE_VIEW: C.OWN_REFERRAL,
        P.CONFLICT_DECLARE: C.OWN_REFERRAL,
    },
    Role.INDEPENDENT_SCRUTINEER: {
        **_MEMBER,
        P.CASES_LIST: C.ALWAYS,
        P.CASE_VIEW: C.ALWAYS,
        P.READ_LOG_VIEW: C.ALWAYS,
        P.OBSERVATION_ADD: C.ALWAYS,
        P.OBSERVATIONS_VIEW: C.ALWAYS,
        P.AUDIT_VIEW: C.ALWAYS,
        P.COMMISSION_OVERSEE: C.ALWAYS,
        P.CONFLICT_DECLARE: C.ALWAYS,
        P.ACCESS_TABLE_VIEW: C.ALWAYS,
        P.ARRANGEMENTS_VIEW: C.ALWAYS,
        P.SETTINGS_VIEW: C.ALWAYS,
        P.MEETINGS_VIEW: C.ALWAYS,
        P.INVOLVEMENT_OVERSEE: C.ALWAYS,
        P.PAPERS_READ: C.ALWAYS,
        P.REVIEW_VIEW: C.ALWAYS,
        P.REVIEW_OVERSEE: C.ALWAYS,
        P.RECOMMENDATIONS_VIEW: C.ALWAYS,
    },
    Role.AGENCY_CONTRIBUTOR: {**_MEMBER, P.INVOLVEMENT_RETURN: C.OWN_AGENCY},
    Role.AGENCY_MANAGER: _MEMBER,
    Role.REVIEW_PANEL_MEMBER: _MEMBER,
    Role.EXECUTIVE_MEMBER: _MEMBER,
    Role.PARTNERSHIP_CHAIR: {
        **_MEMBER,
        P.CASES_LIST: C.ESCALATED,
        P.CASE_VIEW: C.ESCALATED,
        P.CONFLICT_DECLARE: C.ESCALATED,
        P.OBSERVATIONS_VIEW: C.ESCALATED,
        P.DISPUTE_DECIDE: C.ESCALATED,
        P.DECISION_RECONSIDER: C.ESCALATED,
        P.REVIEW_VIEW: C.ESCALATED,
        P.REVIEW_SETTLE: C.ESCALATED,
    },
    Role.MAIN_BOARD_MEMBER: _MEMBER,
    Role.REVIEWER: _COMMISSIONED,
    Role.EVENT_LEAD: _COMMISSIONED,
    Role.PARTNERSHIP_ADMINISTRATOR: {
        **_MEMBER,
        P.ACCESS_TABLE_VIEW: C.ALWAYS,
        P.PEOPLE_VIEW: C.ALWAYS,
        P.PEOPLE_MANAGE: C.ALWAYS,
        P.MEMBERSHIP_APPROVE: C.SECOND_PERSON,
    },
}


def grant_for(role: Role, permission: Permission) -> Condition | None:
    """Under what condition a role holds a permission, or None where it does not."""
    return GRANTS.get(role, {}).get(permission)
