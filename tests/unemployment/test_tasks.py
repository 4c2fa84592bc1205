from datetime import date
from io import StringIO

import pytest
import time_machine
from celery import current_app
from django.core.management import CommandError, call_command

from people.models import Region
from portal.settings.schedule import SCHEDULE
from tests.unemployment.conftest import registered
from unemployment import tasks
from unemployment.models import FollowUp, OpenedMonth

pytestmark = pytest.mark.django_db
DECEMBER = date(2026, 12, 1)


def test_opens_every_county_on_the_first(registration):
    assert tasks.open_month.apply(kwargs={"month": "2026-12-01"}).get() == Region.objects.counties().count()
    assert FollowUp.objects.of_month(DECEMBER).count() == 1
    assert OpenedMonth.objects.filter(month=DECEMBER).count() == Region.objects.counties().count()


def test_is_on_the_schedule_and_mended_every_five_minutes():
    names = {entry["task"] for entry in SCHEDULE.values()}
    assert {f"unemployment.tasks.{name}" for name in ("open_month", "mend_months", "raise_overdue")} <= names
    current_app.loader.import_default_modules()
    assert all(entry["task"] in current_app.tasks for entry in SCHEDULE.values())


def test_loses_nothing_when_the_broker_is_emptied(registration, monkeypatch):
    """Everything queued on the 1st is lost before a worker sees it; the next sweep queues it again."""
    lost = []
    with monkeypatch.context() as broken:
        broken.setattr(tasks.open_county_month, "delay", lambda **kwargs: lost.append(kwargs))
        tasks.open_month.apply(kwargs={"month": "2026-12-01"}).get()
    assert len(lost) == Region.objects.counties().count()
    assert not FollowUp.objects.of_month(DECEMBER).exists()
    with time_machine.travel("2026-12-01 01:05:00+08:00", tick=False):
        assert tasks.mend_months.apply().get() == len(lost)
        assert FollowUp.objects.of_month(DECEMBER).get().registration == registration
        assert tasks.mend_months.apply().get() == 0


def test_catches_up_a_whole_month_that_nobody_ran(registration):
    with time_machine.travel("2026-12-03 09:00:00+08:00", tick=False):
        tasks.mend_months.apply().get()
    with time_machine.travel("2027-02-02 09:00:00+08:00", tick=False):
        tasks.mend_months.apply().get()
    months = sorted(registration.follow_ups.values_list("month", flat=True))
    assert months == [date(2026, 11, 1), DECEMBER, date(2027, 1, 1), date(2027, 2, 1)]


def test_raises_what_is_late_each_morning(registration):
    with time_machine.travel("2026-11-30 07:30:00+08:00", tick=False):
        tasks.raise_overdue.apply().get()
    assert registration.escalations.get().kind == "first_contact"


def test_opens_a_month_by_hand_and_says_how_many(caseworker):
    for _ in range(3):
        registered(by=caseworker)
    out = StringIO()
    call_command("open_month", "--month", "2026-12", stdout=out)
    assert "新建跟踪调查 3 条" in out.getvalue()
    call_command("open_month", "--month", "2026-12", "--county", "210106", stdout=out)
    assert "新建跟踪调查 0 条" in out.getvalue()


@pytest.mark.parametrize("arguments", [["--month", "十二月"], ["--month", "2026-12", "--county", "999999"]])
def test_answers_bad_arguments_with_a_sentence(arguments):
    with pytest.raises(CommandError, match=r"请写|写成"):
        call_command("open_month", *arguments)
