import pytest
import time_machine
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


def test_keeps_the_counts_of_its_menu_for_a_minute_and_until_the_users_own_write(monkeypatch):
    asked, office = [], frozenset({Role.CASEWORKER})
    module = registry.Module(
        "a", "演示", "flag", "portal:home", office, waiting=lambda u: asked.append(u.pk) or len(asked)
    )
    monkeypatch.setattr(registry, "_modules", {"a": module})
    user, other = factories.staff(Role.CASEWORKER), factories.staff(Role.CASEWORKER)
    client = signed_in(user)

    def shown(client=client):
        return client.get("/work/employments/").content.decode().partition('side__n num">')[2][:1]

    with time_machine.travel("2026-11-23T23:59:50+08:00", tick=False) as clock:
        assert [shown(), shown(), shown(signed_in(other))] == ["1", "1", "2"]
        signed_in(other).post("/work/people/", {"q": "王"})
        assert shown() == "1"
        client.post("/work/people/", {"q": "王"})  # drawn with counts of its own, before the write is done
        assert [shown(), shown()] == ["5", "5"]
        clock.move_to("2026-11-24T00:00:10+08:00")
        assert shown() == "6"


BOXES = {Role.STATION_STAFF: ("/work/station/find/", "who"), Role.CASEWORKER: ("/work/people/", "q")}


def _box(client: Client) -> str:
    _, found, rest = client.get("/work/").content.decode().partition('<form class="appbar__search"')
    return rest.split("</form>")[0] if found else ""


@pytest.mark.parametrize("role", BOXES)
def test_finds_people_from_its_head_without_a_number_in_an_address(role):
    action, field = BOXES[role]
    client, person = signed_in(factories.staff(role)), factories.person(name="王小明")
    box = _box(client)
    assert f'method="post" action="{action}"' in box
    assert f'name="{field}"' in box
    assert "csrfmiddlewaretoken" in box
    page = client.post(action, {field: person.id_number.open()})
    assert page.status_code == 200
    assert person.masked_name in page.content.decode()


@pytest.mark.parametrize("role", [Role.SUBSIDY_PAYER, Role.SYSTEM_ADMIN, Role.LEADER])
def test_offers_no_search_to_those_who_look_nobody_up(role):
    client = signed_in(factories.staff(role, at=None if role == Role.SYSTEM_ADMIN else "210106"))
    assert _box(client) == ""
    assert [client.post(action, {field: "王"}).status_code for action, field in BOXES.values()] == [403, 403]


@pytest.mark.parametrize("role", BOXES)
def test_refuses_a_search_from_another_site(role):
    client = Client(enforce_csrf_checks=True)
    client.cookies = signed_in(factories.staff(role)).cookies
    action, field = BOXES[role]
    assert client.post(action, {field: "王小明"}).status_code == 403
