"""The database triggers behind history and append-only tables.

pgtrigger's own template is not used, for two reasons: a session variable of any role can switch its triggers off
(`pgtrigger.ignore`), and its functions run as the caller. These run as the owner with a fixed search path, so that
the application's role needs no right on history tables, and nobody may call them but the trigger itself: without the
REVOKE the application's role could hang the function on a temporary table of its own and forge history with it.
"""

from collections.abc import Collection, Sequence
from typing import Any

import pgtrigger
from pgtrigger import compiler

_Tracked = Any  # a model class; pgtrigger's own annotations say an instance

CONTEXT_SETTING = "audit.context"
RETENTION_SETTING = "audit.retention"
MISSING_CONTEXT = "audit_context_required"

_REQUIRE_CONTEXT = f"""
    IF ctx ->> 'channel' IS NULL THEN
        RAISE EXCEPTION 'a write to "%" outside an audit context', TG_TABLE_NAME
            USING ERRCODE = 'not_null_violation', CONSTRAINT = '{MISSING_CONTEXT}', TABLE = TG_TABLE_NAME,
                  HINT = 'Open core.audit.context(...) around the write.';
    END IF;
"""


class GuardedTriggerSql(compiler.UpsertTriggerSql):
    """Install a trigger whose function runs as its owner, in a fixed search path, and only as a trigger."""

    def get_template(self) -> str:
        return """
            CREATE OR REPLACE FUNCTION {pgid}()
            RETURNS TRIGGER AS $$
                {declare}
                BEGIN
                    {func}
                END;
            $$ LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp;
            REVOKE ALL ON FUNCTION {pgid}() FROM PUBLIC;

            DROP TRIGGER IF EXISTS {pgid} ON {table};
            CREATE {constraint} TRIGGER {pgid}
                {when} {operation} ON {table}
                {timing}
                {referencing}
                FOR EACH {level} {condition}
                EXECUTE FUNCTION {execute};

            COMMENT ON TRIGGER {pgid} ON {table} IS '{hash}';
        """


class GuardedTrigger(pgtrigger.Trigger):
    """A pgtrigger trigger compiled with `GuardedTriggerSql`."""

    def compile(self, model: Any) -> compiler.Trigger:
        return compiler.Trigger(
            name=self.name,
            sql=GuardedTriggerSql(
                pgid=self.get_pgid(model),
                declare=self.render_declare(model),
                func=self.format_sql(self.render_func(model)),
                table=model._meta.db_table,
                when=self.when,
                operation=self.operation,
                referencing=self.referencing or "",
                level=self.level,
                condition=self.render_condition(model),
                execute=self.render_execute(model),
            ),
        )


class AppendOnly(GuardedTrigger):
    """Refuse to change or remove rows, to the owner too, unless the owner announces a legal retention run.

    The application's role lacks the privileges anyway; the setting is no way around that.
    """

    name = "append_only"
    level = pgtrigger.Statement
    when = pgtrigger.Before
    operation = pgtrigger.Update | pgtrigger.Delete | pgtrigger.Truncate
    func = f"""
        IF current_setting('{RETENTION_SETTING}', true) IS DISTINCT FROM 'on' THEN
            RAISE EXCEPTION '% refuses %: it only grows', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NULL;
    """


class Stamp(GuardedTrigger):
    """Let the database alone say when, and in which transaction, a row was added."""

    name = "stamp"
    when = pgtrigger.Before
    operation = pgtrigger.Insert
    func = "NEW.recorded_at = clock_timestamp(); NEW.xid = audit_xid(); RETURN NEW;"


