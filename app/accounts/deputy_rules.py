"""Who may stand in for whom: pure, so that each rule can be read and tested alone (B1-12)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from app.access.permissions import Permission, grant_for
from app.access.roles import Role
from app.procedure.events import Party
from app.procedure.marks import duty

DECIDE = (Role.SERVICE_DIRECTOR, Role.PARTNER_REPRESENTATIVE, Role.DESIGNATED_PROFESSIONAL)
WATCH = (Role.INDEPENDENT_SCRUTINEER, Role.PARTNERSHIP_CHAIR)
RUN = (Role.PARTNERSHIP_TEAM, Role.STRATEGIC_MANAGER, Role.PARTNERSHIP_ADMINISTRATOR)


@dataclass(frozen=True, slots=True)
class Standing:
    """One membership, as far as these rules ask: the role, and the safeguarding partner of its agency."""

    role: Role
    partner: Party | None

    @property
    def decides(self) -> bool:
        """Whether whoever holds it answers for its partner."""
        return self.role in DECIDE and self.partner is not None


def standing(role: str, agency_partner: str | None) -> Standing:
    """A membership's standing. A Service Director is always the local authority's."""
    held = Role(role)
    if held is Role.SERVICE_DIRECTOR:
        return Standing(held, Party.LOCAL_AUTHORITY)
    return Standing(held, Party(agency_partner) if agency_partner else None)


@duty("B1-12")
def why_not_deputy(
    principal: Standing, held: Collection[Standing], stands_in_for: Collection[Party] = ()
) -> str | None:
    """Why somebody who holds these memberships cannot stand in for a decision maker; None where they can.

    A deputy comes from the same safeguarding partner, in a role that sees cases: that is the representative of
    Children's Services, another representative of the constabulary, the Designated Doctor or Nurse, or a
    colleague of theirs. Nobody answers for two partners (`stands_in_for`: those for which they stand in on any of
    the same days), and nobody who runs, chairs or watches over the decision makes it.
    """
    roles = {one.role for one in held}
    if roles & set(WATCH):
        return (
            "The Independent Scrutineer and the Partnership Chair stand apart from what the partners decide"
        )
    if roles & set(RUN):
        return "Somebody who runs the process or looks after people's roles does not decide in it as well"
    if principal.role is Role.SERVICE_DIRECTOR and Role.LIG_CHAIR in roles:
        return "The two initial views come from two people: the chair of the group gives the other one"
    answers_for = {one.partner for one in held if one.decides} | set(stands_in_for)
    if answers_for - {principal.partner}:
        return "They answer for another safeguarding partner on these days, and nobody answers for two"
    if not any(one.partner is principal.partner for one in held):
        return "A deputy comes from the same safeguarding partner as the person who is away"
    sees = [one for one in held if one.partner is principal.partner and _sees_cases(one.role)]
    return None if sees else "Their role does not see cases. Their agency can give them one that does first"


@duty("B1-12")
def why_not_named_by(named: object, naming: object) -> str | None:
    """Why one person cannot name another: nobody makes themselves somebody's deputy."""
    if naming is not None and named == naming:
        return "Nobody names themselves: the person who is away, or somebody else of their partner or of the "\
               "Partnership Team, does"  # fmt: skip
    return None


def _sees_cases(role: Role) -> bool:
    return grant_for(role, Permission.CASE_VIEW) is not None
