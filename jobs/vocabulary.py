"""Reading the small words of postings: years of experience, headcount, welfare, kind, education. No Django here."""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from people.reference import education_code

MAX_YEARS = 40
MAX_HEADCOUNT = 10_000
MAX_WELFARE = 20
WELFARE_LENGTH = 24

_DIGITS = {"一": "1", "二": "2", "两": "2", "三": "3", "四": "4", "五": "5", "六": "6", "七": "7", "八": "8", "九": "9"}
_CHINESE_YEARS = re.compile(r"(十?)([一二两三四五六七八九]?)(?=年|个月)")
_YEARS = re.compile(r"(\d{1,2})(?:年)?(?:\s*[-~至到—–]\s*(\d{1,2}))?\s*年")
_BARE_RANGE = re.compile(r"^(\d{1,2})\s*[-~至到—–]\s*(\d{1,2})$")
_UP = re.compile(r"以上|及以上|起|\+|不少于|至少|以外")
_DOWN = re.compile(r"以下|以内|不满|内")
_NONE = re.compile(
    r"不限|无需|不需|无经验|无工作经验|没经验|无要求|不要求|应届|在校|在读|毕业生|零基础|0基础|小白|实习"
)

_HEADCOUNT = re.compile(r"(\d{1,6})\s*(?:[-~至到—–]\s*(\d{1,6})\s*)?(?:人|名|位|个)?")

_WELFARE_BREAK = re.compile(r"[|｜,，、;；/\\\n\r\t+]+")
_WELFARE_WORDS = re.compile(
    "五险一金|六险一金|七险一金|六险二金|五险|补充医疗保险|补充公积金|商业保险|带薪年假|带薪病假|年底双薪|年终奖金?|绩效奖金|全勤奖"
    "|项目奖金|股票期权|期权激励|周末双休|做五休二|双休|单休|弹性工作|不加班|加班补助|加班费|员工旅游|出国机会|定期体检|节日福利"
    "|生日福利|交通补[贴助]|餐饮?补[贴助]?|饭补|通讯补[贴助]|话补|住房补[贴助]|房补|高温补贴|采暖补贴|免费班车|班车|包吃住?|包住"
    "|提供食宿|提供宿舍|员工宿舍|免费工作餐|零食下午茶|专业培训|岗前培训|岗位晋升|晋升空间大?|股权激励|扁平管理|团队聚餐|健身房"
)

_KINDS = (
    ("public_welfare", re.compile(r"公益性?岗位?")),
    ("gig", re.compile(r"零工|日结|小时工|钟点工|临时工|短工|临促|短期工")),
    ("part_time", re.compile(r"兼职|非全日制|半职")),
    ("internship", re.compile(r"实习|见习")),
)
_NO_KIND = re.compile(
    r"(?:不|非|无需|勿|拒绝|禁止)(?:接受|招|收|要)?(?:兼职|实习|零工|日结)|实习(?:指导|管理|教师|基地|督导|期)"
)


_SUITS = (
    ("over_45", re.compile(r"4[05]\s*(?:岁|周岁)?(?:以上|及以上)|大龄|中老年")),
    ("disabled", re.compile(r"残疾|残障")),
    ("no_experience", re.compile(r"无需经验|没经验|无经验|零基础|0基础|新手")),
    ("graduates", re.compile(r"应届|毕业生|在校")),
    ("veterans", re.compile(r"退役|退伍|复员|军人")),
    ("near_home", re.compile(r"就近|家门口|附近|本地居民")),
)
_NAMED_KINDS = (*_KINDS, ("full_time", re.compile(r"全职|全日制|正式|长期|固定")))
_MONTHS = re.compile(r"(\d{1,3}|半|十[一二]?|[一二两三四五六七八九])\s*个?(月|年|$)")
_TENS = {"半": 6, "十": 10, "十一": 11, "十二": 12}


class Years(NamedTuple):
    """Years of experience: from, and to where the text says so."""

    low: int
    high: int | None


