"""Who owes: which roles, of which safeguarding partner, stand behind each party of the procedure (B1-12, B1-15)."""

from __future__ import annotations

from app.access.actor import Actor
from app.access.roles import Role
from app.procedure.events import Party

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


def parties_of(actor: Actor) -> set[Party]:
    """The parties for which this person owes what is owed."""
    found = set()
    for party, roles in OWNERS.items():
        for held in actor.capacities:
            of_partner = party not in (Party.POLICE, Party.ICB) or held.partner is party
            if held.role in roles and of_partner:
                found.add(party)
    return found
