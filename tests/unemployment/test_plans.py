from datetime import timedelta

import pytest

from core.months import add_months
from messaging.models import InboxMessage
from people.roles import Role
from tests import factories
from tests.unemployment.care import TODAY, plan_for
from unemployment import plans
from unemployment.models import AssistancePlan
from unemployment.plans import CannotPlan


@pytest.fixture
def helper(db):
    return factories.staff(Role.COMMUNITY_WORKER, at=factories.community().parent)


def test_makes_one_plan_a_person_with_a_revision_and_a_call_due_in_a_month(helper):
    plan = plan_for(helper)
    assert plan.revise_by == add_months(TODAY, 1)
    assert plan.call_backs.get().due_on == add_months(TODAY, 1)
    with pytest.raises(CannotPlan, match="已经有一份"):
        plan_for(helper, plan.person)
    with pytest.raises(CannotPlan, match="不归您帮扶"):
        plan_for(factories.staff(Role.CASEWORKER, at="210102"))


def test_takes_measures_of_the_five_kinds_and_keeps_what_came_of_them(helper):
    plan = plan_for(helper)
    for kind in ("placement", "training", "assistance", "business", "post"):
        plans.add_measure(
            plan_id=plan.pk,
            kind=kind,
            what="推荐两个岗位",
            due_on=TODAY,
            version=plan.version,
            by=helper,
            on=TODAY,
        )
        plan.refresh_from_db()
    with pytest.raises(CannotPlan, match="措施类别"):
        plans.add_measure(
            plan_id=plan.pk, kind="money", what="发钱给他", due_on=TODAY, version=plan.version, by=helper, on=TODAY
        )
    measure = plan.measures.first()
    with pytest.raises(CannotPlan, match="写明结果"):
        plans.settle_measure(measure_id=measure.pk, done=True, result="", version=plan.version, by=helper)
    measure = plans.settle_measure(
        measure_id=measure.pk, done=True, result="去面试了，没有成", version=plan.version, by=helper
    )
    assert (measure.status, measure.done_by) == ("done", helper)


def test_keeps_every_version_and_moves_the_next_one_a_month(helper):
    plan = plan_for(helper)
    later = TODAY + timedelta(days=20)
    plan = plans.revise(
        plan_id=plan.pk,
        needs="血压稳定了，想找半天的活",
        note="健康好转，改推半日工",
        version=plan.version,
        by=helper,
        on=later,
    )
    assert plan.revise_by == add_months(later, 1)
    assert [r.number for r in plan.revisions.order_by("number")] == [1, 2]
    assert plan.revisions.get(number=1).needs != plan.needs
    plan.refresh_from_db()
    plans.call_back(plan_id=plan.pk, said="愿意去看看保洁岗", version=plan.version, by=helper, on=later)
    assert plan.call_backs.filter(done_on=None).get().due_on == add_months(later, 1)


def test_lets_what_is_late_rise_to_the_supervisor(helper):
    plan = plan_for(helper)
    chief = factories.staff(Role.COUNTY_SUPERVISOR)
    late = plan.revise_by + timedelta(days=1)
    assert not AssistancePlan.objects.overdue(on=TODAY).exists()
    assert list(AssistancePlan.objects.overdue(on=late)) == [plan]
    for _ in range(2):
        assert plans.raise_overdue(region_id=factories.region().pk, on=late) == 1
    assert InboxMessage.objects.filter(user=chief).count() == 1


def test_ends_with_an_outcome_and_leaves_nothing_open(helper):
    plan = plan_for(helper)
    plans.add_measure(
        plan_id=plan.pk, kind="training", what="学叉车课程", due_on=TODAY, version=plan.version, by=helper, on=TODAY
    )
    plan.refresh_from_db()
    plan = plans.close_plan(plan_id=plan.pk, outcome="11 月到岗，稳定", version=plan.version, by=helper, on=TODAY)
    assert plan.measures.get().status == "dropped"
    assert plan_for(helper, plan.person).closed_on is None
