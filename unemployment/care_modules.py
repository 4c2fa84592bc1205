"""Where those who need more show up: the workbench, the home page, a person's page."""

from typing import Any

from django.utils import timezone

from core import registry
from people.models import Person, User
from people.permissions import can_see_sensitive_groups
from unemployment import hardship
from unemployment.models import AssistancePlan, HardshipExit, HardshipRecognition, Household, JobPromise
from unemployment.models.hardship import CHECKERS, DECIDERS, LEDGER_READERS
from unemployment.models.household import VIEWERS
from unemployment.models.plan import PLAN_READERS
from unemployment.models.promise import PROMISE_READERS


def _ledger_waiting(user: User) -> int:
    exits = HardshipExit.objects.proposed().filter(recognition__region__path__within=user.regions(*DECIDERS))
    return HardshipRecognition.objects.waiting_for(user).count() + exits.count()


def _ledger_overdue(user: User) -> int:
    return HardshipRecognition.objects.waiting_for(user).overdue(on=timezone.localdate()).count()


def _households(user: User) -> int:
    return Household.objects.for_staff(user).filter(status__in=("proposed", "open")).count()


def _open_households(user: User) -> int:
    return Household.objects.open().filter(region__path__within=user.regions(*VIEWERS)).count()


def _late_plans(user: User) -> int:
    return AssistancePlan.objects.for_staff(user).overdue(on=timezone.localdate()).count()


def _running(user: User) -> int:
    return JobPromise.objects.for_staff(user).running().count()


def _person(user: User, person: Person) -> dict[str, Any] | None:
    if not can_see_sensitive_groups(user, person):
        return None
    kinds = hardship.categories(on=timezone.localdate())
    rows = HardshipRecognition.objects.visible_to(user).filter(person=person).select_related("region")
    shown = [
        {"r": r, "kind": kinds[r.category].title if r.category in kinds else r.category}
        for r in rows.order_by("-pk")[:5]
    ]
    return {"rows": shown}


registry.register(
    registry.Module(
        code="hardship",
        label="就业困难人员",
        icon="heart-handshake",
        url_name="unemployment:hardship-list",
        roles=LEDGER_READERS,
        group="台账",
        order=10,
        waiting=_ledger_waiting,
        overdue=_ledger_overdue,
        description="社区核实、街道初审、公示、区县认定",
    ),
    registry.Module(
        code="hardship-notices",
        label="援助对象公示",
        icon="clipboard-list",
        url_name="unemployment:hardship-notice-desk",
        roles=CHECKERS | DECIDERS,
        group="台账",
        order=12,
        description="姓名遮住，到期自动撤下",
    ),
    registry.Module(
        code="households",
        label="零就业家庭",
        icon="home",
        url_name="unemployment:household-list",
        roles=LEDGER_READERS,
        group="台账",
        order=14,
        waiting=_households,
        description="发现一户，帮到有人就业",
    ),
    registry.Module(
        code="welfare-posts",
        label="公益性岗位",
        icon="briefcase",
        url_name="unemployment:welfare-post-list",
        roles=LEDGER_READERS,
        group="台账",
        order=16,
        description="岗位、在岗人、考勤",
    ),
    registry.Module(
        code="plans",
        label="援助计划",
        icon="list-check",
        url_name="unemployment:plan-list",
        roles=PLAN_READERS,
        group="台账",
        order=18,
        waiting=_late_plans,
        description="一人一策，按月修订；数字是超期的",
    ),
    registry.Module(
        code="promises",
        label="24 小时就业承诺",
        icon="clock",
        url_name="unemployment:promise-list",
        roles=PROMISE_READERS,
        group="台账",
        order=20,
        waiting=_running,
        description="计时中的、超时的",
    ),
    registry.Module(
        code="promise-times",
        label="就业承诺用时",
        icon="clock",
        url_name="unemployment:promise-times",
        roles=VIEWERS - CHECKERS,
        group="看",
        order=22,
        description="各区县多久找到工作，多少超时",
    ),
    registry.Module(
        code="household-wall",
        label="零就业家庭动态清零",
        icon="table",
        url_name="unemployment:household-wall",
        roles=VIEWERS - CHECKERS,
        group="看",
        order=20,
        waiting=_open_households,
        description="各区县还没有清零的户数",
    ),
    registry.Link("promise", "24 小时就业承诺", "unemployment:promise-own", ("seeking",), order=60),
    registry.Link("household", "零就业家庭申报", "unemployment:household-own", ("matters",), order=18),
    registry.Link("hardship", "就业困难人员申请", "unemployment:hardship-own", ("matters",), order=16),
    registry.Link("hardship-publicity", "援助对象公示", "unemployment:publicity-list", ("matters",), order=17),
)
registry.person_section(registry.Section("hardship", "unemployment/_person_hardship.html", _person, order=25))
registry.register(
    registry.OwnRows(
        "recognitions",
        "就业困难人员认定",
        lambda user: HardshipRecognition.objects.own(user).select_related("region").order_by("pk"),
        (
            "region",
            "status",
            "channel",
            "circumstances",
            "applied_on",
            "number",
            "recognised_on",
            "valid_until",
            "exited_on",
        ),
    ),
    registry.OwnRows(
        "plans",
        "援助计划",
        lambda user: AssistancePlan.objects.own(user).order_by("pk"),
        ("kind", "needs", "opened_on", "revise_by", "closed_on", "outcome"),
    ),
    registry.OwnRows(
        "promises",
        "24 小时就业承诺",
        lambda user: JobPromise.objects.own(user).select_related("region").order_by("pk"),
        ("region", "accepted_at", "due_at", "status", "ended_at"),
    ),
)
