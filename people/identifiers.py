"""Numbers that people and organisations carry: checked, brought to one form, and masked. Pure functions.

Messages never repeat the number: they may end up in logs and on screens that others see.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from core.errors import DomainError


class Sex(StrEnum):
    """GB/T 2261.1."""

    MALE = "1"
    FEMALE = "2"


class InvalidId(DomainError):
    """The number cannot be right; the message says what to check."""


@dataclass(frozen=True, slots=True)
class IdNumber:
    """A citizen's number (GB 11643) in its 18-character form, and what it tells.

    `warnings` are sentences for the officer, not grounds to refuse: the area code is that of the first issue, and many
    were abolished since (see docs/decisions).
    """

    number: str
    birth_date: date
    sex: Sex
    area: str
    warnings: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"<IdNumber {mask_id(self.number)}>"

    __str__ = __repr__


ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
ID_CHECKS = "10X98765432"
# GB/T 2260 provinces, the three residence-permit prefixes (81, 82, 83) and that of foreign permanent residents (9).
PROVINCES = frozenset(
    f"{code}"
    for code in (*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66))
) | {"71", "81", "82", "83"}
CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CREDIT_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)


def check_id_number(text: str, *, on: date | None = None) -> IdNumber:
    """Check a citizen's identity number, 18 characters or the old 15 digits.

    :param on: when given, a birth date after it is refused.
    :raises InvalidId: wrong length, character, date or check character.
    """
    number = _clean(text)
    warnings = []
    if len(number) == 15 and _all_digits(number):
        number = upgrade_15_to_18(number)
        warnings.append("这是 15 位旧号码，已按国家标准换算成 18 位，请与现用证件核对。")
    if not number:
        raise InvalidId("请填写身份证号码。")
    if len(number) != 18:
        raise InvalidId(f"身份证号码应是 18 位，现在是 {len(number)} 位。请对照证件逐位核对。")
    if not (_all_digits(number[:17]) and number[17] in ID_CHECKS):
        raise InvalidId("身份证号码只能是数字，最后一位可以是 X。请对照证件逐位核对。")
    birth_date = _birth_date(number[6:14], on)
    if id_check_character(number[:17]) != number[17]:
        raise InvalidId("身份证号码没有通过校验，多半是有一位写错了。请对照证件逐位核对。")
    if number[:2] not in PROVINCES and number[0] != "9":
        warnings.append("号码开头的地区代码不在现行代码表内，请与证件核对。")
    sex = Sex.MALE if int(number[16]) % 2 else Sex.FEMALE
    return IdNumber(number, birth_date, sex, number[:6], tuple(warnings))


def upgrade_15_to_18(number: str) -> str:
    """Turn a 15-digit number of before 1999 into the 18 characters of GB 11643-1999.

    :raises InvalidId: when it is not 15 digits or holds no date.
    """
    number = _clean(number)
    if len(number) != 15 or not _all_digits(number):
        raise InvalidId("旧身份证号码应是 15 位数字。请对照证件核对。")
    _birth_date("19" + number[6:12], None)
    body = number[:6] + "19" + number[6:]
    return body + id_check_character(body)


def id_check_character(body: str) -> str:
    """Return the check character (ISO 7064 MOD 11-2) for the first 17 digits."""
    return ID_CHECKS[sum(int(digit) * weight for digit, weight in zip(body, ID_WEIGHTS, strict=True)) % 11]


def check_credit_code(text: str) -> str:
    """Check an organisation's unified social credit code (GB 32100) and return it in capitals.

    :raises InvalidId: wrong length, character or check character.
    """
    code = _clean(text)
    if not code:
        raise InvalidId("请填写统一社会信用代码。")
    if len(code) != 18:
        raise InvalidId(f"统一社会信用代码应是 18 位，现在是 {len(code)} 位。请对照营业执照核对。")
    if any(character not in CREDIT_ALPHABET for character in code):
        raise InvalidId("统一社会信用代码只有数字和大写字母，并且没有 I、O、S、V、Z。请对照营业执照核对。")
    if credit_check_character(code[:17]) != code[17]:
        raise InvalidId("统一社会信用代码没有通过校验，多半是有一位写错了。请对照营业执照核对。")
    return code


def credit_check_character(body: str) -> str:
    """Return the check character for the first 17 characters of a credit code."""
    total = sum(CREDIT_ALPHABET.index(letter) * weight for letter, weight in zip(body, CREDIT_WEIGHTS, strict=True))
    return CREDIT_ALPHABET[-total % 31]


def check_phone(text: str) -> str:
    """Check a mainland mobile number and return its eleven digits.

    :raises InvalidId: when it is none.
    """
    number = re.sub(r"^(\+|00)?86(?=1\d{10}$)", "", _clean(text))
    if not re.fullmatch(r"1[3-9]\d{9}", number):
        raise InvalidId("手机号码应是 1 开头的 11 位数字。请核对后重新填写。")
    return number


def check_contact_number(text: str) -> str:
    """Check a mobile or a fixed-line number (area code and number, an extension after a dash) and return its one form.

    :raises InvalidId: when it is neither.
    """
    raw = unicodedata.normalize("NFKC", text).strip()
    line = re.fullmatch(r"\(?(0\d{2,3})\)?[\s-]*([2-9]\d{6,7})(?:(?:\s*-\s*|转)(\d{1,6}))?", raw)
    if line:
        return "-".join(part for part in line.groups() if part)
    try:
        return check_phone(raw)
    except InvalidId:
        raise InvalidId("联系电话请填手机号码，或带区号的座机号码，例如 024-12345678。") from None


def check_bank_card(text: str) -> str:
    """Check a bank card number (16 to 19 digits, Luhn) and return its digits.

    :raises InvalidId: when it is none.
    """
    number = _clean(text)
    if not _all_digits(number) or not 16 <= len(number) <= 19:
        raise InvalidId("银行卡号应是 16 到 19 位数字。请对照银行卡核对。")
    if luhn_sum(number) % 10:
        raise InvalidId("银行卡号没有通过校验，多半是有一位写错了。请对照银行卡核对。")
    return number


def luhn_sum(number: str) -> int:
    """Return the Luhn sum (ISO/IEC 7812-1); a valid card number's ends in 0."""
    digits = [int(digit) for digit in reversed(number)]
    return sum(digits[::2]) + sum(sum(divmod(2 * digit, 10)) for digit in digits[1::2])


