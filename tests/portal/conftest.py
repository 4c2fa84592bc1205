"""The stage on which a whole module of tests plays."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.db import connection

from core import audit
from tests.portal.stage import TODAY, Stage


@pytest.fixture(scope="module")
def stage(django_db_setup: None, django_db_blocker: Any) -> Iterator[Stage]:
    """Set the stage once: everything is built inside one transaction that the module rolls back."""
    with django_db_blocker.unblock(), time_machine.travel(f"{TODAY}T10:00:00+08:00", tick=True):
        made = Stage()
        with made.scene(), audit.context(channel="test"):
            yield made
        connection.close()