@lru_cache(maxsize=5_000)
def experience_years(text: str) -> Years | None:
    """Read "1-3年", "3年以上", "2年经验", "1年以内", "无需经验", "应届"; None when the text says nothing about years.

    A single number is a minimum: "2年经验" wants two years or more.
    """
    words = _plain(text)
    words = _CHINESE_YEARS.sub(_years_in_digits, words)
    found = _YEARS.search(words) or _BARE_RANGE.match(words)
    if found is None:
        return Years(0, None) if _NONE.search(words) else None
    low, high = int(found[1]), int(found[2]) if found[2] else None
    rest = words[found.end() :]
    if high is not None:
        low, high = min(low, high), max(low, high)
    elif _DOWN.match(rest.removeprefix("经验")) and not _UP.match(rest):
        low, high = 0, low
    return Years(low, high) if max(low, high or 0) <= MAX_YEARS else None


@lru_cache(maxsize=5_000)
def headcount(text: str) -> int | None:
    """Read "招1人", "5名", "10-20人" (the larger); 若干 and what is no number are None."""
    words = _plain(text).replace(",", "")
    found = _HEADCOUNT.search(words)
    if found is None:
        return None
    number = max(int(found[1]), int(found[2] or 0))
    return number if 0 < number <= MAX_HEADCOUNT else None


@lru_cache(maxsize=20_000)
def welfare(text: str) -> tuple[str, ...]:
    """Cut a welfare text into short tags, each once: "五险一金|带薪年假", "五险一金周末双休", "免费早餐 班车"."""
    tags: list[str] = []
    for part in _WELFARE_BREAK.split(text):
        for piece in part.split():
            tags += [piece] if len(piece) <= 8 and not _runs_on(piece) else _welfare_words(piece)
    return tuple(dict.fromkeys(tags))[:MAX_WELFARE]


def _runs_on(piece: str) -> bool:
    """Whether several tags are written without a sign between them."""
    return len(_WELFARE_WORDS.findall(piece)) > 1


def _welfare_words(piece: str) -> list[str]:
    """Cut tags that are written without a sign between them; what lies between known ones is kept when it is short."""
    found: list[str] = []
    at = 0
    for match in _WELFARE_WORDS.finditer(piece):
        found += [piece[at : match.start()], match[0]]
        at = match.end()
    found.append(piece[at:])
    return [tag for tag in found if 1 < len(tag) <= WELFARE_LENGTH]


@lru_cache(maxsize=50_000)
def kind(*texts: str) -> str:
    """Guess the kind of work from a title, a pay text, tags: a value of `Posting.Kind`; full-time when nothing is said."""
    words = _NO_KIND.sub("", " ".join(texts))
    return next((name for name, pattern in _KINDS if pattern.search(words)), "full_time")


@lru_cache(maxsize=2_000)
def kind_named(text: str) -> str:
    """Return the kind of work that a column names (全职, 兼职, 零工, 见习, 公益性岗位); "" when it names none."""
    return next((name for name, pattern in _NAMED_KINDS if pattern.search(text)), "") if text else ""


@lru_cache(maxsize=2_000)
def suits_named(text: str) -> tuple[str, ...]:
    """Return whom a text welcomes, as values of `Suits`: "45岁以上、残疾人友好"."""
    return tuple(name for name, pattern in _SUITS if pattern.search(text)) if text else ()


@lru_cache(maxsize=20_000)
def tags(text: str) -> tuple[str, ...]:
    """Cut a text of short words into them, each once: "焊工证、看图纸"."""
    found = (piece.strip() for piece in _WELFARE_BREAK.split(text))
    return tuple(dict.fromkeys(piece for piece in found if 0 < len(piece) <= WELFARE_LENGTH))[:MAX_WELFARE]


@lru_cache(maxsize=2_000)
def months(text: str) -> int | None:
    """Read "3个月", "三个月", "半年", "2"; 无 and 没有 are 0, anything else None."""
    words = _plain(text)
    if words in ("无", "没有", "不设", "无试用期", "没有试用期"):
        return 0
    found = _MONTHS.search(words)
    if found is None:
        return None
    number = int(_DIGITS.get(found[1]) or _TENS.get(found[1]) or found[1])
    return number * (12 if found[2] == "年" and found[1] != "半" else 1)


@lru_cache(maxsize=2_000)
def education(text: str) -> str:
    """Return the GB/T 4658 code that a posting asks for; "" when it asks for none or writes something else."""
    return education_code(_plain(text)) or ""


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text[:100]).strip().lower()


def _years_in_digits(match: re.Match[str]) -> str:
    if not match[0]:
        return ""
    tens, ones = match[1], _DIGITS.get(match[2], "")
    return f"1{ones or 0}" if tens else ones
