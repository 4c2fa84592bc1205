"""Synthetic postings and applications for tests."""

from datetime import date, timedelta
from decimal import Decimal

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from jobs import import_runs
from jobs.indexing import index_postings
from jobs.models import (
    Application,
    CallBack,
    Certificate,
    Education,
    Fair,
    ImportBatch,
    Intention,
    Interview,
    Offer,
    PartnerFeed,
    PartnerKey,
    Placement,
    Posting,
    Resume,
    Skill,
    SupplyList,
    Work,
)
from jobs.postings import derive
from jobs.supply import build_list
from jobs.talent_index import index_resumes
from people.models import Organisation, User
from tests import factories


def posting(
    *, title: str = "低压维修电工", organisation: Organisation | None = None, published: bool = True, **fields: object
) -> Posting:
    """Return a saved posting in 铁西区, published and indexed unless told otherwise."""
    if organisation is None and "imported_at" not in fields:
        organisation = factories.organisation()
    values: dict[str, object] = {
        "headcount": 2,
        "pay_min": Decimal(6500),
        "pay_max": Decimal(8000),
        "pay_period": "month",
        "region": factories.region(),
        "description": "负责车间低压电路的日常检修。",
        "welfare": ["五险一金", "白班"],
    }
    row = Posting(organisation=organisation, title=title, **(values | fields))
    if published:
        row.status, row.posted_at = Posting.Status.PUBLISHED, timezone.now()
        row.valid_until = fields.get("valid_until") or timezone.localdate() + timedelta(days=30)
    derive(row)
    row.save()
    index_postings([row.pk])
    return row


def application(*, posting: Posting, applicant: User | None = None, **fields: object) -> Application:
    """Return a saved application with a sealed phone."""
    row = Application(posting=posting, applicant=applicant or factories.citizen(), **({"name": "张应聘"} | fields))
    row.phone, row.phone_mask = "13900001234", "139****1234"
    row.save()
    return row


def interview(*, application: Application, **fields: object) -> Interview:
    """Return a saved interview in three days, waiting for the applicant's answer."""
    values: dict[str, object] = {"place": "演示路 1 号", "starts_at": timezone.now() + timedelta(days=3)}
    Application.objects.filter(pk=application.pk).update(status=Application.Status.INTERVIEW)
    application.refresh_from_db()
    return Interview.objects.create(
        application=application, invited_by=factories.agent(application.posting.organisation), **(values | fields)
    )


def offer(*, application: Application, **fields: object) -> Offer:
    """Return a saved offer that waits for the applicant's answer."""
    today = timezone.localdate()
    values: dict[str, object] = {
        "starts_on": today + timedelta(days=10),
        "answer_by": today + timedelta(days=3),
        "pay_text": "每月 6,500 元",
    }
    Application.objects.filter(pk=application.pk).update(status=Application.Status.OFFER)
    application.refresh_from_db()
    return Offer.objects.create(
        application=application, made_by=factories.agent(application.posting.organisation), **(values | fields)
    )


def call_back(*, placement: Placement | None = None, days: int = 30, due_on: date | None = None) -> CallBack:
    """Return a saved call-back of a hire in 铁西区, due today unless told otherwise."""
    due_on = due_on or timezone.localdate()
    if placement is None:
        row = application(posting=posting(), status="hired")
        placement = Placement.objects.create(
            application=row, posting=row.posting, person=row.applicant.person, starts_on=due_on - timedelta(days=days)
        )
    region = placement.person.residence_region if placement.person else None
    return CallBack.objects.create(placement=placement, region=region, days=days, due_on=due_on)


def resume(*, user: User | None = None, region: str = "2101", **fields: object) -> Resume:
    """Return a saved résumé with one line in each section, looking for work as an electrician in 沈阳."""
    row = Resume.objects.create(user=user or factories.citizen(), **({"headline": "干过六年电工。"} | fields))
    Work.objects.create(
        resume=row,
        employer="演示机电厂",
        title="维修电工",
        started=date(2018, 3, 1),
        ended=date(2024, 6, 1),
        duties="维修车间低压电路。",
    )
    Education.objects.create(resume=row, level="47", school="演示技工学校", started=date(2014, 9, 1))
    Skill.objects.create(resume=row, name="看电路图")
    Certificate.objects.create(resume=row, name="低压电工作业证", valid_until=date(2029, 1, 1))
    Intention.objects.create(resume=row, position=1, title="电工", region=factories.region(region), pay_min=5000)
    index_resumes([row.pk])
    return row


def partner_key(*, organisation: Organisation | None = None, **fields: object) -> PartnerKey:
    """Return a saved key, in use unless told otherwise, which nobody knows."""
    owner = organisation or factories.organisation()
    values = {"source": owner.name, "prefix": "sx_abcdef", "digest": f"{owner.pk:064d}", "made_by": factories.user()}
    return PartnerKey.objects.create(organisation=owner, **(values | fields))


def partner_feed(*, source: str = "邻市门户", **fields: object) -> PartnerFeed:
    """Return a saved portal from which postings are fetched."""
    address = "https://jobs.example.org/api/v1/jobs/snapshot/"
    return PartnerFeed.objects.create(source=source, **({"address": address, "made_by": factories.user()} | fields))


def fair(*, region: str = "210106", approved: bool = True, **fields: object) -> Fair:
    """Return a saved fair in a week, approved by an officer who did not enter it unless told otherwise."""
    begins = timezone.localtime().replace(hour=9, minute=0) + timedelta(days=7)
    values: dict[str, object] = {
        "name": "铁西区秋季招聘会",
        "region": factories.region(region),
        "place": "劳动公园东门广场",
        "starts_at": begins,
        "ends_at": begins + timedelta(hours=4),
        "organiser": "铁西区就业服务中心",
        "made_by": factories.user(),
    }
    if approved:
        values |= {"status": "approved", "decided_by": factories.user(), "decided_at": timezone.now()}
    return Fair.objects.create(**(values | fields))


def supply_list(*, region: str = "2101") -> SupplyList:
    """Return this month's list of a region."""
    today = timezone.localdate()
    return build_list(region_id=factories.region(region).pk, month=today, on=today)


TODAY = date(2026, 11, 23)


def import_batch(*, by: User, done: bool = True, **fields: object) -> ImportBatch:
    """Return an import with its file: done with its outcomes, or waiting for its columns."""
    rows = "编号,岗位名称,单位名称,工作地点,薪资,备注\n1,车工,演示机械厂,沈阳-铁西区,5-7千/月,急\n2,铣工,演示机械厂,沈阳,面议,\n"
    batch = import_runs.receive(
        upload=SimpleUploadedFile("演示岗位.csv", rows.encode()), source=str(fields.pop("source", "演示人才网")), by=by
    )
    if done:
        batch.status, batch.added, batch.held, batch.rejected = ImportBatch.Status.DONE, 12, 2, 1
        batch.outcomes.save("x.csv", ContentFile("行号,结果\n2,新增\n".encode()), save=False)
    for name, value in fields.items():
        setattr(batch, name, value)
    batch.save()
    return batch
