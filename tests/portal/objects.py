"""The registry of doors: for each route that names an object, who may open it and who must not learn that it exists.

Each app lists its own in `objects_<app>.py`: `THINGS` builds what is tried, `DOORS` says for each route name whose door
it is. A route with a parameter that stands nowhere fails `test_access_matrix.py`.
"""

from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from tests.portal.stage import Stage, Thing


@dataclass(frozen=True)
class Door:
    """One thing behind one route.

    `opens_to` work with it; `reads` may look and change nothing; `shut_to` (another person, another county, another
    employer) get 404. `extra` are the other parameters of the address.
    """

    thing: str
    opens_to: tuple[str, ...] = ()
    shut_to: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    extra: dict[str, Any] = field(default_factory=dict)


def door(thing: str, opens_to: str = "", shut_to: str = "", reads: str = "", **extra: Any) -> Door:
    """Write a door down: actors are separated by commas."""

    def names(text: str) -> tuple[str, ...]:
        return tuple(name.strip() for name in text.split(",") if name.strip())

    return Door(thing, names(opens_to), names(shut_to), names(reads), extra)


def _modules() -> list[Any]:
    found = sorted(path.stem for path in Path(__file__).parent.glob("objects_*.py"))
    return [import_module(f"tests.portal.{name}") for name in found]


def every_thing() -> dict[str, Thing]:
    """Return how each thing is built."""
    return {name: build for module in _modules() for name, build in module.THINGS.items()}


def every_door() -> dict[str, tuple[Door, ...]]:
    """Return the doors of each route that has parameters."""
    return {name: doors for module in _modules() for name, doors in module.DOORS.items()}


def address_of(stage: Stage, entry: Door) -> dict[str, Any]:
    """Return the parameters of a door's address; the thing is built when it is first asked for."""
    found = stage.thing(entry.thing, every_thing()[entry.thing])
    named = found if isinstance(found, dict) else {"public_id": found.public_id}
    return {**named, **entry.extra}
