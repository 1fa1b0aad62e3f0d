"""The guarded database session: it tells the database, for each transaction, whose rows may be seen.

Two walls stand between partnerships. The database's own row-level security is the first (`rls.py`); the session is
the second and raises early with a clear message (`wall.py`). A session serves one partnership for its whole life,
because its identity map would otherwise hand one partnership's objects to another.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import Connection, MetaData, event, text
from sqlalchemy.orm import DeclarativeBase, SessionTransaction

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
PARTNERSHIP = "waymark.partnership"
PERSON = "waymark.person"
# The roles that a session can put on, each with its statement, so that none is ever made from a text.
NARROWER = {role: text(f"SET LOCAL ROLE {role}") for role in ("waymark_people", "waymark_operator")}


class NoPartnershipInScope(RuntimeError):
    """Rows of a partnership were touched while no partnership was in scope."""


class AnotherPartnership(RuntimeError):
    """A session pinned to one partnership was asked to serve another."""


class Base(DeclarativeBase):
    """Declarative base with one naming convention, so that migrations can name what they drop."""

    metadata = MetaData(naming_convention=NAMING)


class GuardedSession(FlaskSession):
    """A session that carries the partnership (and the person) in `info`. The wall listens to it."""

    def get(self, entity: Any, ident: Any, **options: Any) -> Any:
        """As SQLAlchemy's, but refused where the entity belongs to partnerships and none is in scope."""
        if is_tenant(entity) and self.info.get("partnership") is None:
            raise NoPartnershipInScope(
                f"{getattr(entity, '__name__', entity)} asked for with no partnership in scope"
            )
        return super().get(entity, ident, **options)


db = SQLAlchemy(model_class=Base, session_options={"class_": GuardedSession, "expire_on_commit": False})


def set_scope(connection: Connection, partnership: UUID | None, person: UUID | None) -> None:
    """Tell the database, for this transaction only, whose rows may be seen."""
    connection.execute(
        text("select set_config(:a, :partnership, true), set_config(:b, :person, true)"),
        {
            "a": PARTNERSHIP,
            "b": PERSON,
            "partnership": str(partnership) if partnership else "",
            "person": str(person) if person else "",
        },
    )


def is_tenant(entity: Any) -> bool:
    return bool(getattr(entity, "__tenant__", False))


@event.listens_for(GuardedSession, "after_begin")
def _scope_transaction(
    session: GuardedSession, _transaction: SessionTransaction, connection: Connection
) -> None:
    set_scope(connection, session.info.get("partnership"), session.info.get("person"))
    role = session.info.get("role")
    if role is not None:
        connection.execute(NARROWER[role])
