import pytest
from django.core import checks
from django.db import IntegrityError

from people.models import User
from portal.checks import check_every_route_names_its_audience, check_no_demo_account, check_no_superuser


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
