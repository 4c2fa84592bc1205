"""The words of the registration form and of the follow-up record."""

from django.db import models


class Status(models.TextChoices):
    """Where a registration stands (domain: 草稿 → 已提交 → 核验中 → 补正 | 不予登记 | 登记有效 → 注销)."""

    DRAFT = "draft", "草稿"
    SUBMITTED = "submitted", "待核验"
    CHECKING = "checking", "核验中"
    CORRECTION = "correction", "待补正"
    REFUSED = "refused", "不予登记"
    ACTIVE = "active", "登记有效"
    DEREGISTERED = "deregistered", "已注销"
    REVOKED = "revoked", "已撤销"
    WITHDRAWN = "withdrawn", "已撤回"


OPEN = (Status.DRAFT, Status.SUBMITTED, Status.CHECKING, Status.CORRECTION, Status.ACTIVE)
"""One of these at a time, province-wide."""
TO_DECIDE = (Status.SUBMITTED, Status.CHECKING)
UNDER_WAY = (Status.DRAFT, *TO_DECIDE, Status.CORRECTION)
"""An application that has no answer yet."""
OVER = (Status.DEREGISTERED, Status.REVOKED)
"""Left the register by a decision."""


class Channel(models.TextChoices):
    ONLINE = "online", "网上"
    COUNTER = "counter", "窗口"
    ON_BEHALF = "on_behalf", "代办"
    IMPORT = "import", "历史数据导入"


class PlaceKind(models.TextChoices):
    """Where one may register: any of the four, at the person's choice."""

    HOUSEHOLD = "household", "户籍地"
    RESIDENCE = "residence", "常住地"
    WORK = "work", "就业地"
    INSURANCE = "insurance", "参保地"


class YesNo(models.TextChoices):
    """有 or 无, as the registration form asks it."""

    YES = "yes", "有"
    NO = "no", "没有"


class Answer(models.TextChoices):
    """The answer about one intention in a follow-up: never filled in by default, never carried over."""

    YES = "yes", "有"
    NO = "no", "没有"
    NOT_ASKED = "not_asked", "没问到"


class ContactChannel(models.TextChoices):
    """How the contact was made (§2.5)."""

    PHONE = "phone", "电话"
    VISIT = "visit", "实地走访"
    STATION = "station", "到站"
    WECHAT = "wechat", "微信、线上"
    SMS = "sms", "短信"


class Outcome(models.TextChoices):
    """What came of one attempt. The first two reach somebody."""

    SELF = "self", "联系上本人"
    FAMILY = "family", "联系上家属"
    NO_ANSWER = "no_answer", "没人接、没人在"
    DEAD_NUMBER = "dead_number", "空号、停机"
    DECLINED = "declined", "拒接、不愿说"


REACHED = (Outcome.SELF, Outcome.FAMILY)


class Situation(models.TextChoices):
    """How the person was found to be."""

    SEEKING = "seeking", "还在找工作"
    WORKING = "working", "说已经上班"
    BUSINESS = "business", "说在做生意"
    TRAINING = "training", "在培训、见习"
    PAUSED = "paused", "暂时不找"
    OTHER = "other", "其他情况"


class ServiceKind(models.TextChoices):
    """五类支持: what may be offered."""

    PLACEMENT = "placement", "职业介绍"
    TRAINING = "training", "技能培训"
    ASSISTANCE = "assistance", "就业援助"
    BUSINESS = "business", "创业扶持"
    POST = "post", "兜底安置"


INTENTIONS = (("job", "求职"), ("training", "培训"), ("business", "创业"))
