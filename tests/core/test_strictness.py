import datetime as dt
import warnings

import pytest
from django.contrib.sessions.models import Session
from django.core.paginator import Paginator, UnorderedObjectListWarning
from django.db import ProgrammingError, connection
from django.template import Origin, Template, engines
from django.utils import timezone

from portal.settings.strict import OURS, UndefinedTemplateVariable


def _template(source: str, path: str) -> Template:
    return Template(source, origin=Origin(path, template_name="x.html"), engine=engines["django"].engine)


def _render(source: str, path: str, **context: object) -> str:
    from django.template import Context

    return _template(source, path).render(Context(context))


@pytest.mark.parametrize(
    "source", ["{{ nobody }}", "{{ user.nothing }}", '{{ nobody|default:"x" }}', "{% with a=b %}{% endwith %}"]
)
def test_refuses_an_undefined_variable_in_our_templates(source):
    with pytest.raises(UndefinedTemplateVariable, match="not in the context"):
        _render(source, OURS + "templates/x.html", user=object())


def test_lets_a_condition_ask_for_an_undefined_variable():
    assert _render("{% if nobody %}yes{% else %}no{% endif %}", OURS + "templates/x.html") == "no"


def test_leaves_other_packages_templates_alone():
    assert _render('[{{ nobody }}|{{ nobody|default:"x" }}]', OURS + ".venv/lib/django/x.html") == "[|x]"


@pytest.mark.django_db
def test_connects_as_the_lesser_role(settings):
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, current_database()")
        user, name = cursor.fetchone()
    assert user == settings.APPLICATION_ROLE
    assert name.startswith("test_")


@pytest.mark.django_db
@pytest.mark.parametrize("statement", ["CREATE TABLE mine (id int)", "TRUNCATE django_session"])
def test_refuses_what_only_the_owner_may_do(statement):
    with connection.cursor() as cursor, pytest.raises(ProgrammingError, match="permission denied"):
        cursor.execute(statement)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("attempt", [1, 2])
def test_forgets_what_a_committing_test_wrote(attempt):
    assert not Session.objects.exists()
    Session.objects.create(session_key=f"number {attempt}", expire_date=timezone.now())


@pytest.mark.django_db
def test_refuses_a_naive_datetime():
    with pytest.raises(RuntimeWarning, match="naive datetime"):
        Session.objects.filter(expire_date=dt.datetime(2026, 1, 1)).exists()  # noqa: DTZ001


@pytest.mark.django_db
def test_refuses_pages_without_an_order():
    with pytest.raises(UnorderedObjectListWarning):
        Paginator(Session.objects.all(), 10).page(1)


def test_turns_warnings_into_errors():
    with pytest.raises(DeprecationWarning):
        warnings.warn("old", DeprecationWarning, stacklevel=1)
