"""History of every business row, and who made it.

`track` gives a model a history table that database triggers fill. `context` says who acts; a write to a tracked table
outside a context is refused by the database. The application states the actor: PostgreSQL guarantees that a change is
recorded together with that statement and never altered later, not that the statement is true.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

import pghistory
import pgtrigger
from django.contrib.postgres.indexes import BrinIndex
from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper
from psycopg2 import extensions

from core.statements import may_write_rows, only_reads
from core.triggers import CONTEXT_SETTING, MISSING_CONTEXT, AppendOnly, HistoryTrigger

if TYPE_CHECKING:
    pass

CHANNELS = frozenset({"web", "api", "task", "command", "import", "demo", "test"})
_Model = TypeVar("_Model", bound=type[models.Model])


class MissingContext(IntegrityError):
    """A tracked row was written while no audit context was open."""


class WriteInSafeRequest(RuntimeError):
    """A request that only reads (GET, HEAD, OPTIONS) tried to write to the database."""


@dataclass(frozen=True)
class Context:
    """Who acts, in which role, by which channel and in which request."""

    actor: Any = None
    role: str | Callable[[], str] = ""
    channel: str = ""
    request_id: str = ""
    reason: str = ""
    extra: dict[str, Any] = field(default_factory=dict)

    def values(self) -> dict[str, Any]:
        """Return what is stored with each history row."""
        actor = self.actor() if callable(self.actor) else self.actor
        if actor is not None and actor.pk is None:
            actor = None
        return {
            "actor": actor.pk if actor is not None else None,
            "actor_name": str(getattr(actor, "audit_name", "")) if actor is not None else "",
            "role": self.role() if callable(self.role) else self.role,
            "channel": self.channel,
            "request_id": self.request_id,
            "reason": self.reason,
            **self.extra,
        }


_current: ContextVar[Context | None] = ContextVar("audit_context", default=None)
_read_only: ContextVar[bool] = ContextVar("audit_read_only", default=False)


def current() -> Context | None:
    """Return the open context, if any. A new thread starts without one."""
    return _current.get()


@contextmanager
def context(
    *,
    channel: str,
    actor: Any = None,
    role: str | Callable[[], str] = "",
    request_id: str = "",
    reason: str = "",
    **extra: Any,
) -> Iterator[Context]:
    """Say who writes, for the statements inside. Contexts nest; leaving one restores the outer one.

    `actor` and `role` may be functions, asked at each write (a request whose user signs in half-way).
    """
    if channel not in CHANNELS:
        raise ValueError(f"channel must be one of {sorted(CHANNELS)}, not {channel!r}")
    opened = Context(actor=actor, role=role, channel=channel, request_id=request_id, reason=reason, extra=extra)
    token = _current.set(opened)
    try:
        yield opened
    finally:
        _current.reset(token)
        _restore_open_transactions()


@contextmanager
def read_only(enabled: bool = True) -> Iterator[None]:
    """Refuse every statement inside that writes; `read_only(False)` lets one through within (the access log)."""
    token = _read_only.set(enabled)
    try:
        yield
    finally:
        _read_only.reset(token)


def set_for_copy(cursor: CursorWrapper) -> None:
    """Hand the context to the database before a COPY, which Django's cursor hooks do not see.

    It lasts until the transaction or the context ends, so COPY must run in a transaction.
    """
    if not cursor.db.in_atomic_block:
        raise RuntimeError("COPY into a tracked table must run inside transaction.atomic().")
    _set(cursor.db)


def track(
    *,
    exclude: tuple[str, ...] = (),
    ignore: tuple[str, ...] = (),
    bulk: bool = False,
    indexes: tuple[models.Index, ...] = (),
) -> Callable[[_Model], _Model]:
    """Keep every version of the model's rows in a history table `<Model>History`, filled by triggers.

    :param exclude: fields whose values are never copied (encrypted fields and `*_index` hashes are excluded by
        themselves); that one of them changed is still an event, named under `hidden` in the context.
    :param ignore: fields whose change alone is no event (counters, search vectors); they are not copied either.
    :param bulk: statement-level triggers, for tables written by the thousand.
    :param indexes: more indexes on the history table, where it is read in another way than row by row.
    """

    # Not at the top: models of core itself are tracked too, and import this module while theirs is half loaded.
    from core.models.audit import History

    def decorate(model: _Model) -> _Model:
        hidden = {f.name for f in model._meta.local_concrete_fields if _is_secret(f)} | set(exclude)
        left_out = hidden | set(ignore) | {f.name for f in model._meta.local_fields if f.generated or not f.concrete}
        pghistory.create_event_model(
            model,
            *[
                _Tracker(operation=operation, hidden=sorted(hidden), ignored=sorted(ignore), bulk=bulk)
                for operation in (pgtrigger.Insert, pgtrigger.Update, pgtrigger.Delete)
            ],
            exclude=sorted(left_out),
            obj_field=pghistory.ObjForeignKey(related_name="+", related_query_name="+", db_index=True),
            context_field=pghistory.ContextJSONField(null=False),
            context_id_field=None,  # type: ignore[arg-type]  # pghistory takes None for "no column"
            base_model=History,
            model_name=f"{model._meta.object_name}History",
            abstract=False,
            meta={
                "triggers": [AppendOnly()],
                "indexes": [BrinIndex(fields=["pgh_xid"], autosummarize=True), *indexes],
                "verbose_name": f"{model._meta.verbose_name}（历史）",
            },
        )
        return model

    return decorate


def record_access(*, actor: Any, action: str, subject: models.Model | str, reason: str) -> None:
    """Add a line to the access log: the one write that is allowed while answering GET."""
    record_accesses(actor=actor, action=action, subjects=[(subject, reason)])


def record_accesses(*, actor: Any, action: str, subjects: Iterable[tuple[models.Model | str, str]]) -> None:
    """Add a line to the access log for each of many, with a statement a thousand.

    :param subjects: what was looked at, and why.
    """
    from core.models.audit import AccessLog

    opened = _current.get()
    values = opened.values() if opened else {}
    shared = {name: values.get(name, "") for name in ("role", "channel", "request_id")}
    shared |= {
        "actor": getattr(actor, "pk", None),
        "actor_name": str(getattr(actor, "audit_name", "")),
        "action": action,
    }
    rows = [AccessLog(**shared, **_named(subject), reason=reason) for subject, reason in subjects]
    with read_only(False):
        AccessLog.objects.bulk_create(rows, batch_size=1000)


def _named(subject: models.Model | str) -> dict[str, str]:
    if isinstance(subject, str):
        return {"subject_type": "", "subject": subject}
    return {"subject_type": subject._meta.label_lower, "subject": str(getattr(subject, "public_id", subject.pk))}


class _Tracker(pghistory.RowEvent):
    """Tell pghistory about one of our triggers."""

    def __init__(self, *, operation: pgtrigger.Operation, hidden: list[str], ignored: list[str], bulk: bool) -> None:
        row = "OLD" if operation == pgtrigger.Delete else "NEW"
        super().__init__(label=str(operation).lower(), operation=operation, row=row)
        self.operation: pgtrigger.Operation = operation
        self.writes = operation
        self.hidden = hidden
        self.ignored = ignored
        self.bulk = bulk

    def setup(self, event_model: Any) -> None:
        trigger = HistoryTrigger(
            history=event_model, operation=self.writes, hidden=self.hidden, ignored=self.ignored, bulk=self.bulk
        )
        pgtrigger.register(trigger)(event_model.pgh_tracked_model)


def _is_secret(model_field: models.Field) -> bool:
    return model_field.name.endswith("_index") or any(c.__name__ == "EncryptedField" for c in type(model_field).__mro__)


# How the context reaches the database: every writing statement carries it, on every connection, so that neither a
# savepoint's rollback nor a broken connection can leave a stale one behind.


def install_hook(connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    """Receiver of `connection_created`."""
    if _hook not in connection.execute_wrappers:
        # In front: `connection.execute_wrapper()` removes the last one when it ends.
        connection.execute_wrappers.insert(0, _hook)


def _hook(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    cursor = context["cursor"].cursor
    if hasattr(sql, "as_string"):
        sql = sql.as_string(cursor)
    elif isinstance(sql, bytes):
        sql = sql.decode()
    if _read_only.get() and not only_reads(sql):
        raise WriteInSafeRequest(f"a request that only reads tried to write: {sql[:200]}")
    if getattr(cursor, "name", None) or not may_write_rows(sql):
        return execute(sql, params, many, context)
    prefix = _set_sql(cursor)
    if params is not None:
        prefix = prefix.replace("%", "%%")
    try:
        return execute(prefix + sql, params, many, context)
    except IntegrityError as error:
        if getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) == MISSING_CONTEXT:
            raise MissingContext(*error.args) from error
        raise


def _set_sql(cursor: Any) -> str:
    opened = _current.get()
    text = json.dumps(opened.values(), cls=DjangoJSONEncoder, ensure_ascii=False) if opened else ""
    return cursor.mogrify(f"SELECT set_config('{CONTEXT_SETTING}', %s, true); ", (text,)).decode()


def _set(connection: BaseDatabaseWrapper) -> None:
    with connection.connection.cursor() as cursor:
        cursor.execute(_set_sql(cursor))


def _restore_open_transactions() -> None:
    """Give statements that bypass the hook (COPY, raw cursors) the outer context, or none."""
    for connection in connections.all(initialized_only=True):
        raw = connection.connection
        if raw is None or raw.closed or not connection.in_atomic_block:
            continue
        if raw.get_transaction_status() == extensions.TRANSACTION_STATUS_INTRANS:
            _set(connection)
