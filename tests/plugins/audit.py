"""Every test writes as "the tests", unless it opens audit contexts of its own."""

from collections.abc import Iterator
from importlib.util import find_spec

import pytest


@pytest.fixture(autouse=True)
def audit_context(request: pytest.FixtureRequest, _django_db_marker: None) -> Iterator[None]:
    """Open a context inside the test's transaction, so that it is closed before the roll-back."""
    if request.node.get_closest_marker("no_audit_context") or find_spec("core.audit") is None:
        yield
        return
    from core import audit

    if {"db", "transactional_db", "live_server"} & set(request.fixturenames):
        request.getfixturevalue("_django_db_helper")
    with audit.context(channel="test"):
        yield
