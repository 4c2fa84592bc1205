"""What subsidies add to the portal's pages."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from core import registry
from people.models import Person, User
from people.roles import Role
from subsidies import progress
from subsidies.models import Claim, Objection, PaymentBatch, Programme
from subsidies.models.claim import months_text
from subsidies.models.payment import PAYMENT_ROLES
from subsidies.models.publicity import PUBLICITY_ROLES
from subsidies.permissions import CLAIM_OFFICERS

GROUP = "审核和资金"


def _waiting(user: User) -> int:
    return Claim.objects.waiting_for(user).count()


def _overdue(user: User) -> int:
    return Claim.objects.waiting_for(user).filter(due_on__lt=timezone.localdate()).count()


def _publicity_waiting(user: User) -> int:
    if not user.has_role(Role.SUBSIDY_SECOND_REVIEWER, Role.COUNTY_SUPERVISOR):
        return 0
    ready = 0
    if paths := user.regions(Role.SUBSIDY_SECOND_REVIEWER):
        ready = (
            Claim.objects.filter(status=Claim.Status.PUBLICITY, region__path__within=paths)
            .exclude(publicity_lines__outcome="")
            .count()
        )
    return ready + Objection.objects.visible_to(user).waiting().count()


def _payments_waiting(user: User) -> int:
    count = 0
    if paths := user.regions(Role.SUBSIDY_PAYER):
        count += Claim.objects.filter(status=Claim.Status.APPROVED, region__path__within=paths).count()
        count += PaymentBatch.objects.filter(
            region__path__within=paths, status__in=[PaymentBatch.Status.CONSENTED, PaymentBatch.Status.SENT]
        ).count()
    if user.has_role(Role.FINANCE):
        count += PaymentBatch.objects.visible_to(user).waiting_for_consent().count()
    return count


def _home(request: HttpRequest) -> dict[str, object] | None:
    today = timezone.localdate()
    rows = [(p, p.version_for(None, on=today)) for p in Programme.objects.filter(is_open=True)[:3]]
    rows = [(p, v) for p, v in rows if v]
    return {"rows": rows} if rows else None


def _running(user: User) -> list[registry.Matter]:
    rows = Claim.objects.own(user).open().select_related("programme").defer("known", "facts", "trace", "decision")
    matters = []
    for row in rows.order_by("-status_since", "-pk")[: registry.SHOWN]:
        page = "subsidies:claim-continue" if row.status == Claim.Status.DRAFT else "subsidies:claim-show"
        tone, state = progress.tone(row)
        matters.append(
            registry.Matter(
                title=row.programme.short_name,
                url=reverse(page, args=[row.public_id]),
                tone=tone,
                state=state,
                since=row.status_since,
                note=progress.headline(row),
            )
        )
    return matters


def _person(user: User, person: Person) -> dict[str, object] | None:
    claims = Claim.objects.visible_to(user).filter(person=person).exclude(status=Claim.Status.DRAFT)
    rows = claims.select_related("programme").prefetch_related("months").order_by("-created_at", "-pk")[:10]
    return {"rows": [(claim, months_text([m.month for m in claim.months.all()])) for claim in rows]}


registry.register(
    registry.Module(
        code="claims",
        label="补贴审核",
        icon="file-check",
        url_name="subsidies:queue",
        roles=frozenset(CLAIM_OFFICERS),
        group=GROUP,
        order=10,
        waiting=_waiting,
        overdue=_overdue,
        description="受理、初审、复核、审批",
    ),
    registry.Module(
        code="publicity",
        label="补贴公示",
        icon="volume",
        url_name="subsidies:publicity-desk",
        roles=frozenset(PUBLICITY_ROLES),
        group=GROUP,
        order=20,
        waiting=_publicity_waiting,
        description="发布公示，核查异议",
    ),
    registry.Module(
        code="payments",
        label="补贴拨付",
        icon="coin",
        url_name="subsidies:payments",
        roles=frozenset(PAYMENT_ROLES),
        group=GROUP,
        order=30,
        waiting=_payments_waiting,
        description="做批次、送银行、登记回单",
    ),
    registry.Tile(
        code="subsidies",
        label="领补贴",
        hint="灵活就业社保补贴等",
        icon="coin",
        url_name="subsidies:programme-list",
        order=30,
    ),
)
registry.register(
    registry.Link(
        code="subsidies", label="领补贴", url_name="subsidies:programme-list", places=("main", "matters"), order=40
    )
)
registry.register(registry.Progress("claims", "我的补贴申请", "subsidies:claim-list", _running, order=20))
registry.home_section(registry.Section("subsidies", "subsidies/_home.html", _home, column="band", order=40))
registry.person_section(registry.Section("subsidies", "subsidies/_person.html", _person, order=40))
registry.register(
    registry.OwnRows(
        "claims",
        "补贴申请",
        lambda user: Claim.objects.own(user).select_related("programme").order_by("pk"),
        (
            "programme",
            "status",
            "receipt_number",
            "amount",
            "bank_name",
            "bank_tail",
            "submitted_at",
            "decided_at",
            "paid_on",
        ),
    ),
)
