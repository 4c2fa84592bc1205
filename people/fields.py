"""A column that holds a place in a tree as the codes from the root down, e.g. "21/2101/210102"."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import models
from django.db.models.lookups import Lookup


class PathField(models.CharField):
    """A materialised path, compared byte by byte (collation "C"), so that a plain b-tree index serves subtrees."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 80)
        kwargs.setdefault("db_collation", "C")
        super().__init__(*args, **kwargs)


def outermost(paths: Iterable[str]) -> tuple[str, ...]:
    """Return the paths without those that lie below another one, sorted; blank ones are dropped."""
    kept: list[str] = []
    for path in sorted({p.rstrip("/") for p in paths if p}):
        if not any(path == k or path.startswith(f"{k}/") for k in kept):
            kept.append(path)
    return tuple(kept)


def prefixes(path: str) -> list[str]:
    """Return the path itself and every path above it, from the root down."""
    parts = path.split("/")
    return ["/".join(parts[: depth + 1]) for depth in range(len(parts))]


@PathField.register_lookup
class Within(Lookup):
    """`path__within=[…]`: the row is one of these places or lies below one. No places, no rows.

    "Below p" is the range from "p/" up to "p0" ("0" follows "/" in ASCII): unlike LIKE it needs no escaping, and it
    uses the index also where the server does not see the constant.
    """

    lookup_name = "within"

    def get_prep_lookup(self) -> tuple[str, ...]:
        if not isinstance(self.rhs, Iterable):
            raise TypeError("path__within takes a list of paths such as ['21/2101'].")
        value = [self.rhs] if isinstance(self.rhs, str) else list(self.rhs)
        if not all(isinstance(path, str) for path in value):
            raise TypeError("path__within takes a list of paths such as ['21/2101'].")
        return outermost(value)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        if not self.rhs:
            raise EmptyResultSet
        lhs, lhs_params = self.process_lhs(compiler, connection)
        params: list[Any] = []
        for path in self.rhs:
            params += [*lhs_params, path, *lhs_params, f"{path}/", *lhs_params, f"{path}0"]
        one = f"({lhs} = %s OR ({lhs} >= %s AND {lhs} < %s))"
        return f"({' OR '.join([one] * len(self.rhs))})", tuple(params)


@PathField.register_lookup
class Covers(Lookup):
    """`path__covers="21/2101/210102"`: the row is that place or one above it."""

    lookup_name = "covers"

    def get_prep_lookup(self) -> tuple[str, ...]:
        if not isinstance(self.rhs, str):
            raise TypeError("path__covers takes one path such as '21/2101/210102'.")
        return tuple(prefixes(self.rhs)) if self.rhs else ()

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        if not self.rhs:
            raise EmptyResultSet
        lhs, lhs_params = self.process_lhs(compiler, connection)
        return f"{lhs} IN ({', '.join(['%s'] * len(self.rhs))})", (*lhs_params, *self.rhs)
