from datetime import date

import pytest

from core.models import DepartmentFile, DepartmentRow, QueryLog
from tests.unemployment.conftest import TODAY, later, registered
from unemployment import deregistration, exit_matches
from unemployment.models import Registration

pytestmark = pytest.mark.django_db
COUNTY = "210106"
HITS = {
    ("social_insurance", "contributions"): ("11", {"capacity": "单位缴费"}, date(2026, 10, 1), date(2026, 11, 1)),
    ("social_insurance", "pensions"): ("21", {"kind": "基本养老"}, date(2026, 9, 1), None),
    ("police", "deaths"): ("26", {"reason": "死亡"}, date(2026, 10, 30), None),
    ("market_regulation", "registrations"): ("12", {"name": "演示早餐店", "kind": "个体"}, date(2026, 10, 9), None),
}


def tell(department, dataset, registration, record, start=None, end=None):
    """Let a department have sent one row about somebody."""
    file = DepartmentFile.objects.create(
        department=department,
        dataset=dataset,
        name="20261101.csv",
        as_of=date(2026, 11, 1),
        version=1,
        sha256=f"{department}{dataset}",
        rows=1,
        rejected=0,
    )
    DepartmentRow.objects.bulk_create(
        [
            DepartmentRow(
                file=file,
                row=1,
                subject_index=registration.person.id_index,
                state="正常",
                valid_from=start,
                valid_to=end,
                record=record,
            )
        ]
    )


def compare(region, on=TODAY):
    return exit_matches.compare(region_id=region.pk, on=on)


@pytest.fixture
def county(registration):
    return registration.region.parent.parent


@pytest.mark.parametrize("source", HITS, ids="-".join)
def test_proposes_an_end_with_its_facts_and_ends_nothing(registration, county, source):
    ground, record, start, end = HITS[source]
    tell(*source, registration, record, start, end)
    assert compare(county) == 1
    proposal = registration.deregistrations.get()
    assert (proposal.ground, proposal.source, proposal.proposed_by, proposal.happened_on) == (
        ground,
        "data",
        None,
        start,
    )
    assert "数据：" in proposal.evidence
    registration.refresh_from_db()
    assert registration.status == Registration.Status.ACTIVE
    assert compare(county) == 0
    assert QueryLog.objects.filter(department=source[0], dataset=source[1], hits=1).count() == 2


def test_asks_nobody_again_for_half_a_year_about_what_an_officer_did_not_accept(registration, county, caseworker):
    tell("social_insurance", "pensions", registration, {"kind": "基本养老"}, date(2026, 9, 1))
    compare(county)
    proposal = registration.deregistrations.get()
    deregistration.reject(proposal_id=proposal.pk, note="同名不同人，已核对", version=proposal.version, by=caseworker)
    assert compare(county) == 0
    assert compare(county, on=later(220)) == 1


def test_leaves_people_of_other_counties_and_clear_records_alone(registration, county, caseworker):
    tell("social_insurance", "contributions", registration, {"capacity": "灵活就业"}, date(2026, 10, 1))
    other = registered(by=caseworker)
    assert compare(county) == 0
    assert not other.deregistrations.exists()


def test_proposes_nothing_where_no_department_has_sent_anything(registration, county):
    assert compare(county) == 0
