"""What several tests of postings start from."""

from typing import Any

import pytest

from core import clock
from people.models import Organisation, User
from tests import factories

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


@pytest.fixture
def asked(db: None) -> dict[str, Any]:
    """Return what an employer types to hand a posting in."""
    return {
        "title": "低压维修电工",
        "kind": "full_time",
        "headcount": "2",
        "pay_min": "6500",
        "pay_max": "8000",
        "pay_period": "month",
        "pay_months": "12",
        "region": factories.region().pk,
        "description": "检修车间低压电路。",
        "experience_min": "0",
        "submit": "1",
    }


@pytest.fixture
def employer(db: None) -> Organisation:
    """An employer that has been verified."""
    return factories.organisation()


@pytest.fixture
def agent(employer: Organisation) -> User:
    """The account of its agent."""
    return factories.agent(employer)
