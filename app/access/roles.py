"""The roles a person may hold in a partnership, as the procedure names them."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What a membership makes of a person. A person may hold several, in several partnerships."""

    PRACTITIONER = "practitioner"
    AGENCY_LIG_MEMBER = "agency-lig-member"
    PARTNER_REPRESENTATIVE = "partner-representative"
    SERVICE_DIRECTOR = "service-director"
    LIG_CHAIR = "lig-chair"
    PARTNERSHIP_TEAM = "partnership-team"
    STRATEGIC_MANAGER = "strategic-manager"
    AGENCY_CONTRIBUTOR = "agency-contributor"
    AGENCY_MANAGER = "agency-manager"
    REVIEW_PANEL_MEMBER = "review-panel-member"
    DESIGNATED_PROFESSIONAL = "designated-professional"
    CDOP_CHAIR = "cdop-chair"
    EXECUTIVE_MEMBER = "executive-member"
    PARTNERSHIP_CHAIR = "partnership-chair"
    MAIN_BOARD_MEMBER = "main-board-member"
    INDEPENDENT_SCRUTINEER = "independent-scrutineer"
    REVIEWER = "reviewer"
    EVENT_LEAD = "event-lead"
    PARTNERSHIP_ADMINISTRATOR = "partnership-administrator"


ROLE_NAMES: dict[Role, str] = {
    Role.PRACTITIONER: "Practitioner",
    Role.AGENCY_LIG_MEMBER: "Agency representative on the group",
    Role.PARTNER_REPRESENTATIVE: "Safeguarding partner representative",
    Role.SERVICE_DIRECTOR: "Service Director, Children's Social Care",
    Role.LIG_CHAIR: "Chair of the group",
    Role.PARTNERSHIP_TEAM: "Partnership Team",
    Role.STRATEGIC_MANAGER: "Strategic Partnership Manager",
    Role.AGENCY_CONTRIBUTOR: "Agency contributor",
    Role.AGENCY_MANAGER: "Agency manager",
    Role.REVIEW_PANEL_MEMBER: "Review panel member",
    Role.DESIGNATED_PROFESSIONAL: "Designated Nurse or Doctor",
    Role.CDOP_CHAIR: "Chair of the Child Death Overview Panel",
    Role.EXECUTIVE_MEMBER: "Executive member",
    Role.PARTNERSHIP_CHAIR: "Partnership Chair",
    Role.MAIN_BOARD_MEMBER: "Main Board member",
    Role.INDEPENDENT_SCRUTINEER: "Independent Scrutineer",
    Role.REVIEWER: "Reviewer",
    Role.EVENT_LEAD: "Event lead",
    Role.PARTNERSHIP_ADMINISTRATOR: "Partnership administrator",
}
