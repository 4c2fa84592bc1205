"""一人一策: a plan with measures of the five kinds, call-backs, and a revision every month; what is late rises."""

from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from core import terms
from core.errors import DomainError
from core.months import add_months
from messaging import outbox
from people.models import Person, Region, RoleAssignment, User
from people.roles import Role
from unemployment.models import AssistancePlan, PlanCallBack, PlanMeasure, PlanRevision, ServiceKind
from unemployment.models.plan import PLANNERS


class CannotPlan(DomainError):
    """The plan was not made or changed."""


@transaction.atomic
def make_plan(*, person: Person, region: Region, kind: str, needs: str, by: User, on: date) -> AssistancePlan:
    """Make a plan for one person; the first call-back and the first revision are due a month later.

    :raises CannotPlan: not the user's region, one's own, no needs, or there is a plan already.
    """
    if not by.serves(region.path, *PLANNERS) or by.person_id == person.pk:
        raise CannotPlan("这个人不归您帮扶。")
    if kind not in AssistancePlan.Kind.values:
        raise CannotPlan("请选择类别。")
    if len(needs.strip()) < 6:
        raise CannotPlan("请写明困难和需要，至少 6 个字。")
    try:
        with transaction.atomic():
            plan = AssistancePlan.objects.create(
                person=person,
                region=region,
                kind=kind,
                needs=needs.strip(),
                worker=by,
                opened_on=on,
                revise_by=_next(on),
                is_demo=person.is_demo,
            )
    except IntegrityError as error:
        if "plan_one_open" not in str(error):
            raise
        raise CannotPlan("这个人已经有一份援助计划。请打开那份修订。") from error
    PlanCallBack.objects.create(plan=plan, due_on=_next(on))
    PlanRevision.objects.create(plan=plan, number=1, needs=plan.needs, note="制定", by=by)
    return plan


@transaction.atomic
def add_measure(*, plan_id: int, kind: str, what: str, due_on: date, version: Any, by: User, on: date) -> PlanMeasure:
    """Add a measure of one of the five kinds.

    :raises CannotPlan: not the user's, closed, no kind, no words, or a day that is over.
    :raises StaleVersion: the page was old.
    """
    plan = _mine(plan_id, by, version)
    if kind not in ServiceKind.values or len(what.strip()) < 4:
        raise CannotPlan("请选择措施类别，并写明做什么，至少 4 个字。")
    if due_on < on:
        raise CannotPlan("期限不能早于今天。")
    measure = PlanMeasure.objects.create(plan=plan, kind=kind, what=what.strip(), due_on=due_on)
    _touch(plan)
    return measure


@transaction.atomic
def settle_measure(*, measure_id: int, done: bool, result: str, version: Any, by: User) -> PlanMeasure:
    """Write down what came of a measure, or why it was dropped.

    :raises CannotPlan: not the user's, settled already, or no words.
    :raises StaleVersion: the page was old.
    """
    measure = PlanMeasure.objects.select_for_update().get(pk=measure_id)
    plan = _mine(measure.plan_id, by, version)
    if measure.status != PlanMeasure.Status.OPEN:
        raise CannotPlan("这项措施已经有结果了。请刷新页面再看。")
    if len(result.strip()) < 4:
        raise CannotPlan("请写明结果，至少 4 个字。")
    measure.status = PlanMeasure.Status.DONE if done else PlanMeasure.Status.DROPPED
    measure.result, measure.done_by, measure.done_at = result.strip(), by, timezone.now()
    measure.save()
    _touch(plan)
    return measure


@transaction.atomic
def call_back(*, plan_id: int, said: str, version: Any, by: User, on: date) -> PlanCallBack:
    """Write down what the person said; the next call-back is due a month later.

    :raises CannotPlan: not the user's, closed, or no words.
    :raises StaleVersion: the page was old.
    """
    plan = _mine(plan_id, by, version)
    if len(said.strip()) < 4:
        raise CannotPlan("请写明本人怎么说，至少 4 个字。")
    row = plan.call_backs.filter(done_on=None).first() or PlanCallBack(plan=plan, due_on=on)
    row.done_on, row.said, row.done_by = on, said.strip(), by
    row.save()
    PlanCallBack.objects.create(plan=plan, due_on=_next(on))
    _touch(plan)
    return row


@transaction.atomic
def revise(*, plan_id: int, needs: str, note: str, version: Any, by: User, on: date) -> AssistancePlan:
    """Revise the plan: the new needs and what changed become a version of their own; the next one is due a month later.

    :raises CannotPlan: not the user's, closed, or no words.
    :raises StaleVersion: the page was old.
    """
    plan = _mine(plan_id, by, version)
    if len(needs.strip()) < 6 or len(note.strip()) < 4:
        raise CannotPlan("请写明现在的困难和需要，以及这次改了什么；没有变化也要写“没有变化”。")
    plan.needs, plan.revise_by = needs.strip(), _next(on)
    _touch(plan)
    number = plan.revisions.count() + 1
    PlanRevision.objects.create(plan=plan, number=number, needs=plan.needs, note=note.strip(), by=by)
    return plan


@transaction.atomic
def close_plan(*, plan_id: int, outcome: str, version: Any, by: User, on: date) -> AssistancePlan:
    """End a plan with what came of it; open measures are dropped with that reason.

    :raises CannotPlan: not the user's, closed, or no words.
    :raises StaleVersion: the page was old.
    """
    plan = _mine(plan_id, by, version)
    if len(outcome.strip()) < 4:
        raise CannotPlan("请写明结果，至少 4 个字，例如“11 月 3 日到岗，稳定”。")
    plan.closed_on, plan.outcome = on, outcome.strip()
    _touch(plan)
    plan.measures.filter(status=PlanMeasure.Status.OPEN).update(
        status=PlanMeasure.Status.DROPPED,
        result=f"计划结束：{outcome.strip()}"[:300],
        done_by=by,
        done_at=timezone.now(),
    )
    plan.call_backs.filter(done_on=None).delete()
    return plan


@transaction.atomic
def raise_overdue(*, region_id: int, on: date) -> int:
    """Tell a county's supervisors how many plans are late, once a day; return how many."""
    county = Region.objects.get(pk=region_id)
    count = AssistancePlan.objects.filter(region__path__within=[county.path]).overdue(on=on).count()
    if count:
        rows = RoleAssignment.objects.on(on).filter(region__path=county.path, role=Role.COUNTY_SUPERVISOR)
        for row in rows.select_related("user__person"):
            outbox.send(
                to=row.user,
                template="plan_overdue",
                context={"county": county.name, "count": count},
                key=f"plan_overdue:{county.code}:{on.isoformat()}:{row.user.public_id}",
                channels=("inbox",),
                link="/work/plans/?view=late",
            )
    return count


def _next(on: date) -> date:
    return add_months(on, int(terms.value("plan.revise_months", on=on, region="21")))


def _mine(plan_id: int, by: User, version: Any) -> AssistancePlan:
    plan = AssistancePlan.objects.select_for_update(of=("self",)).select_related("region").get(pk=plan_id)
    if not by.serves(plan.region.path, *PLANNERS) or by.person_id == plan.person_id:
        raise CannotPlan("这份计划不归您办。")
    if plan.closed_on is not None:
        raise CannotPlan("这份计划已经结束。请刷新页面再看。")
    plan.require_version(version)
    return plan


def _touch(plan: AssistancePlan) -> None:
    plan.bump()
    plan.save()
