"""就业登记和解除备案: who works where since when, until when, and how late that was reported."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from core import audit
from core.models import PublicModel, VersionedModel
from core.triggers import AppendOnly, Stamp
from people.models import Organisation, Person, User
from people.roles import Role
from unemployment.models.registration import OFFICERS, READERS, Registration
from unemployment.models.upload import Upload, UploadRow

ENTERERS = OFFICERS | {Role.COMMUNITY_WORKER, Role.STATION_STAFF}
"""Those who take employments down at a counter."""


class EmploymentKind(models.TextChoices):
    UNIT = "unit", "单位就业"
    FLEXIBLE = "flexible", "灵活就业"
    OWN = "own", "个体经营"


class EndReason(models.TextChoices):
    """Why an employment ended. The last two are 自然减员: they lower the count of new jobs in town."""

    EXPIRED = "expired", "合同期满"
    EMPLOYER = "employer", "用人单位解除"
    EMPLOYEE = "employee", "本人解除"
    AGREED = "agreed", "双方协商解除"
    CLOSED = "closed", "单位或本人停业"
    OTHER = "other", "其他"
    RETIRED = "retired", "退休"
    DIED = "died", "死亡"


NATURAL = (EndReason.RETIRED, EndReason.DIED)


class EmploymentQuerySet(models.QuerySet["Employment"]):
    def for_staff(self, user: User) -> Self:
        """Return those of the regions one serves, by the place of work or by where the person is counted; never one's own."""
        paths = user.regions(*READERS)
        found = self.filter(Q(region__path__within=paths) | Q(home_region__path__within=paths))
        return found.exclude(person=user.person_id) if user.person_id else found

    def visible_to(self, user: User) -> Self:
        """Return one's own, those at the organisations one acts for, and those one sees by office."""
        mine = Q(person=user.person_id) if user.person_id else Q(pk=None)
        mine |= Q(employer__in=user.organisation_ids(Role.EMPLOYER_AGENT))
        paths = user.regions(*READERS)
        office = Q(region__path__within=paths) | Q(home_region__path__within=paths)
        return self.filter(mine | office) if paths else self.filter(mine)

    def open(self) -> Self:
        """Return those that go on."""
        return self.filter(ended_on=None)

    def on(self, day: date) -> Self:
        """Return those in force on a day, the first and the last one included."""
        return self.filter(Q(ended_on=None) | Q(ended_on__gte=day), started_on__lte=day)

    def late(self) -> Self:
        """Return those whose beginning or end was reported after the term."""
        return self.filter(Q(late_days__gt=0) | Q(end_late_days__gt=0))


