import re

import pytest
from django.test import Client

from people.models import Occupation
from people.roles import Role
from portal.public import REVIEWED, public, routes, undeclared
from portal.reference_admin import site
from tests import factories


def test_finds_an_audience_on_every_route():
    assert undeclared() == []


def test_finds_every_public_route_on_the_reviewed_list():
    assert public() - REVIEWED == set(), "review it and add it to portal/public.py, or give it an audience"


def test_finds_nothing_on_the_list_that_is_gone():
    assert REVIEWED - public() == set()


@pytest.mark.django_db
def test_sends_visitors_away_from_everything_else():
    opened = []
    for name, pattern, _ in routes():
        if name in REVIEWED:
            continue
        address = _address(pattern)
        response = Client().get(address)
        if response.status_code not in (301, 302, 401, 403, 404, 405):
            opened.append((name, address, response.status_code))
    assert opened == []


def _address(pattern: str) -> str:
    text = pattern.replace("<uuid:public_id>", "019b0000-0000-7000-8000-000000000000").replace("<int:pk>", "1")
    return "/" + re.sub(r"<[^>]*>", "1", re.sub(r"[$^]|\\Z|\(\?P<url>\.\*\)", "", text))


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["/static/../manage.py", "/media/", "/api/schema/", "/account/signup/", "/account/email/"]
)
def test_gives_no_address_to_what_is_not_used(path):
    assert Client().get(path).status_code in (404, 403, 400)


@pytest.mark.django_db
class TestReferenceAdmin:
    def test_is_read_by_policy_and_system_administrators_only(self, as_staff):
        for role, status in ((Role.POLICY_ADMIN, 200), (Role.SYSTEM_ADMIN, 200), (Role.SECURITY_ADMIN, 403)):
            assert as_staff(factories.staff(role)).get("/admin/").status_code == status
        assert Client().get("/admin/").url.startswith("/account/staff/")

    def test_holds_reference_data_only(self):
        assert {model._meta.label for model in site._registry} == {
            "people.Occupation",
            "people.Industry",
            "people.Region",
            "core.Term",
        }

    @pytest.mark.parametrize("path", ["people/region/", "people/occupation/", "people/industry/", "core/term/"])
    def test_shows_each_list(self, as_staff, path):
        assert as_staff(factories.staff(Role.POLICY_ADMIN)).get(f"/admin/{path}").status_code == 200

    def test_lets_nobody_change_regions_and_terms(self, as_staff):
        desk = as_staff(factories.staff(Role.POLICY_ADMIN))
        row = factories.region()
        assert desk.post(f"/admin/people/region/{row.pk}/change/", {"code": "1"}).status_code == 403
        assert desk.get("/admin/people/region/add/").status_code == 403

    def test_lets_the_policy_administrator_mark_an_occupation(self, as_staff):
        row = Occupation.objects.filter(level=4, is_green=False).order_by("code").first()
        url = f"/admin/people/occupation/{row.pk}/change/"
        assert as_staff(factories.staff(Role.SYSTEM_ADMIN)).post(url, {"is_green": "on"}).status_code == 403
        assert as_staff(factories.staff(Role.POLICY_ADMIN)).post(url, {"is_green": "on"}).status_code == 302
        row.refresh_from_db()
        assert row.is_green
