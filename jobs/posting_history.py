"""The steps of a posting's life as its employer may read them: from the history that the database keeps by itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jobs.models import Posting

MOST = 200
Status = Posting.Status


@dataclass(frozen=True, slots=True)
class Step:
    """One step: when, what it became, who did it, why."""

    at: datetime
    status: str
    title: str
    who: str
    reason: str
    tone: str


def steps(posting: Posting) -> list[Step]:
    """Return what became of a posting, the newest first; changes of its words alone are no steps.

    An officer is named by the office, not by name: employers object to the decision, not to a person.
    """
    history: Any = Posting.pgh_event_models["insert"]  # type: ignore[attr-defined]  # made by `audit.track`
    fields = ("pgh_created_at", "status", "status_reason", "valid_until", "pgh_context", "publish_at")
    rows = history.objects.filter(pgh_obj=posting.pk).order_by("pgh_id").values(*fields)[:MOST]
    found: list[Step] = []
    last: tuple[Any, ...] = ()
    for row in rows:
        now = (row["status"], row["valid_until"] if row["status"] == Status.PUBLISHED else None)
        if now == last:
            continue
        renewed = bool(last) and last[0] == row["status"] == Status.PUBLISHED
        last = now
        status = Status(row["status"])
        found.append(
            Step(
                at=row["pgh_created_at"],
                status=status,
                title=_title(status, renewed=renewed, row=row),
                who=_who(row["pgh_context"]),
                reason=row["status_reason"],
                tone=Posting(status=status).tone,
            )
        )
    return found[::-1]


def _title(status: str, *, renewed: bool, row: Mapping[str, Any]) -> str:
    until = row["valid_until"]
    if status == Status.PUBLISHED and until:
        return f"{'续期' if renewed else '发布'}，展示到 {until.month} 月 {until.day} 日"
    if status == Status.DRAFT:
        return "写好草稿"
    if status == Status.SUBMITTED:
        return "提交，等工作人员核验"
    return Status(status).label


def _who(context: Mapping[str, Any]) -> str:
    if context.get("channel") in ("task", "import", "demo", "command") or not context.get("actor"):
        return "系统"
    return "本单位经办人" if "employer_agent" in str(context.get("role", "")) else "就业服务机构工作人员"
