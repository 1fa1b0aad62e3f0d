"""What each permission lets somebody do, in plain English, for the table that people read."""

from __future__ import annotations

from app.access.permissions import Permission

P = Permission
WORDS: dict[Permission, str] = {
    P.PARTNERSHIP_ENTER: "Enter the partnership",
    P.TASKS_VIEW: "See their own tasks",
    P.REFERRAL_DRAFT: "Write a referral",
    P.REFERRAL_SUBMIT: "Submit a referral",
    P.CASES_LIST: "See the list of cases",
    P.CASE_VIEW: "Open a case",
    P.REFERRAL_SHARE: "Share a referral with those who give the initial view",
    P.INITIAL_VIEW_GIVE: "Give an initial view",
    P.INITIAL_VIEW_SHARE: "Share the initial views with the safeguarding partners",
    P.RESPONSE_GIVE: "Respond for a safeguarding partner",
    P.DEPUTY_CONTACT: "Contact a deputy where a partner is silent",
    P.DECISION_RECORD: "Record the decision on notification",
    P.NOTIFICATION_RECORD: "Record the notification to the Panel",
    P.PARTIES_INFORM: "Record who was informed of the notification",
    P.READ_LOG_VIEW: "See who looked at a case",
    P.RESPONSE_RECORD: "Record an answer on a partner's behalf",
    P.MEETING_RECORD: "Arrange and record meetings of the partners",
    P.DISPUTE_DECIDE: "Decide where the partners still differ",
    P.OBSERVATION_ADD: "Add an observation of the scrutineer",
    P.INFORMATION_RAISE: "Raise new information after a decision",
    P.DECISION_RECONSIDER: "Decide whether to reconsider a decision",
    P.DECISION_OVERRIDE: "Notify on the local authority's own duty",
    P.REVIEW_GROUND_RECORD: "Record a ground for not holding a rapid review",
    P.OUTCOME_CHOOSE: "Decide what follows where nothing is notified",
    P.DEPUTY_NAME: "Name a deputy",
    P.PACK_EDIT: "Prepare the notification",
    P.REFERRAL_REQUEST: "Ask an agency for a referral form",
    P.REFERRAL_LINK: "Link referrals of one incident",
    P.CASE_ENTER: "Enter a case that is under way already",
    P.ENTRY_CORRECT: "Correct an entry",
    P.LOCAL_STEP_RECORD: "Record a local step as done",
    P.ARRANGEMENT_RECORD: "Record the agency's arrangement for identifying cases",
    P.ARRANGEMENTS_VIEW: "Read the agencies' arrangements",
    P.SETTINGS_VIEW: "Read the partnership's procedure",
    P.SETTINGS_CHANGE: "Change the partnership's procedure",
    P.ACCESS_TABLE_VIEW: "Read this table",
    P.PEOPLE_VIEW: "See who holds which role",
    P.PEOPLE_MANAGE: "Invite people, give and end memberships",
    P.MEMBERSHIP_APPROVE: "Approve or refuse as the second person, and check who made a passkey",
    P.CASE_SEAL: "Seal a person out of a case",
    P.CONFLICT_DECLARE: "Declare a conflict of interest",
    P.AUDIT_VIEW: "Read and export the audit of a case",
    P.OBSERVATIONS_VIEW: "Read the scrutineer's observations and their answers",
    P.OBSERVATION_ANSWER: "Answer an observation of the scrutineer",
    P.COMMISSION_MANAGE: "Commission reviewers and event leads, and release papers to them",
    P.COMMISSION_OVERSEE: "Read every commission, its terms, papers and drafts",
    P.COMMISSION_COMMENT: "Comment on a draft",
    P.COMMISSION_REMOVE: "End a commission before its time",
    P.COMMISSION_VIEW: "Read their commission and what was released to it",
    P.COMMISSION_DRAFT: "Write the drafts of their commission",
}


def says(permission: Permission) -> str:
    """A permission in words."""
    return WORDS.get(permission, permission.value)
