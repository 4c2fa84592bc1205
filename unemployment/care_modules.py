"""Where those who need more show up: the workbench, the home page, a person's page."""

from typing import Any

from django.utils import timezone

from core import registry
from people.models import Person, User
from people.permissions import can_see_sensitive_groups
from unemployment import hardship, hardship_publicity
from unemployment.models import HardshipExit, HardshipRecognition
from unemployment.models.hardship import CHECKERS, DECIDERS, LEDGER_READERS


def _ledger_waiting(user: User) -> int:
    exits = HardshipExit.objects.proposed().filter(recognition__region__path__within=user.regions(*DECIDERS))
    return HardshipRecognition.objects.waiting_for(user).count() + exits.count()


def _ledger_overdue(user: User) -> int:
    return HardshipRecognition.objects.waiting_for(user).overdue(on=timezone.localdate()).count()


def _to_post(user: User) -> int:
    return hardship_publicity.ready(user).count()


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
        waiting=_to_post,
        description="姓名遮住，到期自动撤下",
    ),
    registry.Link("hardship", "就业困难人员申请", "unemployment:hardship-own", ("matters",), order=16),
    registry.Link("hardship-publicity", "援助对象公示", "unemployment:publicity-list", ("matters",), order=17),
)
registry.person_section(registry.Section("hardship", "unemployment/_person_hardship.html", _person, order=25))
