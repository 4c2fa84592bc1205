from datetime import date

import pytest
import time_machine

from tests.subsidies.world import TODAY, World


@pytest.fixture
def today():
    with time_machine.travel(f"{TODAY}T10:00:00+08:00", tick=True):
        yield TODAY


@pytest.fixture
def world(db, today: date) -> World:
    """A county with all officers, and departments that answer."""
    return World()
