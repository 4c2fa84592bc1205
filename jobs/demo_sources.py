"""Demo of where postings come from besides employers' own desks: an agency with a key, a portal, a file; and who waits."""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path
from random import Random

from django.core.files.base import ContentFile
from django.utils import timezone

from core import bearer
from core.bulk import copy_rows
from core.ids import uuid7
from core.months import add_months, first_day
from jobs import posting_templates
from jobs.demo import trades
from jobs.import_files import guess
from jobs.import_lists import Outcomes
from jobs.imports import import_file
from jobs.indexing import index_postings
from jobs.models import (
    Alert,
    AlertRun,
    Fair,
    FairPosting,
    ImportBatch,
    ImportMapping,
    PartnerFeed,
    PartnerKey,
    Posting,
    PostingTemplate,
    SavedSearch,
)
from jobs.postings import derive
from jobs.supply import build_list
from people.identifiers import credit_check_character
from people.models import Organisation, Region, User
from people.roles import Role

AGENCY, PORTAL, SITE = "沈阳演示人力资源服务有限公司", "邻市演示门户", "演示人才网"
CLIENTS = ("演示包装材料厂", "演示冷链物流公司", "演示酒店管理公司", "演示汽车配件厂")
_CODE = "91210106DMAGENCY0"
_TABLE = """职位编号,职位名称,公司名称,工作地点,薪资,学历,职位描述,行业
1001,包装工,演示包装材料厂,沈阳-铁西区,4-5千/月,不限,按单装箱、贴标，坐着干活。,包装
1002,叉车司机,演示冷链物流公司,沈阳-于洪区,6000-8000元/月,高中,在库区开叉车装卸货，持证上岗。,物流
1003,客房服务员,演示酒店管理公司,大连-中山区,3500-4200元/月,不限,打扫客房，更换布草，两班倒。,酒店
1004,前台接待,演示酒店管理公司,大连-中山区,4-5千/月,大专,接待来客，办理入住，只招未婚女性。,酒店
1005,,演示汽车配件厂,沈阳-大东区,面议,中专,操作数控机床加工零件。,制造
"""
_NUMBERS = count(1)


def build(*, rng: Random, on: date, accounts: Mapping[str, User]) -> None:
    """Add an agency whose system pushes, a portal that is read, a file that was imported, lists, and a saved search."""
    admin, officer = accounts.get(Role.SYSTEM_ADMIN), accounts.get(Role.CASEWORKER)
    if admin is None or officer is None:
        return
    agency = _agency(on)
    _key(agency, admin, on)
    _feed(admin, on)
    homes = list(Region.objects.open().filter(code__in=("210106", "210102", "210202")).order_by("code"))
    rows = [*_handed_over(AGENCY, agency, homes, rng, on), *_handed_over(PORTAL, None, homes, rng, on)]
    rows.append(_on_behalf(agency, on))
    copy_rows(Posting, rows)
    index_postings([row.pk for row in rows])
    _import(officer, on)
    _template(accounts.get(Role.EMPLOYER_AGENT))
    _fair(accounts, on)
    _lists(on)
    _search(accounts.get("citizen"), on)


def _agency(on: date) -> Organisation:
    code = f"{_CODE}{credit_check_character(_CODE)}"
    checked = on - timedelta(days=20)
    return Organisation.objects.create(
        name=AGENCY,
        credit_code=code,
        kind=Organisation.Kind.HR_AGENCY,
        status=Organisation.Status.VERIFIED,
        region=Region.objects.open().get(code="210106"),
        address="铁西区演示大街 8 号",
        agency_licence="（演示）人服证字〔2026〕第 0001 号",
        introduction="演示单位，数据均为虚构。替别的单位招人，岗位由本单位系统推送。",
        verified_on=checked,
        verified_until=add_months(checked, 6),
        source="演示数据",
        is_demo=True,
    )


def _key(agency: Organisation, by: User, on: date) -> None:
    """Let the agency have a key that nobody knows: a new one can be made on its page."""
    token = bearer.make_token()
    PartnerKey.objects.create(
        organisation=agency,
        source=agency.name,
        prefix=token[:9],
        digest=bearer.digest(token),
        made_by=by,
        last_used_on=on,
    )


def _feed(by: User, on: date) -> None:
    """Note a portal that was read this morning. It is switched off: there is none at this address."""
    read = timezone.make_aware(datetime.combine(on, time(6, 15)))
    PartnerFeed.objects.create(
        source=PORTAL,
        address="https://jobs.example.org/api/v1/jobs/snapshot/",
        is_on=False,
        last_run_at=read,
        last_done_at=read,
        taken=len(CLIENTS),
        refused=1,
        made_by=by,
    )


def _handed_over(
    source: str, agency: Organisation | None, homes: Sequence[Region], rng: Random, on: date
) -> Iterator[Posting]:
    now = timezone.make_aware(datetime.combine(on, time(6, 15)))
    for client in CLIENTS:
        trade, region = rng.choice(trades()), rng.choice(homes)
        low = trade.low * 100 + 600
        row = Posting(
            employer_name=client,
            title=trade.title,
            headcount=rng.choice((1, 2, 5)),
            pay_min=Decimal(low),
            pay_max=Decimal(low + 1000),
            pay_period=Posting.Period.MONTH,
            region=region,
            education=trade.education,
            description=trade.duties,
            requirement=f"{trade.wants}。",
            welfare=["五险", "包吃"],
            status=Posting.Status.PUBLISHED,
            posted_at=now - timedelta(days=rng.randint(0, 9)),
            valid_until=on + timedelta(days=21),
            source_site=source,
            source_id=f"D{next(_NUMBERS)}" if agency else str(uuid7()),
            source_url="" if agency else "https://jobs.example.org/jobs/",
            imported_at=now,
            is_demo=True,
        )
        row.shown_at = row.posted_at
        derive(row)
        yield row


