from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from core import audit
from core.errors import StaleVersion
from people.roles import Role
from tests import factories
from tests.unemployment.conftest import registered
from unemployment import figures, signoff
from unemployment.models import Adjustment, MonthReport, ReportLine
from unemployment.signoff import CannotAdjust, CannotReopen, CannotSign

MONTH, NEXT = date(2026, 10, 1), date(2026, 11, 1)
DONE, LATER = date(2026, 10, 30), date(2026, 11, 30)


@pytest.fixture
def street(db):
    return factories.community().parent


@pytest.fixture
def head(db):
    return factories.staff(Role.COUNTY_SUPERVISOR)


def sign(region, *, by, month=MONTH, on=DONE, reason=""):
    return signoff.sign_month(region_id=region.pk, month=month, by=by, on=on, reason=reason)


def total(report, code):
    return report.lines.get(unit=None, code=code)


def test_goes_up_level_by_level_and_waits_for_those_below(street, worker, head):
    with pytest.raises(CannotSign, match="下级还有"):
        sign(street, by=worker)
    for community in signoff.must_sign_below(street):
        sign(community, by=worker)
    report = sign(street, by=worker)
    assert (report.missing, report.reason) == ([], "")
    with pytest.raises(CannotSign, match="不归您签"):
        sign(street.parent, by=worker)
    county = sign(street.parent, by=head, reason="其他街道停电，先签")
    assert street.name not in county.missing
    assert len(county.missing) == len(signoff.must_sign_below(street.parent)) - 1
    city = factories.staff(Role.CITY_SUPERVISOR, at="2101")
    assert sign(factories.region("2101"), by=city, reason="其他县还没有报").edition == 1
    with pytest.raises(CannotSign, match="不归您签"):
        sign(factories.region("21"), by=factories.staff(Role.CITY_SUPERVISOR, at="21"))


def test_waits_for_the_last_working_day(worker):
    with pytest.raises(CannotSign, match="最后一个工作日"):
        sign(factories.community(), by=worker, on=date(2026, 10, 29))


def test_keeps_what_was_signed_whatever_comes_after(worker, caseworker):
    community = factories.community()
    registered(by=caseworker, on=date(2026, 10, 9))
    report = sign(community, by=worker)
    registered(by=caseworker, on=date(2026, 10, 12))
    assert total(report, "registered").times == 1
    above = figures.table(region=community.parent, month=MONTH, on=DONE)
    assert signoff.changed_below(above, {community.pk: report}) == {community.pk}
    (changed, seekers) = signoff.differences(report, on=DONE)
    assert {changed.code, seekers.code} == {"registered", "seekers"}
    for change in (
        lambda: ReportLine.objects.filter(report=report).update(times=5),
        lambda: ReportLine.objects.filter(report=report).delete(),
        lambda: MonthReport.objects.filter(pk=report.pk).update(signed_by=caseworker),
        lambda: MonthReport.objects.filter(pk=report.pk).delete(),
    ):
        with pytest.raises((IntegrityError, ProgrammingError)), transaction.atomic():
            change()


def test_records_a_correction_and_the_next_report_carries_it(worker, caseworker):
    community = factories.community()
    report = sign(community, by=worker)
    registered(by=caseworker, on=date(2026, 10, 12))
    with pytest.raises(CannotAdjust, match="为什么"):
        signoff.record_adjustment(report_id=report.pk, code="registered", reason="", by=worker, on=DONE)
    made = signoff.record_adjustment(report_id=report.pk, code="registered", reason="补录了一人", by=worker, on=DONE)
    assert (made.times, made.people) == (1, 1)
    assert [each.code for each in signoff.differences(report, on=DONE)] == ["seekers"]
    with pytest.raises(CannotAdjust, match="不用调整"):
        signoff.record_adjustment(report_id=report.pk, code="registered", reason="再记一次", by=worker, on=DONE)
    following = sign(community, by=worker, month=NEXT, on=LATER)
    assert total(following, "registered").carried_times == 1
    made.refresh_from_db()
    assert made.carried_into == following
    with pytest.raises(IntegrityError), transaction.atomic():
        Adjustment.objects.filter(pk=made.pk).update(times=9)
    above = factories.staff(Role.CASEWORKER)
    with pytest.raises(CannotReopen, match="已经并入"):
        signoff.reopen(report_id=report.pk, reason="数不对，重报", version=report.version, by=above)


def test_is_reopened_by_the_level_above_alone_with_a_reason(street, worker, caseworker):
    community = factories.community()
    report = sign(community, by=worker)
    below = factories.staff(Role.COMMUNITY_WORKER, at=community)
    with pytest.raises(CannotReopen, match="上一级"):
        signoff.reopen(report_id=report.pk, reason="数不对，重报", version=report.version, by=below)
    with pytest.raises(CannotReopen, match="为什么"):
        signoff.reopen(report_id=report.pk, reason="错", version=report.version, by=caseworker)
    with pytest.raises(StaleVersion):
        signoff.reopen(report_id=report.pk, reason="数不对，重报", version=0, by=caseworker)
    signoff.reopen(report_id=report.pk, reason="数不对，重报", version=report.version, by=caseworker)
    report.refresh_from_db()
    assert (report.status, report.reopened_by) == ("reopened", caseworker)
    again = sign(community, by=worker)
    assert again.edition == 2
    sign(street, by=worker, reason="别的社区在搬家")
    with pytest.raises(CannotReopen, match="已经签了"):
        signoff.reopen(report_id=again.pk, reason="还是不对", version=again.version, by=caseworker)


@pytest.mark.django_db(transaction=True)
def test_lets_one_of_two_sign(transactional_db):
    community = factories.community()
    workers = [factories.staff(Role.COMMUNITY_WORKER, at=community) for _ in range(2)]

    def attempt(worker):
        try:
            with audit.context(channel="test", actor=worker):
                sign(community, by=worker)
            return "signed"
        except CannotSign as error:
            return error.message
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(attempt, workers))
    assert answers.count("signed") == 1
    assert "已经有人签过" in "".join(answers)
    assert MonthReport.objects.count() == 1
