import pytest
from django.core import checks
from django.db import IntegrityError

from people.models import User
from portal.checks import (
    check_every_route_names_its_audience,
    check_no_demo_account,
    check_no_superuser,
    check_text_messages_leave,
)


@pytest.mark.django_db
def test_finds_nothing_wrong_without_superusers():
    assert check_no_superuser(None, databases=["default"]) == []


@pytest.mark.django_db
def test_refuses_a_superuser_in_database_and_check(monkeypatch):
    with pytest.raises(IntegrityError, match="user_no_superuser"):
        User.objects.create(username="root", is_superuser=True)
    monkeypatch.setattr("django.db.models.query.QuerySet.exists", lambda queryset: True)
    assert [error.id for error in check_no_superuser(None, databases=["default"])] == ["portal.E001"]


def test_is_registered_for_deployment():
    assert check_no_superuser in checks.registry.registry.get_checks(include_deployment_checks=True)


@pytest.mark.django_db
def test_refuses_demo_accounts_where_real_people_work():
    assert check_no_demo_account(databases=["default"]) == []
    User.objects.create(username="demo_x", is_demo=True)
    assert [error.id for error in check_no_demo_account(databases=["default"])] == ["portal.E002"]


def test_finds_an_audience_on_every_route():
    assert check_every_route_names_its_audience() == []


class TestTextMessages:
    @pytest.fixture(autouse=True)
    def gateway(self, settings):
        settings.MESSAGE_GATEWAYS = {"sms": "http", "email": "file"}
        settings.SMS_HTTP_URL, settings.SMS_HTTP_SECRET = "https://sms.example.org/send", "shared"
        return settings

    def test_may_go_to_a_gateway(self):
        assert check_text_messages_leave() == []

    @pytest.mark.parametrize("name", ["file", "console", "smtp"])
    def test_may_not_stay_on_the_machine(self, gateway, name):
        gateway.MESSAGE_GATEWAYS = {"sms": name, "email": "file"}
        assert [error.id for error in check_text_messages_leave()] == ["portal.E004"]

    @pytest.mark.parametrize("setting", ["SMS_HTTP_URL", "SMS_HTTP_SECRET"])
    def test_need_an_address_and_a_secret(self, gateway, setting):
        setattr(gateway, setting, "")
        found = check_text_messages_leave()
        assert "SMS_HTTP_URL" in found[0].hint

    def test_are_checked_for_deployment_only(self):
        assert check_text_messages_leave in checks.registry.registry.get_checks(include_deployment_checks=True)
        assert check_text_messages_leave not in checks.registry.registry.get_checks()
