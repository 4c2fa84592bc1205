"""Adding figures of communities up to the units of a table."""

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal

from people.fields import prefixes


def add_up(rows: Iterable[tuple[str, int | Decimal]], units: Iterable[str]) -> Counter[str]:
    """Return the figures of (path, figure) rows summed per unit; a row outside every unit is left out.

    :param units: paths of the units, such as those of the cities and zones, none inside another.
    """
    known, found = set(units), Counter[str]()
    for path, figure in rows:
        for prefix in prefixes(path):
            if prefix in known:
                found[prefix] += figure  # type: ignore[assignment]
    return found
