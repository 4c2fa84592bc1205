"""What several tests of postings start from."""

from typing import Any

import pytest

from core import clock

_HORIZON = (
    "SELECT least(pg_snapshot_xmax(pg_current_snapshot())::text::bigint, (SELECT min(backend_xid::text::bigint)"
    " FROM pg_stat_activity WHERE datname = current_database()))"
)


def alone(connection: Any) -> int:
    """Return the clock's horizon as if this database were alone on its server: others' tests hold the real one back."""
    with connection.cursor() as cursor:
        cursor.execute(_HORIZON)
        return int(cursor.fetchone()[0])


@pytest.fixture
def horizon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the clock's horizon be that of a database alone on its server."""
    monkeypatch.setattr(clock, "horizon", alone)
