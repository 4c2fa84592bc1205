"""Where this app shows up: the workbench, the home page, a person's page."""

from typing import Any

from django.urls import reverse
from django.utils import timezone

from core import registry
from people.models import Person, User
from people.roles import Role
from unemployment import present, queue
from unemployment.models import Deregistration, Employment, Escalation, Registration, Transfer
from unemployment.models.employment import ENTERERS
from unemployment.models.figures import FIGURE_READERS
from unemployment.models.followup import FOLLOWERS, Attempt
from unemployment.models.registration import OFFICERS, READERS
from unemployment.permissions import PROPOSERS
from unemployment.registration import COUNTER


def _to_decide(user: User) -> int:
    return Registration.objects.for_staff(user).to_decide().count() + Deregistration.objects.to_decide_by(user).count()


def _late(user: User) -> int:
    return Registration.objects.for_staff(user).undecided_since(on=timezone.localdate()).count()


def _pending(user: User) -> int:
    return queue.open_follow_ups(user, on=timezone.localdate()).count()


def _overdue(user: User) -> int:
    today = timezone.localdate()
    return queue.open_follow_ups(user, on=today).overdue(on=today).count()


def _transfers(user: User) -> int:
    return Transfer.objects.to_answer_in(user.regions(*PROPOSERS)).count()


def _matters(user: User) -> int:
    return Escalation.objects.visible_to(user).open().count()


def _running(user: User) -> list[registry.Matter]:
    rows = Registration.objects.own(user).under_way().order_by("-created_at", "-pk")[: registry.SHOWN]
    matters = []
    for row in rows:
        badge = present.state_badge(row)
        matters.append(
            registry.Matter(
                title="失业登记",
                url=reverse("unemployment:registration-show", args=[row.public_id]),
                tone=badge.kind,
                state=badge.text,
                since=row.submitted_at or row.created_at,
                note=present.to_do(row),
            )
        )
    return matters


def _person(user: User, person: Person) -> dict[str, Any] | None:
    rows = Registration.objects.visible_to(user).filter(person=person).select_related("region", "worker")
    return {"registrations": rows.order_by("-created_at", "-pk")[:5]}


registry.register(
    registry.Module(
        code="follow-ups",
        label="本月跟进",
        icon="phone-call",
        url_name="unemployment:follow-up-list",
        roles=frozenset(FOLLOWERS),
        order=10,
        waiting=_pending,
        overdue=_overdue,
        description="每人每月联系一次",
    ),
    registry.Module(
        code="registrations",
        label="失业登记",
        icon="file-check",
        url_name="unemployment:registration-list",
        roles=frozenset(READERS),
        order=20,
        waiting=_to_decide,
        overdue=_late,
        description="3 个工作日内办结",
    ),
    registry.Module(
        code="registration-counter",
        label="窗口登记",
        icon="id",
        url_name="unemployment:counter",
        roles=frozenset(COUNTER),
        order=25,
        description="来窗口办失业登记",
    ),
    registry.Module(
        code="unemployment-quality",
        label="联系抽查",
        icon="phone-call",
        url_name="unemployment:quality-list",
        roles=frozenset(OFFICERS),
        order=42,
        description="上月联系再问一次",
    ),
    registry.Module(
        code="unemployment-ledgers",
        label="台账导入",
        icon="upload",
        url_name="unemployment:ledger-list",
        roles=frozenset(OFFICERS),
        order=45,
        description="过去的登记台账",
    ),
    registry.Module(
        code="unemployment-transfers",
        label="转出转入",
        icon="arrow-right",
        url_name="unemployment:transfer-list",
        roles=frozenset(READERS),
        order=30,
        waiting=_transfers,
        description="3 个工作日内答复",
    ),
    registry.Module(
        code="unemployment-matters",
        label="督办和找人",
        icon="alert-triangle",
        url_name="unemployment:matter-list",
        roles=frozenset(PROPOSERS | OFFICERS | {Role.CITY_SUPERVISOR}),
        order=40,
        waiting=_matters,
        description="超期的、联系不上的",
    ),
    registry.Module(
        code="employments",
        label="就业登记",
        icon="briefcase",
        url_name="unemployment:employment-list",
        roles=frozenset(READERS),
        group="台账",
        order=10,
        description="上岗登记、解除备案",
    ),
    registry.Module(
        code="rosters",
        label="单位名册",
        icon="users",
        url_name="unemployment:roster-list",
        roles=frozenset(ENTERERS | {Role.EMPLOYER_AGENT}),
        group="台账",
        order=20,
        description="成批登记录用和解除",
    ),
    registry.Module(
        code="returns",
        label="本辖区台账",
        icon="building-community",
        url_name="unemployment:returns-show",
        roles=frozenset(FOLLOWERS),
        group="台账",
        order=5,
        description="本街道、社区的人、事、数",
    ),
    registry.Module(
        code="figures",
        label="服务数字",
        icon="table",
        url_name="unemployment:figure-show",
        roles=frozenset(FIGURE_READERS),
        group="看",
        order=20,
        description="省报表各列，点开看明细",
    ),
    registry.Module(
        code="month-report",
        label="月报签字",
        icon="edit",
        url_name="unemployment:report-sign",
        roles=frozenset(FIGURE_READERS),
        group="看",
        order=30,
        description="社区、街道、县、市逐级签",
    ),
    registry.Tile(
        code="unemployment",
        label="失业登记",
        hint="3 个工作日办结",
        icon="file-check",
        url_name="unemployment:start",
        order=10,
    ),
    registry.Progress("registration", "我的失业登记", "unemployment:mine", _running, order=10),
    registry.Link("unemployment", "失业登记", "unemployment:start", ("matters",), order=10),
    registry.Link("unemployment-progress", "查登记进度", "unemployment:progress", ("matters",), order=15),
)
registry.person_section(registry.Section("unemployment", "unemployment/_person.html", _person, order=20))
registry.register(
    registry.OwnRows(
        "registrations",
        "失业登记",
        lambda user: Registration.objects.own(user).select_related("region").order_by("pk"),
        (
            "status",
            "region",
            "unemployed_on",
            "cause",
            "previous_employer",
            "education",
            "health",
            "job_wish",
            "training_wish",
            "business_wish",
            "receipt_number",
            "registered_on",
            "ended_on",
            "ended_ground",
        ),
    ),
    registry.OwnRows(
        "contacts",
        "联系记录",
        lambda user: Attempt.objects.filter(follow_up__registration__in=Registration.objects.own(user)).order_by("pk"),
        ("at", "channel", "outcome"),
    ),
    registry.OwnRows(
        "employments",
        "就业登记",
        lambda user: (
            Employment.objects.filter(person=user.person_id).select_related("employer", "region").order_by("pk")
        ),
        (
            "number",
            "kind",
            "employer",
            "work_place",
            "title",
            "region",
            "started_on",
            "reported_on",
            "ended_on",
            "end_reason",
        ),
    ),
)
