"""Reading pay as job sites write it: "8千-1.2万·13薪", "150元/天", "20-30万/年", "15-30k·14薪". No Django here.

A text is understood as one or two amounts with units, a period, and how many monthly pays a year has. A text that
names no amount (面议, 计件) is None. A paid month has 21.75 days of 8 hours (人社部发〔2025〕2号).
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

DAYS = Decimal("21.75")
HOURS = DAYS * 8
WEEKS = DAYS / 5
MOST_PAY = 10_000_000
"""At most so many yuan for any period. Beyond it a number is a slip of the pen (100000000元/天), and an hour's pay of more
would be more a month than the database's integers hold."""
MAX_LENGTH = 200
YEARLY_FROM = Decimal(100_000)
"""From here on an amount in 万 or yuan without a period is taken for a year's pay; sites that write K mean a month."""
BARE_FROM = Decimal(500)
"""A number with neither unit nor period below this is not taken for pay."""

UNITS = {"万": 10_000, "w": 10_000, "千": 1_000, "k": 1_000, "百": 100}
PERIODS = {
    "year": "年|year|yr|annum",
    "month": "个?月|month|mon|mo|m(?![a-z])",
    "week": "周|星期|week",
    "hour": "个?小时|个?钟头?|[课工学]时|时|hour|hr|h(?![a-z])",
    "day": "工作日|工日|个?工(?!时)|天|日|班|day",
    "piece": "计?件|单|次|趟|个|篇|场|节课?|台|套|平方米?|平米?|米|吨|公里|斤|人|票|车",
}
# 元/月, /天, 每小时, 元一天, 元每件
AFTER = re.compile(
    r"(?:元|块钱?|圆|人民币|rmb|cny|yuan)?(?:\((?:税[前后]|含税)\))?(?:左右)?(?:[/每]人(?=[/每]))?(?:/|每|一|1(?=[天个小])|per)(?:"
    r"(?P<shift>(?:8|9|1[0-2])(?:个?小时|h(?![a-z])))|"
    + "|".join(f"(?P<{name}>{words})" for name, words in PERIODS.items())
    + ")"
)
# "元" may stand right before the period: "150元天", never a bare "5天".
AFTER_YUAN = re.compile(
    r"元(?:1?(?:(?P<month>个?月)|(?P<day>天|日)|(?P<hour>个?小?时))|(?P<year>年(?!终))|(?P<piece>件))"
)
BEFORE = re.compile(
    "(?P<year>年薪|年收入|年总包|年包|每年|一年)|(?P<month>月薪|月收入|月工资|每个?月|底薪|保底)|(?P<week>周薪|每周|周结)"
    "|(?P<hour>时薪|(?:小时|钟点)工?工资|每个?小时|每课时|课时费)|(?P<day>日薪|日工资|日结|每天|每日|一天)"
    "|(?P<shift>(?<!天)(?:8|9|1[0-2])个?小时$)|(?P<piece>每件|每单|计件|单价|提成每)"
)
NUMBER = r"(?:\d+(?:\.\d+)?|\.\d+)"
UNIT = r"(?:[万w千百]|k)"
CURRENCY = r"(?:元|块钱?|圆|rmb|[¥$])?"
PER = r"(?:(?:/|每)(?:年|个?月|周|天|日|小?时))?"
# 1.5万, 8k, 6000, and the spoken 1万2 and 8千5
AMOUNT = rf"(?P<{{0}}>{NUMBER})(?P<{{0}}_unit>{UNIT})?(?P<{{0}}_rest>(?<=[万千])\d(?![\d.])[千百]?)?"
RANGE = re.compile(
    rf"(?<![\d.a-z])(?<!\d:)(?:(?P<below>不超过|最高|至多)|(?P<above>不低于|最低|至少|不少于|大于))?{CURRENCY}"
    rf"{AMOUNT.format('low')}{CURRENCY}(?:{PER}(?:[-~到至]|以上-){CURRENCY}{AMOUNT.format('high')}(?![\d:])|(?![\d:]))"
)
BOUND = re.compile(rf"{CURRENCY}{PER}(?:(?P<above>以上|及以上|起|\+)|(?P<below>以下|以内|及以下|封顶))")
MONTHS = re.compile(
    r"[·•∙・*x×,;/|(-]*(?P<months>1[2-9]|2[0-4])(?:\.\d)?(?:[-~]\d\d)?个?月?薪[)]?(?:以上|起)?"
    r"|(?<=[\d千万kw元月])[*x×](?P<times>1[2-9]|2[0-4])(?!\d)"
)
THIRTEENTH = re.compile(r"(?:年底|年终)?双薪")
DATES = re.compile(r"\d{4}年\d{1,2}月(?:\d{1,2}日?)?|\d{1,2}月\d{1,2}日|\d{1,2}:\d{2}")

