"""Who owes: which roles, of which safeguarding partner, stand behind each party of the procedure (B1-12, B1-15)."""

from __future__ import annotations

from collections.abc import Iterable

from app.access.actor import Actor
from app.access.roles import Role
from app.procedure.events import Party
from app.procedure.marks import duty

R = Role
OWNERS: dict[Party, tuple[Role, ...]] = {
    Party.PARTNERSHIP_TEAM: (R.PARTNERSHIP_TEAM, R.STRATEGIC_MANAGER),
    Party.LIG_CHAIR: (R.LIG_CHAIR,),
    Party.SERVICE_DIRECTOR: (R.SERVICE_DIRECTOR,),
    Party.LOCAL_AUTHORITY: (R.SERVICE_DIRECTOR,),
    Party.POLICE: (R.PARTNER_REPRESENTATIVE, R.DESIGNATED_PROFESSIONAL),
    Party.ICB: (R.DESIGNATED_PROFESSIONAL, R.PARTNER_REPRESENTATIVE),
    Party.INDEPENDENT_SCRUTINEER: (R.INDEPENDENT_SCRUTINEER,),
    Party.STRATEGIC_MANAGER: (R.STRATEGIC_MANAGER,),
    Party.PARTNERSHIP_CHAIR: (R.PARTNERSHIP_CHAIR,),
    Party.CDOP_CHAIR: (R.CDOP_CHAIR,),
}
NAMES: dict[Party, str] = {
    Party.REFERRER: "The referrer",
    Party.AGENCY_REPRESENTATIVE: "The agency's representative",
    Party.PARTNERSHIP_TEAM: "Partnership Team",
    Party.LIG_CHAIR: "Chair of the group",
    Party.SERVICE_DIRECTOR: "Service Director, Children's Social Care",
    Party.LOCAL_AUTHORITY: "Children's Services (local authority)",
    Party.POLICE: "Police",
    Party.ICB: "NHS integrated care board",
    Party.PARTNERSHIP_CHAIR: "Partnership Chair",
    Party.INDEPENDENT_SCRUTINEER: "Independent Scrutineer",
    Party.STRATEGIC_MANAGER: "Strategic Partnership Manager",
    Party.CDOP_CHAIR: "Chair of the Child Death Overview Panel",
    Party.SYSTEM: "Waymark",
}


# Of whose agency the holder of a role must be to owe for a party; elsewhere the role is enough.
OF_PARTNER = (Party.POLICE, Party.ICB)
# While nobody holds the first role, who holds the second, for an agency of that partner, stands in for it.
STANDS_IN: dict[Role, tuple[Role, Party]] = {
    R.SERVICE_DIRECTOR: (R.PARTNER_REPRESENTATIVE, Party.LOCAL_AUTHORITY)
}
TEAM = OWNERS[Party.PARTNERSHIP_TEAM]
Held = tuple[Role, Party | None]


@duty("B1-12", "B1-15")
def parties_owed_by(role: Role, partner: Party | None) -> set[Party]:
    """The parties for which a role, of an agency that may be a safeguarding partner, owes what is owed.

    The representative of Children's Services has its tasks before them: in the Service Director's absence they
    answer and confirm.
    """
    found = {
        party
        for party, roles in OWNERS.items()
        if role in roles and (party not in OF_PARTNER or partner is party)
    }
    stands_by = (role, partner) == STANDS_IN[R.SERVICE_DIRECTOR]
    return found | {Party.LOCAL_AUTHORITY} if stands_by else found


@duty("B1-12")
def parties_of_nobody(held: Iterable[Held]) -> set[Party]:
    """The parties for which nobody is there, given every role that is held today: the Partnership Team owes for
    them, and finds somebody. Who stands in counts as there."""
    there: set[Party] = set()
    for role, partner in held:
        there |= parties_owed_by(role, partner)
        there |= {
            party
            for absent, stand_in in STANDS_IN.items()
            if stand_in == (role, partner)
            for party in parties_owed_by(absent, partner)
        }
    return set(OWNERS) - there


def parties_of(actor: Actor) -> set[Party]:
    """The parties for which this person owes what is owed."""
    found: set[Party] = set()
    for held in actor.capacities:
        found |= parties_owed_by(held.role, held.partner)
    return found