@audit.track(bulk=True)
class Employment(PublicModel, VersionedModel):
    """One employment of one person: hired at an employer, working flexibly, or in business on one's own.

    就业服务与就业管理规定 62: reported within 30 days of the hire, its end within 15 days. Late is shown, never refused.
    """

    Kind = EmploymentKind
    EndReason = EndReason

    class Channel(models.TextChoices):
        COUNTER = "counter", "窗口"
        ROSTER = "roster", "单位名册"
        DATA = "data", "社保比对，人工核实"

    person = models.ForeignKey(Person, models.PROTECT, related_name="employments", verbose_name="本人")
    kind = models.CharField("就业形式", max_length=8, choices=EmploymentKind.choices)
    employer = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="employments", verbose_name="用人单位"
    )
    work_place = models.CharField("在哪里做", max_length=128, blank=True, default="")
    title = models.CharField("岗位、做什么", max_length=60, blank=True, default="")
    region = models.ForeignKey("people.Region", models.PROTECT, related_name="+", verbose_name="工作地")
    home_region = models.ForeignKey(
        "people.Region", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="本人计入的地区"
    )
    """Where the person counts: the 管理地 of the registration in force on the first day, else where they live."""
    registration = models.ForeignKey(
        Registration,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="employments",
        verbose_name="上岗时有效的失业登记",
    )
    started_on = models.DateField("上岗日期")
    reported_on = models.DateField("登记日期")
    late_days = models.PositiveIntegerField("超过期限几天", default=0)
    ended_on = models.DateField("解除日期", null=True, blank=True)
    end_reported_on = models.DateField("解除备案日期", null=True, blank=True)
    end_late_days = models.PositiveIntegerField("解除备案超过期限几天", null=True, blank=True)
    end_reason = models.CharField("解除原因", max_length=8, choices=EndReason.choices, blank=True, default="")
    channel = models.CharField("登记渠道", max_length=8, choices=Channel.choices, default=Channel.COUNTER)
    number = models.CharField("登记编号", max_length=32, unique=True, editable=False)
    entered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="登记人")
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="备案人")
    is_demo = models.BooleanField("演示数据", default=False)
    created_at = models.DateTimeField("录入时间", default=timezone.now)

    objects = EmploymentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "就业登记"
        indexes = [
            models.Index(fields=["region", "-started_on"], name="employment_region"),
            models.Index(fields=["home_region", "-started_on"], name="employment_home"),
            models.Index(fields=["person", "-started_on"], name="employment_person"),
            models.Index(fields=["employer", "-ended_on"], name="employment_employer"),
            models.Index(fields=["started_on"], name="employment_started"),
            models.Index(fields=["ended_on"], condition=Q(ended_on__isnull=False), name="employment_ended"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "employer"],
                condition=Q(ended_on=None, employer__isnull=False),
                name="employment_one_open",
                violation_error_message="此人在这个单位已经有一份没有解除的就业登记。",
            ),
            models.UniqueConstraint(
                fields=["person", "kind"],
                condition=Q(ended_on=None, employer=None),
                name="employment_one_open_alone",
                violation_error_message="此人已经有一份同样形式、没有结束的就业登记。",
            ),
            models.UniqueConstraint(
                fields=["person", "employer", "started_on"],
                condition=Q(employer__isnull=False),
                name="employment_once",
                violation_error_message="此人在这个单位、从这一天起的就业已经登记过。",
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(ended_on__gte=F("started_on")),
                name="employment_ends_after_start",
                violation_error_message="解除日期不能早于上岗日期。",
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None, end_reported_on=None, end_late_days=None, end_reason="")
                | (
                    Q(ended_on__isnull=False, end_reported_on__isnull=False, end_late_days__isnull=False)
                    & ~Q(end_reason="")
                ),
                name="employment_end_complete",
                violation_error_message="解除备案要写明日期和原因。",
            ),
            models.CheckConstraint(
                condition=Q(kind="unit", employer__isnull=False)
                | Q(kind="flexible", employer=None) & ~Q(work_place="")
                | (Q(kind="own") & (Q(employer__isnull=False) | ~Q(work_place=""))),
                name="employment_has_place",
                violation_error_message="单位就业要写用人单位；灵活就业、个体经营要写在哪里做。",
            ),
            models.CheckConstraint(
                condition=Q(reported_on__gte=F("started_on")) | Q(late_days=0),
                name="employment_late_after_start",
                violation_error_message="登记日期早于上岗日期的，不算超期。",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_open(self) -> bool:
        return self.ended_on is None

    @property
    def place(self) -> str:
        """The employer's name, or where the person works."""
        return self.employer.name if self.employer else self.work_place


class RosterQuerySet(models.QuerySet["Roster"]):
    def visible_to(self, user: User) -> Self:
        """Return those of the employers one acts for, and those of employers in the regions one serves."""
        mine = Q(employer__in=user.organisation_ids(Role.EMPLOYER_AGENT))
        return self.filter(mine | Q(employer__region__path__within=user.regions(*ENTERERS)))


@audit.track()
class Roster(Upload):
    """An employer's list of hires and terminations: uploaded, looked at, taken over row by row in the worker."""

    employer = models.ForeignKey(Organisation, models.PROTECT, related_name="rosters", verbose_name="用人单位")
    hired = models.PositiveIntegerField("登记上岗", default=0)
    ended = models.PositiveIntegerField("备案解除", default=0)
    unchanged = models.PositiveIntegerField("以前登记过", default=0)
    rejected = models.PositiveIntegerField("没有登记", default=0)
    late = models.PositiveIntegerField("其中超过期限", default=0)

    objects = RosterQuerySet.as_manager()

    class Meta(Upload.Meta):
        verbose_name = verbose_name_plural = "单位名册"
        indexes = [models.Index(fields=["employer", "-created_at"], name="roster_employer")]

    def __str__(self) -> str:
        return f"名册 {self.received_on}"


class RosterRow(UploadRow):
    """What became of one row of a roster; written in the same transaction as the employment itself."""

    class Outcome(models.TextChoices):
        HIRED = "hired", "登记上岗"
        ENDED = "ended", "备案解除"
        BOTH = "both", "登记上岗并备案解除"
        UNCHANGED = "unchanged", "以前登记过，没有变化"
        REJECTED = "rejected", "没有登记"

    roster = models.ForeignKey(Roster, models.PROTECT, related_name="rows", db_index=False, verbose_name="名册")
    outcome = models.CharField("结果", max_length=10, choices=Outcome.choices)

    class Meta:
        verbose_name = verbose_name_plural = "名册逐行结果"
        triggers = (AppendOnly(), Stamp())
        constraints = [
            models.UniqueConstraint(
                fields=["roster", "line"], name="rosterrow_once", violation_error_message="这一行已经有结果。"
            )
        ]


class MatchQuerySet(models.QuerySet["EmploymentMatch"]):
    def visible_to(self, user: User) -> Self:
        """Return those of the regions one serves; never those about oneself."""
        found = self.filter(region__path__within=user.regions(*ENTERERS))
        return found.exclude(person=user.person_id) if user.person_id else found

    def open(self) -> Self:
        return self.filter(status=EmploymentMatch.Status.OPEN)


@audit.track(bulk=True)
class EmploymentMatch(PublicModel, VersionedModel):
    """What the comparison with 社保 found: contributions without an employment, or an employment without contributions.

    A question for a person. Nothing is registered or ended by it until somebody has asked and written down what they heard.
    """

    class Kind(models.TextChoices):
        HIRE = "hire", "单位在缴费，没有就业登记"
        END = "end", "就业登记没有解除，单位已停缴"

    class Status(models.TextChoices):
        OPEN = "open", "待核实"
        TAKEN = "taken", "已核实登记"
        DISMISSED = "dismissed", "核实后不登记"

    person = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="本人")
    employer = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="用人单位")
    region = models.ForeignKey("people.Region", models.PROTECT, related_name="+", verbose_name="单位所在地")
    kind = models.CharField("比对结果", max_length=4, choices=Kind.choices)
    since = models.DateField("从哪天起")
    status = models.CharField(
        "状态", max_length=10, choices=Status.choices, default=Status.OPEN, db_default=Status.OPEN
    )
    found_on = models.DateField("比对日期")
    data_as_of = models.DateField("社保数据日期")
    employment = models.ForeignKey(
        Employment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="就业登记"
    )
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="核实人")
    decided_at = models.DateTimeField("核实时间", null=True, blank=True)
    note = models.CharField("怎么核实的", max_length=255, blank=True, default="", db_default="")

    objects = MatchQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "社保比对"
        indexes = [models.Index(fields=["region", "status"], name="match_region")]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "employer", "kind"],
                condition=Q(status="open"),
                name="match_one_open",
                violation_error_message="这一条比对结果正等人核实。",
            ),
            models.CheckConstraint(
                condition=Q(status="open") | (Q(decided_by__isnull=False, decided_at__isnull=False) & ~Q(note="")),
                name="match_decided_by_person",
                violation_error_message="比对结果必须由人核实，并写明怎么核实的。",
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
