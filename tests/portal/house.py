"""What the tests of the house look at: the floors, our models, our files."""

from collections.abc import Iterator
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import models

from core.triggers import AppendOnly

FLOORS = (
    "core",
    "people",
    "messaging",
    "stations",
    "jobs",
    "unemployment",
    "training",
    "subsidies",
    "monitoring",
    "portal",
)
"""From the ground up; a package knows only what stands before it."""
ROOT: Path = settings.BASE_DIR
APPS = tuple(name for name in FLOORS if (ROOT / name).is_dir())


def our_models(*, with_histories: bool = False) -> list[type[models.Model]]:
    """Return the models of our apps; histories are made by `audit.track`."""
    found = [model for model in apps.get_models() if model._meta.app_label in APPS]
    return found if with_histories else [model for model in found if not is_history(model)]


def is_history(model: type[models.Model]) -> bool:
    """Say whether a model keeps the versions of another."""
    return hasattr(model, "pgh_tracked_model")


def tracked() -> set[type[models.Model]]:
    """Return the models whose every version is kept."""
    return {model.pgh_tracked_model for model in apps.get_models() if is_history(model)}


def only_grows(model: type[models.Model]) -> bool:
    """Say whether the database refuses to change or delete rows of a model: such rows are their own history."""
    return any(isinstance(trigger, AppendOnly) for trigger in getattr(model._meta, "triggers", ()))


def relations(model: type[models.Model]) -> Iterator[models.Field]:
    """Yield the fields of a model that lead to another one (keys and many-to-many)."""
    for field in model._meta.get_fields():
        if field.is_relation and not field.auto_created and field.related_model is not None:
            yield field


def python_files(*, tests: bool = False, migrations: bool = False) -> list[Path]:
    """Return the Python files of our apps, of the scripts and, if wanted, of the tests."""
    tops = [*APPS, "script", *(["tests"] if tests else [])]
    found = [path for top in tops for path in sorted((ROOT / top).rglob("*.py"))]
    return [path for path in found if migrations or "migrations" not in path.parts]


def templates() -> list[Path]:
    """Return all templates of ours."""
    return sorted(path for path in (ROOT / "templates").rglob("*") if path.is_file())


def named(path: Path) -> str:
    """Return a path as people write it."""
    return str(path.relative_to(ROOT))
