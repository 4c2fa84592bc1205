"""What the jobs app adds to the portal's pages."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from core import registry
from jobs.exposure import quiet_postings
from jobs.finding import overview
from jobs.models import (
    OFFICERS,
    Application,
    CallBack,
    Certificate,
    Education,
    Intention,
    Posting,
    PostingReport,
    SavedSearch,
    Skill,
    Work,
)
from jobs.places import CITY_GRID, find_place
from jobs.presenting import city_grid
from people.models import Organisation, User
from people.roles import CASE_ROLES, Role

HOT = ("电工", "养老护理", "保洁", "叉车", "会计", "司机")
NEWEST = 6


def _new(request: HttpRequest) -> dict[str, object] | None:
    shown = Posting.objects.published(on=timezone.localdate()).select_related("region", "organisation")
    newest = list(shown.order_by("-posted_at", "-pk")[:NEWEST])
    return {"newest": newest, "total": overview(on=timezone.localdate())[0]} if newest else None


def _quiet(request: HttpRequest) -> dict[str, object] | None:
    found = quiet_postings(on=timezone.localdate())
    return {"postings": found} if found else None


def _cities(request: HttpRequest) -> dict[str, object] | None:
    _, counts = overview(on=timezone.localdate())
    grid = city_grid(counts)
    beside = [
        (code, place.name, counts[code]) for code in counts if code not in CITY_GRID and (place := find_place(code))
    ]
    return {"grid": grid, "beside": beside} if grid and counts else None


def _head(request: HttpRequest) -> dict[str, object]:
    today = timezone.localdate()
    shown = Posting.objects.published(on=today)
    return {
        "hot": HOT,
        "stats": [
            ("正在招人的岗位", overview(on=today)[0], "个"),
            ("核验过的用人单位", Organisation.objects.verified().filter(kind="employer").count(), "家"),
            ("今天新登记", shown.filter(posted_at__date=today).count(), "个"),
            (
                "这个月已经上岗",
                Application.objects.filter(status="hired", answered_at__date__gte=today.replace(day=1)).count(),
                "人",
            ),
        ],
    }


def _running(user: User) -> list[registry.Matter]:
    rows = Application.objects.own(user).open().select_related("posting")
    return [
        registry.Matter(
            title=f"应聘{row.posting.title}",
            url=reverse("jobs:application-show", args=[row.public_id]),
            tone=row.tone,
            state=row.get_status_display(),
            since=row.submitted_at,
            note=row.posting.employer_name,
        )
        for row in rows.order_by("-submitted_at", "-pk")[: registry.SHOWN]
    ]


def _to_review(user: User) -> int:
    return Posting.objects.to_review(user).count()


def _reported(user: User) -> int:
    return PostingReport.objects.visible_to(user).open().count()


def _to_answer(user: User) -> int:
    mine = user.organisation_ids(Role.EMPLOYER_AGENT)
    return Application.objects.unanswered().filter(posting__organisation__in=mine).count()


def _to_call(user: User) -> int:
    return CallBack.objects.visible_to(user).due(on=timezone.localdate()).count()


registry.register(
    registry.Module(
        code="call-backs",
        label="就业回访",
        icon="phone-call",
        url_name="jobs:callback-list",
        roles=frozenset(CASE_ROLES),
        order=60,
        waiting=_to_call,
        description="上岗后回访：岗位适应、待遇落实",
    ),
    registry.Module(
        code="applicants",
        label="应聘的人",
        icon="users",
        url_name="jobs:applicant-list",
        roles=frozenset({Role.EMPLOYER_AGENT}),
        order=20,
        description="看简历、约面试、录用",
    ),
    registry.Module(
        code="talent",
        label="找人才",
        icon="user-search",
        url_name="jobs:talent-list",
        roles=frozenset({Role.EMPLOYER_AGENT}),
        order=30,
        description="在愿意公开简历的人里找",
    ),
    registry.Link("invitations", "单位邀请", "jobs:invitation-list", ("account",), icon="mail-forward", order=40),
    registry.Module(
        code="posting-imports",
        label="岗位导入",
        icon="upload",
        url_name="jobs:import-list",
        roles=frozenset(OFFICERS),
        group="人和岗位",
        order=15,
        description="导入其他网站和单位的岗位表",
    ),
    registry.Module(
        code="posting-review",
        label="岗位核验",
        icon="shield-check",
        url_name="jobs:review-queue",
        roles=frozenset(OFFICERS),
        group="人和岗位",
        order=10,
        waiting=_to_review,
        description="单位新提交的岗位，核验后发布",
    ),
    registry.Module(
        code="posting-reports",
        label="岗位举报",
        icon="flag",
        url_name="jobs:report-list",
        roles=frozenset(OFFICERS),
        group="人和岗位",
        order=12,
        waiting=_reported,
        description="有人举报的和系统查出的问题岗位，核实后处理",
    ),
    registry.Module(
        code="employers",
        label="用人单位",
        icon="building",
        url_name="jobs:employer-list",
        roles=frozenset(OFFICERS),
        group="人和岗位",
        order=35,
        description="一企一档，暂停和解除",
    ),
    registry.Module(
        code="employer-desk",
        label="我的岗位",
        icon="briefcase",
        url_name="jobs:employer-desk",
        roles=frozenset({Role.EMPLOYER_AGENT}),
        order=10,
        waiting=_to_answer,
        description="发布岗位，答复应聘的人",
    ),
    registry.Module(
        code="supply",
        label="岗位供给清单",
        icon="table",
        url_name="jobs:supply-list",
        roles=frozenset(OFFICERS),
        group="人和岗位",
        order=60,
        description="每月 1 日公布的岗位表，按市、区县",
    ),
    registry.Module(
        code="fairs",
        label="招聘会",
        icon="calendar-event",
        url_name="jobs:fair-desk",
        roles=frozenset(OFFICERS),
        group="人和岗位",
        order=55,
        description="登记、审核和公布招聘会",
    ),
    registry.Module(
        code="fair-choice",
        label="招聘会",
        icon="calendar-event",
        url_name="jobs:fair-choice",
        roles=frozenset({Role.EMPLOYER_AGENT}),
        order=40,
        description="选岗位参加招聘会",
    ),
    registry.Module(
        code="partner-key",
        label="接口密钥",
        icon="lock",
        url_name="jobs:partner-own",
        roles=frozenset({Role.EMPLOYER_AGENT}),
        order=60,
        description="让招聘系统直接推送岗位",
    ),
    registry.Module(
        code="partners",
        label="岗位接口",
        icon="stack-2",
        url_name="jobs:partner-list",
        roles=frozenset({Role.SYSTEM_ADMIN}),
        group="管",
        order=40,
        description="接口密钥和拉取来源",
    ),
    registry.Tile(
        code="jobs", label="找工作", hint="岗位都核验过", icon="search", url_name="jobs:posting-list", order=10
    ),
    registry.Progress("applications", "我的投递", "jobs:application-list", _running, order=30),
    registry.Link("jobs", "找工作", "jobs:posting-list", ("main", "seeking", "tabbar"), icon="search", order=10),
    registry.Link("fairs", "招聘会", "jobs:fair-list", ("seeking",), order=70),
    registry.Link("supply", "岗位供给清单", "jobs:supply-list", ("seeking",), order=80),
    registry.Link("job-api", "岗位数据接口", "jobs:api-about", ("about",), order=80),
    registry.Link("saved", "我的收藏", "jobs:saved-list", ("account",), icon="bookmark", order=35),
    registry.Link("searches", "岗位提醒", "jobs:search-list", ("seeking", "account"), icon="bell", order=33),
    registry.Link("resume", "我的简历", "jobs:resume", ("seeking", "account"), icon="file-text", order=30),
    registry.Link(
        "applications", "我的投递", "jobs:application-list", ("seeking", "tabbar"), icon="file-check", order=20
    ),
)
registry.home_section(registry.Section("jobs-head", "jobs/_home_head.html", _head, column="head", order=10))
registry.home_section(registry.Section("jobs-cities", "jobs/_home_cities.html", _cities, order=20))
registry.home_section(registry.Section("jobs-new", "jobs/_home_new.html", _new, order=10))
registry.home_section(registry.Section("jobs-quiet", "jobs/_home_quiet.html", _quiet, order=15))
registry.register(
    registry.OwnRows(
        "resume-work",
        "工作经历",
        lambda user: Work.objects.visible_to(user),
        ("started", "ended", "employer", "title", "duties"),
    ),
    registry.OwnRows(
        "resume-education",
        "教育经历",
        lambda user: Education.objects.visible_to(user),
        ("started", "ended", "level", "school", "major"),
    ),
    registry.OwnRows("resume-skill", "技能", lambda user: Skill.objects.visible_to(user), ("name", "grade")),
    registry.OwnRows(
        "resume-certificate",
        "证书",
        lambda user: Certificate.objects.visible_to(user),
        ("name", "issuer", "issued_on", "valid_until"),
    ),
    registry.OwnRows(
        "resume-intention",
        "求职意向",
        lambda user: Intention.objects.visible_to(user).select_related("region"),
        ("title", "region", "kind", "pay_min"),
    ),
    registry.OwnRows(
        "applications",
        "投递",
        lambda user: Application.objects.own(user).select_related("posting").order_by("pk"),
        (
            "posting",
            "name",
            "phone",
            "education",
            "experience",
            "note",
            "status",
            "reason",
            "submitted_at",
            "answered_at",
        ),
    ),
    registry.OwnRows(
        "posting-reports",
        "举报的岗位",
        lambda user: PostingReport.objects.own(user).select_related("posting").order_by("pk"),
        ("posting", "reason", "text", "reported_at", "outcome", "answer"),
    ),
    registry.OwnRows(
        "searches",
        "保存的搜索",
        lambda user: SavedSearch.objects.visible_to(user).order_by("pk"),
        ("query", "frequency", "created_at"),
    ),
)
