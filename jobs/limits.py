"""The dated limits of applying and hiring (`data/hiring.toml`), as numbers."""

from datetime import date
from typing import Any

from core import terms

PROVINCE = "21"


def limit(code: str, *, on: date) -> int:
    """Return a limit in force on a day: days, lines or a count, as its unit says.

    :raises core.terms.TermMissing: no row of that code is in force.
    """
    return int(setting(code, on=on))


def setting(code: str, *, on: date) -> Any:
    """Return a value of several parts that is in force on a day."""
    return terms.value(f"jobs.{code}", on=on, region=PROVINCE)