def check_account_number(text: str) -> str:
    """Check an organisation's bank account (8 to 32 digits; banks use no common check digit) and return its digits.

    :raises InvalidId: when it is none.
    """
    number = _clean(text)
    if not _all_digits(number) or not 8 <= len(number) <= 32:
        raise InvalidId("对公账号应是 8 到 32 位数字。请对照开户许可或银行回单核对。")
    return number


def mask_name(name: str) -> str:
    """Show the first character only: 王*. The number of stars tells nothing about the length."""
    return f"{name.strip()[:1]}*" if name.strip() else ""


def mask_id(number: str) -> str:
    """Show the province's three digits and the last four: 210***********1234."""
    return _mask(number, 3, 4)


def mask_phone(number: str) -> str:
    """Show the first three and the last four digits: 138****1234; of a fixed line, the area code and the last two."""
    area, _, rest = number.partition("-")
    if area.isdigit() and len(area) <= 4 and len(rest) > 4:
        return f"{area}-{_mask(rest, 0, 2)}"
    return _mask(number, 3, 4)


def mask_account(number: str) -> str:
    """Show the first and the last four digits in the bank's grouping: 6222 **** **** 1234."""
    return f"{number[:4]} **** **** {number[-4:]}" if len(number) > 8 else _mask(number, 0, 2)


def mask_email(address: str) -> str:
    """Show the first character and the domain: w***@example.com."""
    user, _, domain = address.rpartition("@")
    return f"{user[:1]}***@{domain}" if user else _mask(address, 1, 0)


def _mask(text: str, head: int, tail: int) -> str:
    hidden = len(text) - head - tail
    if hidden < 1:
        return "*" * len(text)
    return text[:head] + "*" * hidden + text[len(text) - tail :]


def _clean(text: str) -> str:
    """Bring full-width digits, small letters, spaces and dashes from copied text to one form."""
    return re.sub(r"[\s\-—–\u2010\u00ad\u200b\ufeff]", "", unicodedata.normalize("NFKC", text)).upper()


def _all_digits(text: str) -> bool:
    # str.isdigit() alone would let Arabic-Indic digits through, which are stored and compared as other characters.
    return text.isascii() and text.isdigit()


def _birth_date(digits: str, on: date | None) -> date:
    try:
        day = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        day = None
    if day is None or day.year < 1880 or (on is not None and day > on):
        raise InvalidId("身份证号码里的出生日期不对。请对照证件核对第 7 到 14 位。")
    return day
