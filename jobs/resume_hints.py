"""What a résumé lacks, and what must not stand in one. Pure: no Django, no clock."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from core.scrub import scrub_text

_ACCOUNT = re.compile(r"(?:微信|wechat|v信|vx|wx|qq)\s*(?:号|id)?\s*[:：是为]?\s*[a-z0-9_-]{5,}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Filled:
    """How much of a résumé there is."""

    headline: bool = False
    region: bool = False
    educations: int = 0
    works: int = 0
    described_works: int = 0
    skills: int = 0
    certificates: int = 0
    intentions: int = 0
    phone: bool = False


@dataclass(frozen=True, slots=True)
class Hint:
    """One thing to add: how many points of a hundred it brings, what to say, and the section of the page."""

    points: int
    text: str
    section: str


_PARTS = (
    (30, "intentions", "写上想做什么、想在哪里干，合适的岗位才能找到您", "intention"),
    (20, "works", "写一段干过的活，短工、零工也算", "work"),
    (15, "phone", "登记手机号，投递以后单位才联系得上您", ""),
    (10, "skills", "写一两样会干的，例如开叉车、做面点", "skill"),
    (10, "educations", "写最后上的学校，初中、高中都可以", "education"),
    (5, "region", "选现在住的区县，方便找离家近的活", ""),
    (5, "described_works", "在工作经历里写一句主要做什么", "work"),
    (5, "headline", "用一句话介绍自己", ""),
)


def completeness(filled: Filled) -> tuple[int, list[Hint]]:
    """Return the points out of 100 and what would bring the rest, the weightiest first.

    Certificates count for nothing: many kinds of work need none, and their lack must not look like a fault.
    """
    missing = [Hint(points, text, section) for points, name, text, section in _PARTS if not getattr(filled, name)]
    return 100 - sum(hint.points for hint in missing), missing


def forbidden_in(texts: Sequence[str]) -> str:
    """Return the sentence that refuses texts with an identity number, a phone, a mail or chat account; "" when clean.

    A résumé may be found by employers whom the person never wrote to: how to reach them is theirs to give.
    """
    for text in texts:
        if scrub_text(text) != text:
            return "这里不要写身份证号、手机号、银行卡号或邮箱。您投递以后，单位自然看得到联系电话。请删掉后再保存。"
        if _ACCOUNT.search(text):
            return "这里不要写微信号、QQ 号。您投递以后，单位自然看得到联系电话。请删掉后再保存。"
    return ""