# What the pay text says first is not always the pay: 试用期3000，转正后4000-6000.
SETTLED = re.compile(r"转正(?:后|之后)?(?:[:为是]|工资|薪资|月薪|综合)*(?=[¥]?\d)")
# 4000/5000 and 4000,5000 are two amounts; 3、4千 is 3-4千; 三到五千 shares its unit.
PAIR = re.compile(r"(?<!\d)(\d{4,6})[/,](\d{4,6})(?![\d.])|(?<![\d.])(\d)、(\d)(?=[千万kw])")
SHARED_UNIT = re.compile("(?<![万千百十\\d])([一二两三四五六七八九])[-~到至、]([一二两三四五六七八九])(?=[千万百])")
AFTER_WAN = re.compile("(?<=\\d[万千])[一二三四五六七八九]")
OVER_TEN_THOUSAND = re.compile("[过上破]万(?!\\d)|(?<![\\d零一二两三四五六七八九十百千几数])万元?(?=以上|起)")
COMMA = re.compile(r"(?<=\d)[,'](?=\d{3}(?!\d))")
DASH = re.compile(r"(?:[‐‑‒–—―−ー﹣-]|--)+")
TILDE = re.compile(r"[~〜∼～]+")
BLANK = re.compile(r"\s+")
BETWEEN_NUMBERS = re.compile(r"(?<=\d)\s+(?=\d)")
NUMERAL = re.compile(
    "[两一二三四五六七八九十][零一二两三四五六七八九十百千万]*[百千万][零一二两三四五六七八九十百千万]*|十[一二三四五](?=薪)"
)
DIGITS = {char: number for number, char in enumerate("零一二三四五六七八九")} | {"两": 2}
PLACES = {"十": 10, "百": 100, "千": 1_000}


@dataclass(frozen=True, slots=True)
class Pay:
    """What a posting pays, in yuan.

    `min` and `max` are per `period` (month, day, hour, year, piece); 以上 gives both the one amount that is named,
    以下 starts at 0. `months` counts the monthly pays of a year. `monthly_*` leave the 13th and further pays out and
    are None for piece work, which has no fixed month.
    """

    min: Decimal
    max: Decimal
    period: str
    months: int
    monthly_min: int | None
    monthly_max: int | None


@lru_cache(maxsize=20_000)
def parse_pay(text: str) -> Pay | None:
    """Read a pay text; None when it names no amount that can be believed."""
    words = normalise(text)
    months, words = _months(words)
    if settled := SETTLED.search(words):
        words = words[settled.end() :]
    for match in RANGE.finditer(words):
        period = _period(words, match).replace("shift", "day")
        amounts = _amounts(words, match, period)
        if amounts is None:
            continue
        low, high = amounts
        return _pay(low, high, period or _guess(words, match, low), months)
    return None


def normalise(text: str) -> str:
    """Return a text in half-width lower case without blanks, thousands commas and Chinese numerals."""
    words = unicodedata.normalize("NFKC", text[:MAX_LENGTH]).lower().replace("萬", "万").replace("仟", "千")
    words = BLANK.sub("", BETWEEN_NUMBERS.sub("#", words)).replace("￥", "¥").replace("--", "-")
    words = COMMA.sub("", TILDE.sub("~", DASH.sub("-", words)))
    words = SHARED_UNIT.sub(lambda found: f"{DIGITS[found[1]]}-{DIGITS[found[2]]}", words)
    words = AFTER_WAN.sub(lambda found: str(DIGITS[found[0]]), OVER_TEN_THOUSAND.sub("1万", words))
    words = DATES.sub("#", NUMERAL.sub(lambda found: _numeral(found[0]), words))
    return PAIR.sub(lambda found: "-".join(filter(None, found.groups())), words)


def _numeral(text: str) -> str:
    """Return 八千 as 8000, 一万二 as 12000, 三千五 as 3500, 十三 as 13."""
    total = section = digit = 0
    last = 1
    for char in text:
        if char in DIGITS:
            digit = DIGITS[char]
        elif char == "万":
            total, section, digit, last = total + (section + digit or 1) * 10_000, 0, 0, 10_000
        else:
            section, digit, last = section + (digit or 1) * PLACES[char], 0, PLACES[char]
    if digit and last >= 100 and text[-2] in "万千百":
        digit *= last // 10
    return str(total + section + digit)


