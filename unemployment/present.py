"""How dates and states are put into words, shape and colour on the pages."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from core.workdays import working_days_between
from unemployment.models import Deregistration, FollowUp, Registration
from unemployment.models.choices import OVER

Status = Registration.Status


@dataclass(frozen=True, slots=True)
class Badge:
    """A state as the `status` tag draws it."""

    kind: str
    text: str


def due_badge(due_on: date, on: date) -> Badge:
    """Return how long there is: 过期 3 天, 今天, 还有 3 天."""
    left = (due_on - on).days
    if left < 0:
        return Badge("bd", f"过期 {-left} 天")
    if left == 0:
        return Badge("wn", "今天")
    return Badge("info", f"还有 {left} 天")


def follow_up_badge(follow_up: FollowUp, on: date) -> Badge:
    """Return where a follow-up stands."""
    if follow_up.status == FollowUp.Status.DONE:
        return Badge("ok", "已联系")
    if follow_up.status == FollowUp.Status.CANCELLED:
        return Badge("none", "已取消")
    return due_badge(follow_up.due_on, on)


def clock_badge(registration: Registration, on: date) -> Badge:
    """Return where a registration stands for its officer: the clock while it waits, the state afterwards."""
    if registration.status in (Status.SUBMITTED, Status.CHECKING) and registration.decide_by:
        left = working_days_between(on, registration.decide_by)
        if left < 0:
            return Badge("bd", f"超时 {-left} 个工作日")
        return Badge("wn", "今天办结") if left == 0 else Badge("info", f"还有 {left} 个工作日")
    return state_badge(registration)


def state_badge(registration: Registration) -> Badge:
    """Return a registration's state."""
    kinds = {
        Status.ACTIVE: "ok",
        Status.CORRECTION: "wn",
        Status.REFUSED: "bd",
        Status.SUBMITTED: "info",
        Status.CHECKING: "info",
    }
    return Badge(kinds.get(Status(registration.status), "none"), registration.get_status_display())


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of the time line: done, now or next."""

    name: str
    state: str
    when: str = ""
    note: str = ""
    badge: str = ""

    @property
    def spoken(self) -> str:
        return {"done": "已完成", "now": "正在办", "next": "还没开始"}[self.state]


def timeline(registration: Registration) -> list[Moment]:
    """Return what happened, who has it now, and what comes next, for the person."""
    place = registration.region.full_name if registration.region else "登记地"
    submitted = Moment(
        "提交申请",
        "done",
        _when(registration.submitted_at),
        f"{registration.get_channel_display()}提交，受理编号 {registration.receipt_number}。",
    )
    match registration.status:
        case Status.DRAFT:
            return [
                Moment("填写申请", "now"),
                Moment("核验", "next", note="3 个工作日内办结"),
                Moment("登记有效", "next"),
            ]
        case Status.SUBMITTED | Status.CHECKING:
            by = _day(registration.decide_by)
            return [
                submitted,
                Moment("核验", "now", f"最晚 {by}", f"{place}的工作人员正在核对，不用您跑腿。", badge="正在办"),
                Moment("办结", "next", note="办好了发短信告诉您"),
                Moment("首次联系", "next", note="办好后 5 个工作日内，社区工作人员联系您"),
            ]
        case Status.CORRECTION:
            by = _day(registration.correction_by)
            return [
                submitted,
                Moment("修改内容", "now", f"请在 {by}前改好", "改好再交一次，继续往下办。", badge="等您修改"),
                Moment("办结", "next"),
            ]
        case Status.REFUSED:
            return [submitted, Moment("不予登记", "now", _when(registration.decided_at), "理由和办法见上面。")]
        case Status.WITHDRAWN:
            return [submitted] * bool(registration.submitted_at) + [Moment("已撤回", "now", note="随时可以重新申请。")]
    return [submitted, *_in_force(registration)]


def _in_force(registration: Registration) -> list[Moment]:
    worker = registration.worker.get_full_name() if registration.worker else "社区工作人员"
    moments = [Moment("登记办结", "done", _when(registration.decided_at), "失业登记有效。")]
    first = registration.first_contact_on
    ended = registration.status in OVER
    if first:
        moments.append(Moment("首次联系", "done", _day(first)))
    elif not ended:
        moments.append(
            Moment(
                "首次联系",
                "now",
                f"最晚 {_day(registration.first_contact_by)}",
                f"{worker}会联系您。",
                badge="等我们联系您",
            )
        )
    if ended:
        moments.append(
            Moment(registration.get_status_display(), "now", _day(registration.ended_on), registration.ground_label)
        )
    else:
        state = "now" if first else "next"
        moments.append(Moment("每月联系一次", state, note=f"{worker}每月问一次您的求职、培训、创业打算。"))
    return moments


def to_do(registration: Registration) -> str:
    """Return the page's headline: where it stands and what the person has to do."""
    return {
        Status.DRAFT: "您的申请还没有提交",
        Status.SUBMITTED: "已经收到，正在核验，您不用做什么",
        Status.CHECKING: "正在核验，您不用做什么",
        Status.CORRECTION: f"有 {len(registration.correction_items)} 处要您改",
        Status.REFUSED: "这次没有办成，看看理由和办法",
        Status.ACTIVE: "失业登记有效",
        Status.DEREGISTERED: "失业登记已注销",
        Status.REVOKED: "失业登记已撤销",
        Status.WITHDRAWN: "申请已撤回",
    }[Status(registration.status)]


def proposal_badge(proposal: Deregistration) -> Badge:
    """Return where a proposal to end a registration stands."""
    if proposal.status == Deregistration.Status.PROPOSED:
        return Badge("wn", "等人核实" if proposal.proposed_by_id is None else "待决定")
    return Badge("none", proposal.get_status_display())


def _when(moment: datetime | None) -> str:
    return f"{timezone.localtime(moment):%-m 月 %-d 日 %H:%M}" if moment else ""


def _day(day: date | None) -> str:
    return f"{day.month} 月 {day.day} 日（周{'一二三四五六日'[day.weekday()]}）" if day else ""


def log_of(registration: Registration, *, limit: int = 8) -> list[dict[str, Any]]:
    """Return the last contacts of a person, newest first."""
    rows = registration.follow_ups.select_related("done_by").prefetch_related("attempts").order_by("-month")[:limit]
    lines: list[dict[str, Any]] = []
    for row in rows:
        if row.status == FollowUp.Status.DONE and row.done_at:
            wishes = "、".join(f"{i['label']}{i['answer']}" for i in row.intentions())
            text = f"{row.get_channel_display()}，{row.get_reached_display()}，{row.get_situation_display()}；{wishes}"
            lines.append({"at": row.done_at, "text": text + (f"；{row.note}" if row.note else "")})
        lines.extend(
            {"at": attempt.at, "text": f"{attempt.get_channel_display()}，{attempt.get_outcome_display()}"}
            for attempt in row.attempts.all()
            if attempt.outcome not in ("self", "family")
        )
    return sorted(lines, key=lambda line: line["at"], reverse=True)[:limit]
