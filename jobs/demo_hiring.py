"""Demo résumés, interviews, conversations and hires: synthetic, about the applications that `jobs.demo` made."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from random import Random

from django.utils import timezone

from jobs.callbacks import plan_call_backs
from jobs.demo import Trade, trades
from jobs.models import (
    Application,
    ApplicationMessage,
    Education,
    Intention,
    Interview,
    Offer,
    Placement,
    Posting,
    Resume,
    SavedPosting,
    Skill,
    Work,
)
from jobs.resumes import occupation_called
from jobs.talent_index import index_resumes
from people.models import Region, User
from people.roles import Role

EMPLOYERS = ("演示机电厂", "演示商贸公司", "演示物业公司", "演示食品厂", "零工")
SKILLS = ("会用电脑打字", "看图纸", "开三轮车", "会做面点", "记账", "带过徒弟", "能上夜班", "会说朝鲜语")
SCHOOLS = {"21": "演示大学", "31": "演示职业技术学院", "41": "演示中专", "61": "演示高中"}


def build(*, rng: Random, on: date, accounts: Mapping[str, User]) -> None:
    """Give the demo applicants and the demo citizen a résumé, and let some of the applications go on to the end."""
    sent = list(Application.objects.filter(is_demo=True).select_related("applicant__person", "posting").order_by("pk"))
    agent, citizen = accounts.get(Role.EMPLOYER_AGENT), accounts.get("citizen")
    people = [row.applicant for row in sent]
    _resumes([*people, *([citizen] if citizen else [])], rng, on)
    if agent is None:
        return
    for row in sent:
        if row.status == Application.Status.INTERVIEW:
            _interview(row, agent, rng, on)
        elif row.status == Application.Status.HIRED and row.applicant.person:
            _hire(row, rng, on)
    if citizen:
        _citizen(citizen, [row.posting for row in sent], agent, rng, on)


def _resumes(users: Sequence[User], rng: Random, on: date) -> None:
    city = Region.objects.open().get(code="2101")
    made = Resume.objects.bulk_create(
        Resume(
            user=user,
            headline=rng.choice(("踏实肯干，能吃苦。", "手脚麻利，学得快。", "家住附近，随时能上班。")),
            visibility=rng.choice(Resume.Visibility.values),
            visible_since=timezone.now(),
            is_demo=True,
        )
        for user in users
    )
    chosen = [(row, rng.choice(trades())) for row in made]
    Intention.objects.bulk_create(
        Intention(
            resume=row,
            position=1,
            title=trade.title,
            occupation=occupation_called(trade.title),
            region=city,
            pay_min=trade.low * 100,
        )
        for row, trade in chosen
    )
    Work.objects.bulk_create(_work(row, trade, rng, on) for row, trade in chosen)
    Education.objects.bulk_create(_education(row, rng, on) for row, _ in chosen)
    Skill.objects.bulk_create(
        Skill(resume=row, name=name, grade=rng.choice(Skill.Grade.values))
        for row, _ in chosen
        for name in rng.sample(SKILLS, 2)
    )
    index_resumes([row.pk for row in made])


def _work(resume: Resume, trade: Trade, rng: Random, on: date) -> Work:
    started = date(on.year - rng.randint(3, 9), rng.randint(1, 12), 1)
    ended = date(on.year - 1, rng.randint(1, 12), 1)
    return Work(
        resume=resume,
        employer=rng.choice(EMPLOYERS),
        title=trade.title,
        started=started,
        ended=ended,
        duties=trade.duties[:200],
    )


def _education(resume: Resume, rng: Random, on: date) -> Education:
    level = rng.choice(list(SCHOOLS))
    started = date(on.year - rng.randint(10, 25), 9, 1)
    return Education(
        resume=resume, level=level, school=SCHOOLS[level], started=started, ended=date(started.year + 3, 7, 1)
    )


def _interview(row: Application, agent: User, rng: Random, on: date) -> None:
    day = on + timedelta(days=rng.randint(1, 5))
    Interview.objects.create(
        application=row,
        starts_at=timezone.make_aware(datetime.combine(day, time(rng.choice((9, 10, 14)), 0))),
        place=row.posting.address or "演示路 1 号",
        contact="王师傅",
        bring="身份证",
        invited_by=agent,
    )
    for author, by_employer, text in (
        (agent, True, "您好，面试那天请早到十分钟，门卫登记。"),
        (row.applicant, False, "好的，一定准时到。"),
    ):
        ApplicationMessage.objects.create(application=row, author=author, by_employer=by_employer, text=text)


def _hire(row: Application, rng: Random, on: date) -> None:
    """Let somebody have begun some weeks ago, so that the first call-back is due."""
    starts_on = on - timedelta(days=rng.randint(31, 60))
    sent = timezone.make_aware(datetime.combine(starts_on - timedelta(days=8), time(10)))
    Application.objects.filter(pk=row.pk).update(submitted_at=sent)
    placement = Placement.objects.create(
        application=row, posting=row.posting, person=row.applicant.person, starts_on=starts_on
    )
    plan_call_backs(placement)


def _citizen(citizen: User, postings: Sequence[Posting], agent: User, rng: Random, on: date) -> None:
    """Give the demo citizen something to answer: an interview, and postings kept for later."""
    kept = {posting.pk: posting for posting in postings}
    SavedPosting.objects.bulk_create(SavedPosting(user=citizen, posting=row) for row in list(kept.values())[:3])
    if not postings:
        return
    row = Application(
        posting=postings[0],
        applicant=citizen,
        name=citizen.name,
        status=Application.Status.INTERVIEW,
        answered_by=agent,
        answered_at=timezone.now(),
        is_demo=True,
    )
    phone = f"154{rng.randint(0, 99_999_999):08d}"
    row.phone, row.phone_mask = phone, f"{phone[:3]}****{phone[-4:]}"
    row.save()
    _interview(row, agent, rng, on)
    if len(kept) > 1:
        _lapsed_offer(row, list(kept.values())[1], agent, on)


def _lapsed_offer(like: Application, posting: Posting, agent: User, on: date) -> None:
    """Let an offer to the same person have run out yesterday, unanswered."""
    made = timezone.make_aware(datetime.combine(on - timedelta(days=4), time(15)))
    row = Application(
        posting=posting,
        applicant=like.applicant,
        name=like.name,
        status=Application.Status.OFFER,
        answered_by=agent,
        answered_at=made,
        is_demo=True,
    )
    row.phone, row.phone_mask = like.phone.open(), like.phone_mask
    row.save()
    Application.objects.filter(pk=row.pk).update(submitted_at=made - timedelta(days=5))
    Offer.objects.create(
        application=row,
        starts_on=on + timedelta(days=7),
        pay_text=posting.pay_label,
        answer_by=on - timedelta(days=1),
        status=Offer.Status.LAPSED,
        made_by=agent,
    )