def _months(words: str) -> tuple[int, str]:
    """Take "·13薪" out of a text, so that its number is not read as pay."""
    if found := MONTHS.search(words):
        return int(found["months"] or found["times"]), words[: found.start()] + "#" + words[found.end() :]
    return (13 if THIRTEENTH.search(words) else 12), words


def _period(words: str, match: re.Match[str]) -> str:
    """Return the period that is written after the amounts, between them or before them; "" when none is."""
    tail = words[match.end() :]
    bound = BOUND.match(tail)
    places = [tail, tail[bound.end() :] if bound else "", words[match.end("low") : match.end()]]
    for place in places:
        for pattern in (AFTER, AFTER_YUAN):
            if place and (found := pattern.match(place)):
                return found.lastgroup or ""
    # "元" belongs to the match already: 150元 + 天
    if match[0].endswith(("元", "块")) and (found := AFTER_YUAN.match("元" + tail)):
        return found.lastgroup or ""
    before = list(BEFORE.finditer(words[: match.start()]))
    if before:
        return before[-1].lastgroup or ""
    end = tail[bound.end() :] if bound else tail
    loose = re.match(r"[(]?(?:月薪|(?P<month>/?月)|(?P<year>年薪)|(?P<day>日[薪结])|(?P<hour>时薪))", end)
    return (loose.lastgroup or "month") if loose else ""


def _amounts(words: str, match: re.Match[str], period: str) -> tuple[Decimal, Decimal] | None:
    """Return the lower and upper amount in yuan, or None when the numbers are no pay (ages, hours, counts)."""
    unit_low, unit_high = match["low_unit"] or "", match["high_unit"] or ""
    low_text, high_text = match["low"], match["high"]
    low = _yuan(low_text, unit_low, match["low_rest"])
    bound = BOUND.match(words, match.end())
    above, below = match["above"] or (bound and bound["above"]), match["below"] or (bound and bound["below"])
    if high_text is None:
        high = low
        low = Decimal(0) if below and not above else low
    else:
        high = _yuan(high_text, unit_high, match["high_rest"])
        if not unit_low and unit_high:
            low = _shared(low_text, unit_high, high)
        elif unit_low and not unit_high and Decimal(high_text) < 1000:
            high = Decimal(high_text) * UNITS[unit_low]
    low, high = min(low, high), max(low, high)
    written = unit_low or unit_high or period or re.search("元|块|[¥$]|rmb", match[0] + words[match.end() :][:3])
    most = MOST_PAY / WEEKS if period == "week" else MOST_PAY
    if high <= 0 or high > most or not (written or (low or high) >= BARE_FROM):
        return None
    if period in ("", "month", "year") and high < 100:
        return None
    return low, high


def _shared(text: str, unit: str, high: Decimal) -> Decimal:
    """Read the first amount of "0.8-1.2万" with the second's unit, that of "8-1.2万" as thousands, of "6000-1万" as yuan."""
    low = Decimal(text) * UNITS[unit]
    if low <= high:
        return low
    if unit in "万w" and Decimal(text) * 1000 <= high:
        return Decimal(text) * 1000
    return Decimal(text) if Decimal(text) >= 100 else low


def _yuan(text: str, unit: str, rest: str | None) -> Decimal:
    amount = Decimal(text) * UNITS.get(unit, 1)
    if rest:
        amount += int(rest[0]) * UNITS.get(rest[1:], UNITS[unit] // 10)
    return amount


def _guess(words: str, match: re.Match[str], low: Decimal) -> str:
    """Say for what an amount without a period is paid."""
    units = {match["low_unit"], match["high_unit"]} - {None}
    return "year" if low >= YEARLY_FROM and (not units or units & {"万", "w"}) else "month"


def _pay(low: Decimal, high: Decimal, period: str, months: int) -> Pay:
    if period == "week":
        low, high, period = low * WEEKS, high * WEEKS, "month"
    monthly = list(_monthly((low, high), period))
    return Pay(_cents(low), _cents(high), period, months, *monthly)


def _monthly(amounts: tuple[Decimal, Decimal], period: str) -> Iterator[int | None]:
    factor = {"month": Decimal(1), "year": Decimal(1) / 12, "day": DAYS, "hour": HOURS}.get(period)
    for amount in amounts:
        yield None if factor is None else int((amount * factor).quantize(Decimal(1), ROUND_HALF_UP))


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)
