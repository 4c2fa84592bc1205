"""Who looked at a person's data: what the person sees of the access log, and what audit administrators search."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from core.models import AccessLog
from people.models import User
from people.reveal import REVEALABLE
from people.roles import Role

ACTIONS = {
    "person:open": "查看了您的档案",
    "lookup:id_number": "用完整身份证号查了您",
    "lookup:phone": "用完整手机号查了您",
    "proof:counter": "在窗口验看了您的身份证",
    "phone:rebind": "给您换绑了手机号",
    "document:open": "打开了您交的材料",
    "reveal:agent_id": "看了单位经办人的完整身份证号",
    "resume:download": "下载了您投递的简历",
    "resume:table": "下载的应聘表里有您",
    "resume:open": "看了您公开的简历",
}


@dataclass(frozen=True)
class Access:
    """One look at one's data, in words."""

    at: datetime
    what: str
    who: str
    why: str


def accesses_of(user: User, *, limit: int = 20) -> Iterator[Access]:
    """Return who looked at this account's person and résumé, the latest first, without what they did themselves."""
    mine = Q(subject=str(user.public_id), action__startswith="resume:")
    if user.person is not None:
        mine |= Q(subject=str(user.person.public_id))
    for row in AccessLog.objects.filter(mine).exclude(actor=user.pk).order_by("-id")[:limit]:
        who = Role(row.role).label if row.role in Role.values else "工作人员"
        yield Access(row.recorded_at, action_label(row.action), who, row.reason)


def action_label(action: str) -> str:
    """Say in words what an entry of the access log means."""
    kind, _, field = action.partition(":")
    if kind in ("reveal", "task") and field in REVEALABLE:
        return f"看了您的完整{REVEALABLE[field]}"
    return ACTIONS.get(action, "使用了您的信息")
