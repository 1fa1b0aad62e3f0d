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

# The agency that a membership of each role serves: of which safeguarding partner it must be, or `ANY`. A role that is
# in neither table serves no agency.
ANY = "any"
SERVES: dict[Role, str] = {
    Role.PRACTITIONER: ANY,
    Role.AGENCY_LIG_MEMBER: ANY,
    Role.AGENCY_CONTRIBUTOR: ANY,
    Role.AGENCY_MANAGER: ANY,
    Role.PARTNER_REPRESENTATIVE: "a safeguarding partner",
    Role.SERVICE_DIRECTOR: "local-authority",
    Role.DESIGNATED_PROFESSIONAL: "icb",
}
MAY_SERVE = (Role.REVIEW_PANEL_MEMBER, Role.EXECUTIVE_MEMBER, Role.MAIN_BOARD_MEMBER)


def agency_fault(role: Role, serves_one: bool, partner: str | None) -> str | None:
    """What is wrong with a membership's agency: missing where the role serves one, there where it serves none, or of
    another safeguarding partner (`partner` is the agency's, where it is one's). None where it is sound."""
    needed = SERVES.get(role)
    if needed is None:
        refused = serves_one and role not in MAY_SERVE
        return f"the role '{role.value}' serves no agency: leave it out" if refused else None
    if not serves_one:
        return f"the role '{role.value}' serves an agency: say which"
    if needed == "a safeguarding partner" and partner is None:
        return f"the role '{role.value}' serves an agency that is one of the three safeguarding partners"
    if needed in ("local-authority", "icb") and partner != needed:
        return f"the role '{role.value}' serves the agency of the safeguarding partner '{needed}'"
    return None
