"""公示: post masked lines for five working days, take them down, hear objections."""

from collections.abc import Sequence
from datetime import date

from django.db import IntegrityError, transaction

from core.workdays import add_working_days
from messaging.publicity import CannotObject, CannotPublish, close, conclude, fill_in, require_over
from people.models import Region, User
from people.roles import Role
from subsidies import notices
from subsidies.models import Claim, Objection, Office, Programme, PublicityBatch, PublicityLine, Step
from subsidies.models.claim import months_text
from subsidies.models.publicity import PUBLICITY_ROLES
from subsidies.transitions import due_after, locked_claim, move

LEAST_WORKING_DAYS = 5
OBJECTION_DAYS = 5


def ready_for_publicity(region_paths: Sequence[str]) -> "list[Claim]":
    """Return the claims of these regions that passed both reviews and hang in no notice."""
    waiting = Claim.objects.filter(status=Claim.Status.PUBLICITY, region__path__within=list(region_paths))
    waiting = waiting.exclude(publicity_lines__outcome=PublicityLine.Outcome.OPEN)
    return list(
        waiting.select_related("person", "programme", "programme_version", "region")
        .prefetch_related("months")
        .order_by("pk")
    )


@transaction.atomic
def post_publicity(
    *, programme: Programme, region: Region, claim_ids: Sequence[int], by: User, on: date
) -> PublicityBatch:
    """Post a notice with these claims, masked; it hangs from the next day on for at least five working days.

    The day of posting does not count, so that everybody has five whole working days.

    :raises CannotPublish: no claim is ready, or one lies outside the region, or hangs already.
    """
    if not by.serves(region.path, Role.SUBSIDY_SECOND_REVIEWER):
        raise CannotPublish("公示由这个地区的复核人员发布。")
    claims = list(
        Claim.objects.select_for_update(of=("self",))
        .filter(pk__in=list(claim_ids), programme=programme, status=Claim.Status.PUBLICITY)
        .filter(region__path__within=[region.path])
        .select_related("person", "programme", "programme_version", "region")
        .prefetch_related("months")
        .order_by("pk")
    )
    if not claims:
        raise CannotPublish("没有可以公示的申请。请刷新页面，看看是不是别人已经发布了。")
    if len(claims) != len(set(claim_ids)):
        raise CannotPublish("有几份申请不在待公示名单里了。请刷新页面，重新勾选。")
    days = max(LEAST_WORKING_DAYS, *(c.programme_version.process["publicity_working_days"] for c in claims))
    ends_on = add_working_days(on, days)
    batch = PublicityBatch.objects.create(
        programme=programme,
        region=region,
        title=f"{region.name}{programme.short_name}拟发放名单公示",
        starts_on=on,
        ends_on=ends_on,
        posted_by=by,
        is_demo=any(c.is_demo for c in claims),
    )
    lines = [_line(batch, number, claim) for number, claim in enumerate(claims, 1)]
    try:
        with transaction.atomic():
            PublicityLine.objects.bulk_create(lines)
    except IntegrityError as error:
        raise CannotPublish("有申请刚刚被放进另一个公示。请刷新页面，重新勾选。") from error
    for claim in claims:
        move(
            claim,
            Claim.Status.PUBLICITY,
            kind=Step.Kind.PUBLISH,
            by=by,
            office=Office.SECOND_REVIEW,
            note=f"公示到 {ends_on.month} 月 {ends_on.day} 日",
            due_on=ends_on,
        )
        notices.tell(claim, "published", until=ends_on)
    return batch


def _line(batch: PublicityBatch, number: int, claim: Claim) -> PublicityLine:
    return PublicityLine(
        batch=batch,
        claim=claim,
        number=number,
        name=claim.person.masked_name,
        id_number=claim.person.masked_id,
        months=months_text([row.month for row in claim.months.all()]),
        standard=claim.programme_version.content["standard"][:128],
        amount=claim.amount,
    )


