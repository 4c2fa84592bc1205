import pytest
from django.conf import settings
from django.test import Client

from core import registry
from people.middleware import SECOND_FACTOR_KEY
from people.roles import Role
from tests import factories

pytestmark = pytest.mark.django_db


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    session = client.session
    session[SECOND_FACTOR_KEY] = 1.0
    session.save()
    return client


@pytest.fixture
def late(monkeypatch):
    module = registry.Module(
        "late",
        "演示业务",
        "flag",
        "portal:home",
        frozenset({Role.CASEWORKER}),
        waiting=lambda u: 1204,
        overdue=lambda u: 3,
    )
    monkeypatch.setattr(registry, "_modules", {"late": module})


def test_shows_what_waits_and_what_is_late_first(late):
    page = signed_in(factories.staff(Role.CASEWORKER)).get("/work/").content.decode()
    assert "先办这些，已经过期" in page
    assert "1,204" in page
    assert page.index("先办这些") < page.index("module__n")


def test_tells_an_account_without_work_how_to_get_it(late):
    page = signed_in(factories.citizen()).get("/work/").content.decode()
    assert "这个账号还没有可办的业务" in page
    assert "演示业务" not in page


def test_signs_out_by_post_only(late):
    page = signed_in(factories.staff(Role.CASEWORKER)).get("/work/").content.decode()
    assert '<form method="post" action="/account/logout/">' in page


def test_counts_each_module_once(late, django_assert_max_num_queries):
    client = signed_in(factories.staff(Role.CASEWORKER))
    client.get("/work/")
    with django_assert_max_num_queries(8):
        client.get("/work/")
