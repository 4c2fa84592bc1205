"""A small world for the tests of subsidies: departments that answer, officers of one county, claims at any step."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange

from core.crypto import blind_index
from core.models import DepartmentFile, DepartmentRow
from core.months import add_months, first_day, last_day
from core.workdays import add_working_days
from people.models import Group, GroupMembership, Person, Region, User
from people.roles import Role
from subsidies import claims, payments, publicity, review
from subsidies.models import Claim, PaymentBatch, Programme
from tests import factories
from unemployment.employments import new_number
from unemployment.models import Employment

TODAY = date(2026, 11, 23)
ROLES = {
    "intake": Role.SUBSIDY_INTAKE,
    "reviewer": Role.SUBSIDY_REVIEWER,
    "second": Role.SUBSIDY_SECOND_REVIEWER,
    "approver": Role.SUBSIDY_APPROVER,
    "payer": Role.SUBSIDY_PAYER,
    "finance": Role.FINANCE,
}
LISTS = (
    ("social_insurance", "contributions"),
    ("social_insurance", "pensions"),
    ("market_regulation", "registrations"),
    ("police", "deaths"),
    ("finance", "payroll"),
)
ACCOUNT = "6210810730004206208"


class World:
    """Officers at 铁西区, the programme, and the lists of the departments as of today."""

    def __init__(self, *, at: str = "210106", on: date = TODAY) -> None:
        self.on, self.at = on, at
        self.region = Region.objects.open().get(code=at)
        self.programme = Programme.objects.get(code="flexible_insurance")
        self.files = {key: self._file(*key) for key in LISTS}
        self.rows = 0
        for name, role in ROLES.items():
            setattr(self, name, factories.staff(role, at=at))

    def _file(self, department: str, dataset: str) -> DepartmentFile:
        file, _ = DepartmentFile.objects.get_or_create(
            department=department,
            dataset=dataset,
            as_of=self.on,
            version=1,
            defaults={"name": f"{self.on:%Y%m%d}.csv", "sha256": f"{self.on}", "rows": 0, "rejected": 0},
        )
        return file

    def say(
        self,
        key: tuple[str, str],
        person: Person,
        *,
        state: str = "",
        since: Any = None,
        until: Any = None,
        **record: Any,
    ) -> None:
        """Let a department know something about a person."""
        self.rows += 1
        DepartmentRow.objects.create(
            file=self.files[key],
            row=self.rows,
            subject_index=blind_index(person.id_number.open(), purpose="person.id_number"),
            state=state,
            valid_from=since,
            valid_to=until,
            record=record,
        )

    def pay(
        self,
        person: Person,
        month: date,
        *,
        pension: str = "744.75",
        medical: str = "248.25",
        capacity: str = "102个人",
    ) -> None:
        """Let the insurance records show a month paid."""
        for kind, amount in (("110企业职工基本养老保险", pension), ("310基本医疗保险", medical)):
            self.say(
                ("social_insurance", "contributions"),
                person,
                state="已缴",
                since=month,
                until=last_day(month),
                kind=kind,
                capacity=capacity,
                amount=amount,
            )

    def months(self, count: int = 3) -> list[date]:
        """Return the last months that are over."""
        this = first_day(self.on)
        return [add_months(this, -offset) for offset in range(count, 0, -1)]

    def citizen(self, *, paid: int = 3, group: str = Group.HARDSHIP, registered: bool = True, **fields: Any) -> User:
        """Return a proved citizen of the county who pays alone and belongs to a group."""
        user = factories.citizen(residence_region=factories.community(county=self.at), **fields)
        if group:
            GroupMembership.objects.create(
                person=user.person, group=group, valid=DateRange(date(2024, 1, 1), None), source="测试"
            )
        for month in self.months(paid):
            self.pay(user.person, month)
        if registered:
            self.register(user.person)
        return user

    def register(self, person: Person) -> Employment:
        """Let the register of employments know the person's flexible work."""
        since, region = date(2025, 3, 1), person.residence_region
        return Employment.objects.create(
            person=person,
            kind="flexible",
            work_place="跑外卖",
            region=region,
            number=new_number(region, since),
            started_on=since,
            reported_on=since,
        )

    def draft(self, user: User) -> Claim:
        """Return a draft that is filled in completely."""
        claim = claims.start_claim(person=user.person, programme=self.programme, by=user, on=self.on)
        claims.save_work(
            claim_id=claim.pk, work="跑外卖", since=date(2025, 3, 1), retirement_age=None, by=user, on=self.on
        )
        claims.save_account(claim_id=claim.pk, bank_name="盛京银行", account=ACCOUNT, by=user)
        return self.fresh(claim)

    def submitted(self, user: User | None = None) -> Claim:
        user = user or self.citizen()
        claim = self.draft(user)
        claims.submit_claim(claim_id=claim.pk, pledged=True, by=user, on=self.on)
        return self.fresh(claim)

    def accepted(self, user: User | None = None) -> Claim:
        claim = self.submitted(user)
        review.accept_claim(claim_id=claim.pk, by=self.intake, on=self.on)
        return self.fresh(claim)

    def reviewed(self, user: User | None = None) -> Claim:
        claim = self.accepted(user)
        review.pass_review(claim_id=claim.pk, by=self.reviewer, on=self.on)
        return self.fresh(claim)

    def ready(self, user: User | None = None) -> Claim:
        """Return a claim that passed both reviews."""
        claim = self.reviewed(user)
        review.pass_second_review(claim_id=claim.pk, by=self.second, on=self.on)
        return self.fresh(claim)

    def posted(self, *found: Claim) -> Any:
        return publicity.post_publicity(
            programme=self.programme, region=self.region, claim_ids=[c.pk for c in found], by=self.second, on=self.on
        )

    def after_publicity(self) -> date:
        return add_working_days(self.on, 5) + timedelta(days=1)

    def publicised(self, user: User | None = None) -> Claim:
        """Return a claim whose publicity is over."""
        claim = self.ready(user)
        publicity.end_publicity(batch_id=self.posted(claim).pk, on=self.after_publicity())
        return self.fresh(claim)

    def approved(self, user: User | None = None) -> Claim:
        claim = self.publicised(user)
        review.approve_claim(claim_id=claim.pk, by=self.approver, on=self.on)
        return self.fresh(claim)

    def batch(self, count: int = 1) -> PaymentBatch:
        for _ in range(count):
            self.approved()
        return payments.make_batch(programme=self.programme, region=self.region, by=self.payer, on=self.on)

    def sent(self, count: int = 1) -> PaymentBatch:
        batch = self.batch(count)
        payments.consent_to_batch(batch_id=batch.pk, by=self.finance)
        payments.send_batch(batch_id=batch.pk, by=self.payer)
        batch.refresh_from_db()
        return batch

    def fresh(self, claim: Claim) -> Claim:
        return Claim.objects.select_related("person", "programme", "programme_version", "region").get(pk=claim.pk)

    def total(self, *found: Claim) -> Decimal:
        return sum((c.amount for c in found), Decimal(0))
