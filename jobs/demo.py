"""Demo postings and applications: synthetic, from word lists of our own, at pay the law allows."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random

from django.utils import timezone

from core import terms
from jobs.indexing import index_postings
from jobs.models import Application, Posting, Suits
from jobs.postings import derive
from people.identifiers import mask_phone
from people.models import Organisation, Person, User
from people.roles import Role

Progress = Callable[[str, int, int], None]
BATCH = 1000
TRADES = {
    "低压维修电工": (5500, "车间配电、照明和设备线路的日常检修，按巡检表每天看一遍。", "有低压电工证，肯学新设备。"),
    "电焊工": (6000, "按图纸焊接钢结构件，自检焊缝，收拾好工位。", "会二保焊，有焊工证更好。"),
    "数控车床操作工": (6500, "看图上料、对刀、首件自检，记录每班产量。", "会看图纸，能适应两班倒。"),
    "叉车司机": (5000, "仓库内装卸、码垛，每天点检车辆。", "有叉车证，做事稳当。"),
    "养老护理员": (4500, "照顾老人起居、喂饭、翻身，陪老人说话，记好护理单。", "有耐心，身体健康，不会的来了教。"),
    "保洁员": (2600, "办公楼的日常清扫、垃圾清运和消毒。", "手脚勤快，能干满一天。"),
    "保安员": (3200, "门岗值守、巡逻、来人登记。", "会用手机填表，服从排班。"),
    "收银员": (3300, "收款、对账、整理货架。", "算账清楚，说话和气。"),
    "超市理货员": (3100, "上货、查保质期、换价签。", "能搬轻货，上早班或晚班。"),
    "厨师": (6000, "炒菜、备料，管好后厨卫生。", "会做家常菜，有健康证。"),
    "面点师": (5000, "做馒头、花卷、包子，早上四点半到岗。", "会和面、发面。"),
    "服务员": (3500, "点菜、传菜、收台。", "嘴勤腿勤，包吃包住。"),
    "会计": (5000, "记账、报税、开票，月底出报表。", "有初级会计证，会用财务软件。"),
    "出纳": (4000, "收付款、跑银行、登日记账。", "细心，人品可靠。"),
    "行政文员": (3800, "收发文件、考勤、会议安排。", "会用办公软件。"),
    "仓库管理员": (4200, "入库、出库、盘点，账实要对得上。", "会用表格，能看懂单据。"),
    "质检员": (4500, "抽检产品，填检验单，发现问题马上报。", "眼力好，认真。"),
    "装配钳工": (6000, "按工艺装配、调试设备。", "会用量具，看得懂装配图。"),
    "快递员": (6000, "派件、揽件，负责两个小区。", "有电动车或驾照。"),
    "货车司机": (7000, "省内配送，当天来回。", "有驾照，三年以上驾龄。"),
    "幼儿园保育员": (3200, "照看孩子吃饭、午睡，打扫教室。", "喜欢孩子，有保育员证。"),
    "护士": (5500, "输液、换药、写护理记录。", "有护士执业证。"),
    "药店店员": (3800, "按处方取药，讲清用法，管好近效期。", "药学专业或者干过药店。"),
    "客服专员": (3800, "接电话、回消息，记下问题转给相关部门。", "打字快，普通话清楚。"),
    "软件测试工程师": (8000, "写用例、跑测试、跟踪缺陷。", "会一种脚本语言。"),
    "软件开发工程师": (11000, "按需求写代码、改缺陷、写说明。", "会一门后端语言和数据库。"),
    "机械设计工程师": (8500, "画图、出清单、跟装配。", "会三维软件，机械专业。"),
    "安全员": (5500, "查隐患、做台账、组织培训。", "有安全员证。"),
    "绿化工": (3000, "浇水、修剪、除草、打药。", "不怕晒，会用剪草机。"),
    "家政服务员": (4800, "做饭、打扫、照看孩子，按小时或包月。", "干净利索，有健康证。"),
    "月嫂": (9000, "照顾产妇和新生儿，做月子餐。", "有母婴护理证，带过三家以上。"),
    "社区网格协管员": (2600, "入户走访、登记信息、帮居民跑腿。", "住在本社区，会用手机。"),
    "缝纫工": (4800, "按样衣缝制，计件加保底。", "会用平车、包缝机。"),
    "水产加工工": (4500, "分拣、清洗、包装海产品。", "能适应低温车间。"),
    "果树技术员": (5000, "修剪、疏果、防虫，教农户管果园。", "干过苹果或樱桃园。"),
    "设备维修工": (6200, "生产线的点检、保养、抢修。", "懂机械和电气。"),
}
WELFARE = ["五险一金", "五险", "包吃", "包住", "班车", "双休", "白班", "节日福利", "体检", "带薪年假"]
SHIFTS = ["白班，8:00–17:00", "两班倒", "三班倒", "做六休一", "双休", "早班 6:00–14:00", "弹性"]
WELFARE_POSTS = {"社区网格协管员", "保洁员", "绿化工"}
OPEN_MIX = {"submitted": 6, "viewed": 4, "interview": 2, "unsuitable": 3, "hired": 1}


def build(
    *,
    count: int,
    rng: Random,
    on: date,
    organisations: Sequence[Organisation],
    people: Sequence[Person],
    accounts: Mapping[str, User],
    progress: Progress,
) -> list[Posting]:
    """Add postings (most published, some waiting for a look) and applications to those of the demo employer."""
    wages = terms.snapshot("minimum_wage")
    agent = accounts.get(Role.EMPLOYER_AGENT)
    rows = [_posting(number, rng, on, organisations, wages, agent) for number in range(count)]
    for start in range(0, count, BATCH):
        batch = rows[start : start + BATCH]
        Posting.objects.bulk_create(batch)
        index_postings([row.pk for row in batch])
        progress("岗位", start + len(batch), count)
    _applications(rows, rng, on, organisations[0], people, agent)
    return rows


def _posting(
    number: int, rng: Random, on: date, organisations: Sequence[Organisation], wages: terms.Snapshot, agent: User | None
) -> Posting:
    organisation = organisations[0] if number < 12 else rng.choice(organisations)
    title = rng.choice(list(TRADES))
    usual, duties, wanted = TRADES[title]
    code = organisation.region.statutory_path.split("/")[-1]
    floor = wages.value("minimum_wage.month", on=on, region=code)
    low = max(round(usual * rng.uniform(0.85, 1.2) / 100) * 100, int(floor))
    posted = on - timedelta(days=rng.randint(0, 25))
    row = Posting(
        organisation=organisation,
        title=title,
        kind=Posting.Kind.PUBLIC_WELFARE if title in WELFARE_POSTS and rng.random() < 0.3 else Posting.Kind.FULL_TIME,
        headcount=rng.choice((1, 1, 2, 3, 5, 10)),
        pay_min=Decimal(low),
        pay_max=Decimal(low + rng.choice((500, 1000, 1500, 2000))),
        pay_period=Posting.Period.MONTH,
        region=organisation.region,
        address=organisation.address,
        education=rng.choice(("", "", "71", "61", "41", "31")) if usual < 7000 else rng.choice(("31", "21")),
        experience_min=rng.choice((0, 0, 0, 1, 2, 3)),
        description=duties,
        requirement=wanted,
        shifts=rng.choice(SHIFTS),
        insurance="五险" if rng.random() < 0.8 else "",
        probation_months=rng.choice((None, 1, 2)),
        contract_months=rng.choice((12, 24, 36)),
        welfare=rng.sample(WELFARE, rng.randint(1, 4)),
        suits=[s.value for s in Suits if rng.random() < 0.18],
        created_by=agent if organisation == organisations[0] else None,
        is_demo=True,
    )
    if number < 4 or rng.random() < 0.03:
        row.status, row.submitted_at = Posting.Status.SUBMITTED, _moment(posted, rng)
    else:
        row.status, row.posted_at = Posting.Status.PUBLISHED, _moment(posted, rng)
        row.valid_until = posted + timedelta(days=30)
    derive(row)
    return row


def _applications(
    rows: Sequence[Posting], rng: Random, on: date, own: Organisation, people: Sequence[Person], agent: User | None
) -> None:
    """Let some demo accounts apply to the demo employer, so that its desk has something to answer."""
    shown = [row for row in rows if row.organisation_id == own.pk and row.status == Posting.Status.PUBLISHED]
    applicants = [
        User(username=f"demo_applicant_{number}", name=person.name, person=person, is_demo=True)
        for number, person in enumerate(rng.sample(list(people[1:]), min(24, len(people) - 1)))
    ]
    for user in applicants:
        user.set_unusable_password()
    User.objects.bulk_create(applicants)
    made = []
    for user in applicants if shown else []:
        status = rng.choices(list(OPEN_MIX), list(OPEN_MIX.values()))[0]
        row = Application(
            posting=rng.choice(shown),
            applicant=user,
            name=user.name,
            education=user.person.education if user.person else "",
            experience=rng.choice(("干过两年同类活。", "在工厂干过五年。", "刚毕业，想学技术。", "")),
            status=status,
            reason="这个岗位要持证上岗。" if status == "unsuitable" else "",
            answered_at=_moment(on, rng) if status in ("unsuitable", "hired", "interview") else None,
            answered_by=agent,
            is_demo=True,
        )
        phone = f"154{rng.randint(0, 99_999_999):08d}"
        row.phone, row.phone_mask = phone, mask_phone(phone)
        made.append(row)
    Application.objects.bulk_create(made)


def _moment(day: date, rng: Random) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(rng.randint(8, 16), rng.randint(0, 59))))
