"""The guarded database session: nothing of a partnership is read or written unless that partnership is in scope.

Two walls stand here. The database's own row-level security is the first (see `rls.py`); this session is the second,
and raises early with a clear message. A session serves one partnership for its whole life, because its identity map
would otherwise hand one partnership's objects to another.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import Connection, MetaData, event, text
from sqlalchemy.orm import (
    DeclarativeBase,
    ORMExecuteState,
    SessionTransaction,
    UOWTransaction,
    with_loader_criteria,
)

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
PARTNERSHIP = "waymark.partnership"
PERSON = "waymark.person"


class NoPartnershipInScope(RuntimeError):
    """Rows of a partnership were touched while no partnership was in scope."""


class AnotherPartnership(RuntimeError):
    """A session pinned to one partnership was asked to serve another."""


class Base(DeclarativeBase):
    """Declarative base with one naming convention, so that migrations can name what they drop."""

    metadata = MetaData(naming_convention=NAMING)


class GuardedSession(FlaskSession):
    """A session that carries the partnership (and the person) in `info`."""

    def get(self, entity: Any, ident: Any, **options: Any) -> Any:
        """As SQLAlchemy's, but refused where the entity belongs to partnerships and none is in scope."""
        if _is_tenant(entity) and self.info.get("partnership") is None:
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


def _is_tenant(entity: Any) -> bool:
    return bool(getattr(entity, "__tenant__", False))


@event.listens_for(GuardedSession, "after_begin")
def _scope_transaction(
    session: GuardedSession, _transaction: SessionTransaction, connection: Connection
) -> None:
    set_scope(connection, session.info.get("partnership"), session.info.get("person"))


@event.listens_for(GuardedSession, "do_orm_execute")
def _wall(state: ORMExecuteState) -> None:
    from tenants.base import TenantModel

    entities = [mapper.class_ for mapper in state.all_mappers if _is_tenant(mapper.class_)]
    if not entities:
        return
    pinned = state.session.info.get("partnership")
    if pinned is None:
        own = state.session.info.get("person") is not None and state.is_select
        if own and all(getattr(entity, "__readable_by_person__", False) for entity in entities):
            return
        names = ", ".join(sorted({entity.__name__ for entity in entities}))
        raise NoPartnershipInScope(f"{names} touched with no partnership in scope")
    if not state.is_column_load and not state.is_relationship_load and not state.is_insert:
        state.statement = state.statement.options(
            with_loader_criteria(
                TenantModel,
                lambda model: model.partnership_id == pinned,
                include_aliases=True,
                track_closure_variables=True,
            )
        )


@event.listens_for(GuardedSession, "before_flush")
def _own_rows_only(session: GuardedSession, _context: UOWTransaction, _instances: Any) -> None:
    pinned = session.info.get("partnership")
    for instance in (*session.new, *session.dirty, *session.deleted):
        if not _is_tenant(type(instance)):
            continue
        if pinned is None:
            raise NoPartnershipInScope(f"{type(instance).__name__} written with no partnership in scope")
        if instance.partnership_id is None:
            instance.partnership_id = pinned
        if instance.partnership_id != pinned:
            raise AnotherPartnership(f"{type(instance).__name__} of another partnership in this session")
