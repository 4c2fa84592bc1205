"""How a claim's way is told to the applicant: the headline, what to do, and the timeline."""

from dataclasses import dataclass
from datetime import date, datetime

from subsidies.models import Claim, Step
from subsidies.models.claim import Status

ORDER = ("提交申请", "受理", "初审", "复核", "公示", "审批", "打款")
REACHED = {
    Status.DRAFT: 0,
    Status.SUBMITTED: 1,
    Status.CORRECTION: 1,
    Status.ACCEPTED: 2,
    Status.REVIEW: 2,
    Status.SECOND_REVIEW: 3,
    Status.PUBLICITY: 4,
    Status.APPROVAL: 5,
    Status.APPROVED: 6,
    Status.PAYING: 6,
    Status.RETURNED: 6,
    Status.PAID: 7,
}
DONE_BY = {
    "提交申请": Step.Kind.SUBMIT,
    "受理": Step.Kind.ACCEPT,
    "初审": Step.Kind.PASS_REVIEW,
    "复核": Step.Kind.PASS_SECOND,
    "公示": Step.Kind.END_PUBLICITY,
    "审批": Step.Kind.APPROVE,
    "打款": Step.Kind.PAID,
}
HEADLINE = {
    Status.DRAFT: "还没交，接着填就行",
    Status.SUBMITTED: "已经交了，等工作人员受理",
    Status.CORRECTION: "还要您补一次材料",
    Status.ACCEPTED: "已经受理，正在初审",
    Status.REVIEW: "正在重新核对",
    Status.SECOND_REVIEW: "初审通过，正在复核",
    Status.PUBLICITY: "审核通过，正在公示",
    Status.APPROVAL: "公示没有异议，等最后批准",
    Status.APPROVED: "已经批准，准备打款",
    Status.PAYING: "正在打款",
    Status.PAID: "钱已经打到您的卡上",
    Status.RETURNED: "钱没打成，请核对银行卡",
    Status.REFUSED: "这次不能补贴",
    Status.WITHDRAWN: "您已撤回这份申请",
}
TONE = {
    Status.DRAFT: ("none", "草稿"),
    Status.CORRECTION: ("wn", "等您补"),
    Status.RETURNED: ("wn", "等您改"),
    Status.PAID: ("ok", "已到账"),
    Status.REFUSED: ("bd", "不予补贴"),
    Status.WITHDRAWN: ("none", "已撤回"),
}


@dataclass(frozen=True)
class Stop:
    """One point of the timeline."""

    name: str
    state: str
    when: datetime | None
    note: str
    badge: str = ""

    @property
    def said(self) -> str:
        """Return the state in words, for those who do not see the shape."""
        return {"done": "已完成", "now": "进行中", "next": "还没到"}[self.state]


def tone(claim: Claim) -> tuple[str, str]:
    """Return the kind and words of the claim's badge."""
    return TONE.get(Status(claim.status), ("info", "正在办"))


def headline(claim: Claim) -> str:
    """Return where the claim is now, as a sentence."""
    return HEADLINE[Status(claim.status)]


def timeline(claim: Claim, steps: list[Step]) -> list[Stop]:
    """Return the seven stops with what happened at each. A claim that ended early stops where it ended."""
    reached = REACHED.get(Status(claim.status))
    if reached is None:
        reached = _reached_before_the_end(steps)
    newest = {step.kind: step for step in steps}
    stops = []
    for index, name in enumerate(ORDER):
        step = newest.get(DONE_BY[name])
        if index < reached:
            stops.append(Stop(name, "done", step.at if step else None, _done_note(name, step)))
        elif index == reached:
            stops.append(_now(name, claim))
        else:
            stops.append(Stop(name, "next", None, _plan(name, claim)))
    if claim.status in (Status.REFUSED, Status.WITHDRAWN):
        end = newest.get(Step.Kind.REFUSE if claim.status == Status.REFUSED else Step.Kind.WITHDRAW)
        stops = [*stops[:reached], Stop(claim.get_status_display(), "now", end.at if end else None, "")]
    return stops


def _reached_before_the_end(steps: list[Step]) -> int:
    last = steps[-1].from_status if steps else Status.DRAFT
    return REACHED.get(Status(last), 0)


def _done_note(name: str, step: Step | None) -> str:
    if step is None or name in ("提交申请", "打款"):
        return ""
    who = f"经办人 {step.actor}" if step.actor_id else ""
    return {"公示": "公示期满，没有成立的异议。", "受理": f"已给您开受理回执。{who}"}.get(name, who)


def _now(name: str, claim: Claim) -> Stop:
    badge = {Status.CORRECTION: "等您补材料", Status.RETURNED: "等您改账户"}.get(Status(claim.status), "")
    return Stop(name, "now", claim.status_since, _due_note(claim), badge)


def _due_note(claim: Claim) -> str:
    if claim.status == Status.PUBLICITY:
        return f"公示到 {say_day(claim.due_on)}。" if claim.due_on else ""
    return f"最晚 {say_day(claim.due_on)}办完这一步。" if claim.due_on and claim.status != Status.CORRECTION else ""


def _plan(name: str, claim: Claim) -> str:
    process = claim.programme_version.process if claim.programme_version else {}
    keys = {
        "受理": "intake_days",
        "初审": "review_days",
        "复核": "second_review_days",
        "公示": "publicity_working_days",
        "审批": "approval_days",
        "打款": "payment_days",
    }
    days = process.get(keys.get(name, ""))
    return f"{days} 个工作日" + ("内" if days and name != "公示" else "") if days else ""


def say_day(day: date | None) -> str:
    """11 月 27 日（周五）"""
    return f"{day.month} 月 {day.day} 日（周{'一二三四五六日'[day.weekday()]}）" if day else ""