def _on_behalf(agency: Organisation, on: date) -> Posting:
    """Return a posting that the agency wrote here for an employer that authorised it."""
    row = Posting(
        organisation=agency,
        on_behalf=True,
        employer_name=CLIENTS[0],
        title="仓库管理员",
        headcount=3,
        pay_min=Decimal(4200),
        pay_max=Decimal(5000),
        pay_period=Posting.Period.MONTH,
        region=agency.region,
        description="收货、发货、盘点，货物上架。",
        requirement="会用电脑记账。",
        skills=["会用扫码枪", "会用电脑记账"],
        shifts="白班 8:00–17:00，做六休一",
        contract_months=12,
        probation_months=1,
        probation_pay=Decimal(3800),
        welfare=["五险", "包吃"],
        status=Posting.Status.PUBLISHED,
        posted_at=timezone.make_aware(datetime.combine(on - timedelta(days=2), time(10, 20))),
        valid_until=on + timedelta(days=28),
        is_demo=True,
    )
    row.shown_at = row.posted_at
    derive(row)
    return row


def _import(officer: User, on: date) -> None:
    """Import a small file as the worker would, so that its outcomes can be looked at: one row waits, one is refused."""
    began = timezone.make_aware(datetime.combine(on, time(9, 5)))
    columns = guess(_TABLE.splitlines()[0].split(","))
    batch = ImportBatch(
        file_name="演示岗位.csv",
        source=SITE,
        status=ImportBatch.Status.RUNNING,
        columns=columns,
        started_at=began,
        by=officer,
    )
    batch.upload.save("demo.csv", ContentFile(_TABLE.encode()), save=True)
    with tempfile.TemporaryDirectory() as folder:
        path, listed = Path(folder, "demo.csv"), Path(folder, "outcomes.csv")
        path.write_text(_TABLE, encoding="utf-8")
        listing = Outcomes(listed)
        import_file(path=path, source=SITE, rejects=listing, on=on, by=officer, columns=columns, batch=batch)
        listing.close()
        batch.outcomes.save("outcomes.csv", ContentFile(listed.read_bytes()), save=False)
    batch.save()
    Posting.objects.filter(source_site=SITE).update(is_demo=True)
    ImportMapping.objects.create(source=SITE, columns=columns, saved_by=officer)


def _template(agent: User | None) -> None:
    own = Posting.objects.filter(created_by=agent).order_by("pk").first() if agent else None
    if agent is None or own is None or own.organisation is None:
        return
    values = posting_templates.beginning(own)
    PostingTemplate.objects.create(organisation=own.organisation, name="常招岗位", values=values, created_by=agent)


def _fair(accounts: Mapping[str, User], on: date) -> None:
    """Hold a fair for disabled people in two weeks, to which the demo employer brings two postings."""
    maker, judge = accounts.get(Role.CASEWORKER), accounts.get(Role.COUNTY_SUPERVISOR)
    agent = accounts.get(Role.EMPLOYER_AGENT)
    if maker is None or judge is None or agent is None:
        return
    begins = timezone.make_aware(datetime.combine(on + timedelta(days=14), time(9)))
    fair = Fair.objects.create(
        name="铁西区残疾人专场招聘会（演示）",
        kind=Fair.Kind.DISABLED,
        region=Region.objects.open().get(code="210106"),
        place="劳动公园东门广场",
        starts_at=begins,
        ends_at=begins + timedelta(hours=3),
        organiser="铁西区就业服务中心（演示）",
        note="现场有手语翻译。",
        status=Fair.Status.APPROVED,
        made_by=maker,
        decided_by=judge,
        decided_at=timezone.now(),
    )
    own = Posting.objects.published(on=on).filter(created_by=agent).order_by("pk")[:2]
    FairPosting.objects.bulk_create(FairPosting(fair=fair, posting=row, added_by=agent) for row in own)


def _lists(on: date) -> None:
    """Publish the lists of this month and the last for one city and one of its counties."""
    this = first_day(on)
    for code in ("2101", "210106"):
        region = Region.objects.open().get(code=code)
        for month in (add_months(this, -1), this):
            build_list(region_id=region.pk, month=month, on=month)


def _search(citizen: User | None, on: date) -> None:
    """Save a search for the demo citizen, who was told of three postings yesterday."""
    found = list(Posting.objects.published(on=on).order_by("-posted_at", "-pk").values_list("pk", flat=True)[:3])
    if citizen is None or not found:
        return
    SavedSearch.objects.create(user=citizen, query="region=2101&pay=4000")
    until = timezone.make_aware(datetime.combine(on - timedelta(days=1), time(7)))
    run = AlertRun.objects.create(
        frequency="daily", day=until.date(), since=until - timedelta(days=1), until=until, postings=12, subscriptions=1
    )
    Alert.objects.create(run=run, user=citizen, postings=found, total=len(found), told_at=until)
