"""The second wall: a session refuses to touch rows of partnerships with none in scope, or those of another one."""

from __future__ import annotations

from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, UOWTransaction, with_loader_criteria

from tenants.base import TenantModel
from tenants.db import AnotherPartnership, GuardedSession, NoPartnershipInScope, is_tenant


@event.listens_for(GuardedSession, "do_orm_execute")
def _wall(state: ORMExecuteState) -> None:
    entities = [mapper.class_ for mapper in state.all_mappers if is_tenant(mapper.class_)]
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
        if not is_tenant(type(instance)):
            continue
        if pinned is None:
            raise NoPartnershipInScope(f"{type(instance).__name__} written with no partnership in scope")
        if instance.partnership_id is None:
            instance.partnership_id = pinned
        if instance.partnership_id != pinned:
            raise AnotherPartnership(f"{type(instance).__name__} of another partnership in this session")