class HistoryTrigger(GuardedTrigger):
    """Copy each changed row into the history table, with the audit context; refuse the write when there is none.

    `hidden` columns are never copied; that they changed is named in the context. A change of `ignored` columns alone
    is no event. With `bulk` one statement writes one set of rows (2 to 3 times cheaper on large writes).
    """

    when = pgtrigger.After

    def __init__(
        self,
        *,
        history: _Tracked,
        operation: pgtrigger.Operation,
        hidden: Sequence[str] = (),
        ignored: Collection[str] = (),
        bulk: bool = False,
    ) -> None:
        self.history = history
        self.hidden = hidden
        self.ignored = ignored
        if bulk:
            old = "old_rows" if operation != pgtrigger.Insert else None
            new = "new_rows" if operation != pgtrigger.Delete else None
            self.referencing = pgtrigger.Referencing(old=old, new=new)
        super().__init__(
            name=f"history_{str(operation).lower()}",
            operation=operation,
            level=pgtrigger.Statement if bulk else pgtrigger.Row,
        )

    def get_declare(self, model: Any) -> list[tuple[str, str]]:
        return [("ctx", f"jsonb := NULLIF(current_setting('{CONTEXT_SETTING}', true), '')::jsonb")]

    def get_condition(self, model: Any) -> Any:
        if self.operation != pgtrigger.Update or self.level == pgtrigger.Statement:
            return None
        return pgtrigger.Condition(self._changed(model, "OLD", "NEW"))

    def get_func(self, model: Any) -> str:
        return (
            f"{_REQUIRE_CONTEXT} {self._copy_rows(model) if self.referencing else self._copy_row(model)} RETURN NULL;"
        )

    def _copy_row(self, model: _Tracked) -> str:
        row = "OLD" if self.operation == pgtrigger.Delete else "NEW"
        columns, values = self._columns(model, row, context=f"ctx{self._hidden_changes(model, 'OLD', 'NEW')}")
        return f"INSERT INTO {_quote(self.history._meta.db_table)} ({columns}) VALUES ({values});"  # noqa: S608

    def _copy_rows(self, model: _Tracked) -> str:
        table = _quote(self.history._meta.db_table)
        if self.operation != pgtrigger.Update:
            row = "o" if self.operation == pgtrigger.Delete else "n"
            source = "old_rows o" if self.operation == pgtrigger.Delete else "new_rows n"
            columns, values = self._columns(model, row, context="ctx")
            return f"INSERT INTO {table} ({columns}) SELECT {values} FROM {source};"  # noqa: S608
        # EXECUTE plans the join anew each time: a plan kept from a statement of one row loops over a statement of many.
        # The outer join keeps rows whose primary key itself was changed.
        pk = _quote(model._meta.pk.column)
        columns, values = self._columns(model, "n", context=f"$1{self._hidden_changes(model, 'o', 'n')}")
        return f"""
            EXECUTE $q$
                INSERT INTO {table} ({columns})
                SELECT {values} FROM new_rows n LEFT JOIN old_rows o ON o.{pk} = n.{pk}
                WHERE o.{pk} IS NULL OR {self._changed(model, "o", "n")}
            $q$ USING ctx;
        """  # noqa: S608

    def _columns(self, model: _Tracked, row: str, *, context: str) -> tuple[str, str]:
        own = {field.name for field in model._meta.local_concrete_fields}
        copied = [field.column for field in self.history._meta.local_concrete_fields if field.name in own]
        values = {_quote(column): f"{row}.{_quote(column)}" for column in copied}
        values["pgh_created_at"] = "clock_timestamp()"
        values["pgh_label"] = f"'{str(self.operation).lower()}'"
        values["pgh_obj_id"] = f"{row}.{_quote(model._meta.pk.column)}"
        values["pgh_context"] = context
        values["pgh_xid"] = "audit_xid()"
        return ", ".join(values), ", ".join(values.values())

    def _changed(self, model: _Tracked, old: str, new: str) -> str:
        columns = [
            f.column for f in model._meta.local_concrete_fields if f.name not in self.ignored and not f.generated
        ]
        return "(" + " OR ".join(f"{old}.{_quote(c)} IS DISTINCT FROM {new}.{_quote(c)}" for c in columns) + ")"

    def _hidden_changes(self, model: _Tracked, old: str, new: str) -> str:
        hidden = [name for name in self.hidden if name not in self.ignored]
        if self.operation != pgtrigger.Update or not hidden:
            return ""
        column_of = {field.name: field.column for field in model._meta.local_concrete_fields}
        columns = [column_of[name] for name in hidden]
        names = ", ".join(
            f"CASE WHEN {old}.{_quote(c)} IS DISTINCT FROM {new}.{_quote(c)} THEN '{c}' END" for c in columns
        )
        return (
            f" || CASE WHEN ({' OR '.join(f'{old}.{_quote(c)} IS DISTINCT FROM {new}.{_quote(c)}' for c in columns)})"
            f" THEN jsonb_build_object('hidden', array_remove(ARRAY[{names}]::text[], NULL)) ELSE '{{}}'::jsonb END"
        )


def _quote(name: str | None) -> str:
    return f'"{name}"'
