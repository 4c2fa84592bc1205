"""Every route that the resolver knows, and the reviewed list of who may open it.

`python -m tests.portal.routes` writes `access_matrix.toml` anew; the difference is what a reviewer looks at.
"""

import os
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

REVIEWED = Path(__file__).with_name("access_matrix.toml")
HEAD = """\
# Who may open which address. The test compares this list with the routes: a new route, or a wider audience, shows here.
# Rewrite it with `python -m tests.portal.routes`, and read the difference.
"""


@dataclass(frozen=True)
class Route:
    """One address: its full name, its pattern, and the view behind it."""

    name: str
    pattern: str
    parameters: tuple[str, ...]
    view: Any

    @property
    def audience(self) -> Any:
        """What the view declares (None: it declares none)."""
        return getattr(self.view, "audience", None)

    @property
    def said(self) -> str | list[str]:
        """The audience as the reviewed list writes it."""
        if self.audience is None:
            return "undeclared"
        return sorted(self.audience.roles) if self.audience.kind == "roles" else self.audience.kind


def _walk(patterns: list[URLPattern | URLResolver], prefix: str, space: str, taken: tuple[str, ...]) -> Iterator[Route]:
    for pattern in patterns:
        text = prefix + str(pattern.pattern)
        found = (*taken, *pattern.pattern.converters, *getattr(pattern.pattern.regex, "groupindex", {}))
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from _walk(pattern.url_patterns, text, inner, found)
            continue
        parameters = tuple(dict.fromkeys(found))
        yield Route(f"{space}{pattern.name or text}", text, parameters, pattern.callback)


def every_route() -> list[Route]:
    """Return all routes, in the order of their addresses.

    Django's admin (reference data only, no rows of anybody) counts by its pages without parameters.
    """
    found = _walk(get_resolver().url_patterns, "", "", ())
    own = (route for route in found if not (route.pattern.startswith("admin/") and route.parameters))
    return sorted(own, key=lambda r: (r.pattern, r.name))


def reviewed() -> dict[str, str | list[str]]:
    """Return what the reviewed list says of each route."""
    return tomllib.loads(REVIEWED.read_text(encoding="utf-8"))


def write_reviewed() -> None:
    """Write the list as the routes are now."""
    lines = []
    for route in sorted(every_route(), key=lambda r: r.name):
        said = route.said
        value = f'"{said}"' if isinstance(said, str) else "[" + ", ".join(f'"{role}"' for role in said) + "]"
        lines.append(f'"{route.name}" = {value}\n')
    REVIEWED.write_text(HEAD + "".join(lines), encoding="utf-8")


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.test")
    django.setup()
    write_reviewed()
