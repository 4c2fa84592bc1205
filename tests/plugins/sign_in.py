"""Browsers of staff who gave both factors."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from people.middleware import SECOND_FACTOR_KEY
from people.models import User


@pytest.fixture
def as_staff() -> Callable[[User], Client]:
    """`as_staff(user)` is a browser in which this account signed in with both factors."""

    def sign_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        session = client.session
        session[SECOND_FACTOR_KEY] = timezone.now().timestamp()
        session.save()
        return client

    return sign_in
