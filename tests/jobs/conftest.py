"""What several tests of postings start from."""

from typing import Any

import pytest

from core import clock

_HORIZON = (
    "SELECT least(pg_snapshot_xmax(pg_current_snapshot())::text::bigint, (SELECT min(backend_xid::text::bigint)"
    " FROM pg_stat_activity WHERE datname = current_database()))"
)


@pytest.fixture
def horizon(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock's horizon, as if this database were alone on its server: others' tests hold the real one back."""

    def alone(connection: Any) -> int:
        with connection.cursor() as cursor:
            cursor.execute(_HORIZON)
            return cursor.fetchone()[0]

    monkeypatch.setattr(clock, "horizon", alone)