@transaction.atomic
def end_publicity(*, batch_id: int, on: date) -> PublicityBatch:
    """Take a notice down after its last day; claims without an open objection go on to the approver.

    Running it again, or late, changes nothing more than is due.

    :raises CannotPublish: its time is not up.
    """
    batch = PublicityBatch.objects.select_for_update().get(pk=batch_id)
    require_over(batch, on=on)
    close(batch)
    _release(batch, on=on)
    return batch


def _release(batch: PublicityBatch, *, on: date) -> None:
    """Send on every claim of a closed notice against which nothing is open."""
    disputed = Objection.objects.waiting().filter(batch=batch)
    if disputed.filter(line=None).exists():
        return  # an objection against the whole notice stops all of it
    lines = batch.lines.select_for_update().filter(outcome=PublicityLine.Outcome.OPEN)
    for line in lines.exclude(pk__in=disputed.values("line")).order_by("number"):
        line.outcome = PublicityLine.Outcome.CLEARED
        line.save(update_fields=["outcome"])
        claim = locked_claim(line.claim_id)
        if claim.status != Claim.Status.PUBLICITY:
            continue
        move(
            claim,
            Claim.Status.APPROVAL,
            kind=Step.Kind.END_PUBLICITY,
            by=None,
            note="公示期满，没有成立的异议",
            due_on=due_after(claim, "approval_days", on=on),
        )


@transaction.atomic
def record_objection(
    *,
    batch: PublicityBatch,
    line: PublicityLine | None,
    content: str,
    on: date,
    contact_name: str = "",
    contact_phone: str = "",
    channel: str = Objection.Channel.WEB,
    by: User | None = None,
) -> Objection:
    """Record an objection to a notice that hangs; anybody may object, with or without a name.

    :raises CannotObject: the notice is over, or the content says too little to look into.
    """
    if line is not None and line.batch_id != batch.pk:
        raise CannotObject("这一行不在这份公示里。请刷新页面再选。")
    if by is not None and not by.serves(batch.region.path, *PUBLICITY_ROLES):
        raise CannotObject("您不是这个地区的经办人员，不能代为登记。")
    objection = Objection(batch=batch, line=line, channel=channel)
    fill_in(
        objection,
        notice=batch,
        content=content,
        contact_name=contact_name,
        contact_phone=contact_phone,
        days=OBJECTION_DAYS,
        on=on,
    )
    return objection


@transaction.atomic
def answer_objection(
    *, objection_id: int, upheld: bool, finding: str, by: User, on: date, version: object = None
) -> Objection:
    """Close an objection: upheld sends the claim back to the reviewer, rejected lets it go on.

    :raises CannotObject: it is answered already, the finding is missing, or `by` does not serve the region.
    """
    objection = (
        Objection.objects.select_for_update(of=("self",)).select_related("batch__region", "line").get(pk=objection_id)
    )
    if not by.serves(objection.batch.region.path, Role.SUBSIDY_SECOND_REVIEWER, Role.COUNTY_SUPERVISOR):
        raise CannotObject("异议由这个地区的复核人员或业务主管核查。")
    if upheld and objection.line is None:
        raise CannotObject("针对整份公示的异议成立时，请逐行登记异议，再分别处理。")
    conclude(objection, upheld=upheld, finding=finding, by=by, version=version)
    if upheld and objection.line is not None:
        _reopen(objection.line, finding=finding.strip(), by=by, on=on)
    if objection.batch.closed_at is not None:
        _release(objection.batch, on=on)
    return objection


def _reopen(line: PublicityLine, *, finding: str, by: User, on: date) -> None:
    line.outcome = PublicityLine.Outcome.OBJECTED
    line.save(update_fields=["outcome"])
    claim = locked_claim(line.claim_id)
    if claim.status == Claim.Status.PUBLICITY:
        move(
            claim,
            Claim.Status.REVIEW,
            kind=Step.Kind.SEND_BACK,
            by=by,
            note=f"公示异议成立：{finding}",
            due_on=due_after(claim, "review_days", on=on),
        )
