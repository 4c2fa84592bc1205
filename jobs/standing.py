"""Where an application stands, in words for the person who sent it: who has it now, what is done, what comes."""

from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from jobs.models import Application, Interview, Offer
from people.identifiers import mask_name

Status = Application.Status
PATH = (
    (Status.SUBMITTED, "投出去了"),
    (Status.VIEWED, "单位看过"),
    (Status.SHORTLISTED, "初选通过"),
    (Status.INTERVIEW, "面试"),
    (Status.OFFER, "录用意向"),
    (Status.HIRED, "录用上岗"),
)
RANK = {status: number for number, (status, _) in enumerate(PATH)}


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the way: done, now or next."""

    state: str
    title: str
    when: str = ""
    note: str = ""
    badge: str = ""


def whose_turn(
    application: Application, *, interview: Interview | None, offer: Offer | None, ends_on: date
) -> tuple[str, bool]:
    """Return in one sentence who has the application now, and whether it is the person's turn.

    :param ends_on: until when it waits for the employer's next step (`jobs.closing`).
    """
    employer = application.posting.employer_name
    by = application.answered_by
    last = f"{ends_on.month} 月 {ends_on.day} 日"
    agent = f"（经办人 {mask_name(by.name)}）" if by else ""
    if application.status in Application.UNANSWERED:
        seen = "看过了，还在考虑" if application.status == Status.VIEWED else "还没有打开"
        return (
            f"现在在{employer}{agent}，{seen}。{last}前还不答复，系统会替您结束并告诉您。",
            False,
        )
    if application.status == Status.OFFER and offer is not None:
        if offer.status == Offer.Status.ACCEPTED:
            return f"您接受了录用意向，等{employer}{agent}在您上岗后确认。", False
        if offer.status == Offer.Status.LAPSED:
            told = "还想去的话，给单位留言，请单位重新发一份；不去了可以撤回。"
            return f"录用意向到 {offer.answer_by.month} 月 {offer.answer_by.day} 日为止，您没有答复。{told}", True
        return f"等您决定去不去，{offer.answer_by.month} 月 {offer.answer_by.day} 日前答复。", True
    if application.status == Status.INTERVIEW and interview is not None and interview.is_live:
        if interview.status == Interview.Status.PROPOSED:
            return f"{employer}约您面试，等您回复来不来。", True
        if interview.status == Interview.Status.OTHER_TIME:
            return f"您想换个时间，等{employer}{agent}重新定。", False
        return "面试定好了，请按时去。", False
    if application.is_open:
        return f"现在在{employer}{agent}，等单位定下一步。{last}前还没有，系统会替您结束并告诉您。", False
    return _ended(application, offer), False


def _ended(application: Application, offer: Offer | None) -> str:
    match application.status:
        case Status.HIRED:
            return f"{application.posting.employer_name}录用了您。"
        case Status.UNSUITABLE:
            return "单位觉得这次不合适。别的岗位可以接着投。"
        case Status.WITHDRAWN:
            return "您撤回了这份投递。"
        case Status.DECLINED:
            return "您没有接受录用意向。改了主意，可以再投一次。"
    if offer is not None and offer.status == Offer.Status.LAPSED:
        return "录用意向过期没有答复，后来也没有再联系，系统结束了这份投递。改了主意，可以再投一次。"
    return "单位一直没有下文，系统替您结束了，这不代表您不合适。岗位还在招的话，可以再投一次。"


def steps(application: Application) -> list[Step]:
    """Return the way of an application, for the timeline."""
    ended = application.status not in RANK
    at = _reached(application) if ended else RANK[Status(application.status)]
    way = [
        Step("done" if n < at or application.status == Status.HIRED else "now" if n == at and not ended else "next", t)
        for n, (_, t) in enumerate(PATH)
    ]
    sent = f"{timezone.localtime(application.submitted_at):%Y-%m-%d %H:%M}"
    way[0] = Step("now" if at == 0 and not ended else "done", way[0].title, when=sent)
    if not ended:
        return way
    return [*way[: at + 1], Step("now", application.get_status_display(), note=application.reason)]


def _reached(application: Application) -> int:
    return 1 if application.answered_at else 0
