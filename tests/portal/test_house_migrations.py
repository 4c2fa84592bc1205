"""Migrations run while people work: what would rewrite or lock a big table is refused after the first of an app."""

from importlib import import_module

import pytest
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.models import NOT_PROVIDED

from tests.portal.house import APPS, ROOT, named

BIG = {"person", "posting", "registration", "followup", "claim", "servicelog", "outbox", "inboxmessage", "organisation"}
"""Tables with a row for each person, posting or month."""


def _later() -> list[migrations.Migration]:
    loader = MigrationLoader(None)
    return [
        m for (app, name), m in sorted(loader.disk_migrations.items()) if app in APPS and not name.startswith("0001")
    ]


def _said(migration: migrations.Migration, operation: object) -> str:
    return f"{migration.app_label}.{migration.name}: {type(operation).__name__} {getattr(operation, 'name', '')}"


def test_gives_each_new_column_a_default_that_the_database_knows():
    """The code of yesterday goes on inserting while the new column is there already."""
    wrong = [
        _said(migration, operation)
        for migration in _later()
        for operation in migration.operations
        if isinstance(operation, migrations.AddField)
        and not operation.field.null
        and not operation.field.many_to_many
        and operation.field.db_default is NOT_PROVIDED
        and operation.model_name in BIG
    ]
    assert wrong == []


def test_builds_indexes_of_big_tables_without_locking_them():
    made_here = {}
    wrong = []
    for migration in _later():
        for operation in migration.operations:
            if isinstance(operation, migrations.CreateModel):
                made_here.setdefault(migration.name, set()).add(operation.name_lower)
            locks = type(operation).__name__ == "AddIndex" or (
                isinstance(operation, migrations.AddConstraint)
                and isinstance(operation.constraint, models.UniqueConstraint)
            )
            if locks and operation.model_name in BIG and operation.model_name not in made_here.get(migration.name, ()):
                wrong.append(_said(migration, operation))
    assert wrong == [], "use AddIndexConcurrently with atomic = False"


def test_renames_and_drops_nothing_that_running_code_uses():
    harmful = (migrations.RenameField, migrations.RenameModel)
    wrong = [_said(m, operation) for m in _later() for operation in m.operations if isinstance(operation, harmful)]
    assert wrong == []


@pytest.mark.parametrize("app", [app for app in APPS if (ROOT / app / "migrations").is_dir()])
def test_numbers_migrations_in_one_line(app: str):
    files = sorted((ROOT / app / "migrations").glob("[0-9]*.py"))
    numbers = [path.name[:4] for path in files]
    assert numbers == sorted(set(numbers)), f"two with one number: {[named(path) for path in files]}"
    for path in files:
        assert import_module(f"{app}.migrations.{path.stem}").Migration
