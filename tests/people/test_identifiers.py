from datetime import date

import pytest
from faker import Faker
from hypothesis import given
from hypothesis import strategies as st

from people import identifiers as ids
from people.identifiers import InvalidId, Sex

births = st.dates(date(1900, 1, 1), date(2026, 1, 1))
areas = st.integers(110000, 659999).map(str)


def build_number(area, birth, serial):
    body = f"{area}{birth:%Y%m%d}{serial:03d}"
    return body + ids.id_check_character(body)


@pytest.mark.parametrize("number", ["11010519491231002X", "440524188001010014"])
def test_accepts_the_numbers_of_the_standard(number):
    assert ids.check_id_number(number).number == number


def test_reads_birth_date_sex_and_area():
    found = ids.check_id_number("11010519491231002x")
    assert (found.birth_date, found.sex, found.area) == (date(1949, 12, 31), Sex.FEMALE, "110105")
    assert found.warnings == ()


def test_accepts_copied_text_with_spaces_and_full_width_digits():
    assert ids.check_id_number(" １１０１０５ 19491231-002Ｘ ").number == "11010519491231002X"


def test_upgrades_an_old_number_and_says_so():
    found = ids.check_id_number("110105491231002")
    assert found.number == "11010519491231002X"
    assert "15 位" in found.warnings[0]


@given(areas, births, st.integers(0, 999))
def test_accepts_every_well_formed_number(area, birth, serial):
    found = ids.check_id_number(build_number(area, birth, serial))
    assert (found.birth_date, found.sex) == (birth, Sex.MALE if serial % 2 else Sex.FEMALE)


@given(areas, births, st.integers(0, 999), st.integers(0, 16), st.integers(1, 9))
def test_finds_every_single_wrong_digit(area, birth, serial, place, shift):
    number = build_number(area, birth, serial)
    wrong = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]
    with pytest.raises(InvalidId):
        ids.check_id_number(wrong)


@given(st.text(max_size=24))
def test_answers_any_text_with_a_number_or_a_sentence(text):
    try:
        answer = ids.check_id_number(text).number
    except InvalidId as error:
        answer = error.message
    assert len(answer) == 18 or answer.endswith("。")


def test_refuses_no_valid_person_that_faker_makes():
    Faker.seed(20240601)
    fake = Faker("zh_CN")
    for _ in range(5000):
        ids.check_id_number(fake.ssn(min_age=16, max_age=90), on=date(2030, 1, 1))


def test_only_warns_of_an_unknown_area():
    found = ids.check_id_number(build_number("990101", date(1980, 1, 1), 1))
    assert found.warnings == ()
    assert ids.check_id_number(build_number("201010", date(1980, 1, 1), 1)).warnings


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "请填写"),
        ("1101051949123100", "现在是 16 位"),
        ("11010519491231002Y", "只能是数字"),
        ("110105194912310021", "没有通过校验"),
        ("110105194913310021", "第 7 到 14 位"),
        ("110105491331002", "第 7 到 14 位"),
        ("١١٠١٠٥19491231002X", "只能是数字"),
    ],
)
def test_says_what_is_wrong_with_a_number(text, says):
    with pytest.raises(InvalidId, match=says):
        ids.check_id_number(text)


def test_refuses_a_birth_date_in_the_future():
    with pytest.raises(InvalidId, match="出生日期"):
        ids.check_id_number(build_number("210102", date(2026, 12, 1), 1), on=date(2026, 11, 22))


def test_shows_no_number_in_its_own_text():
    found = ids.check_id_number("11010519491231002X")
    assert f"{found} {found!r}".count("1949") == 0


@pytest.mark.parametrize("code", ["91350100M000100Y43", "914403001922038216", " 91350100m000100y43 "])
def test_accepts_credit_codes(code):
    assert ids.check_credit_code(code) == code.strip().upper()


@given(st.text(ids.CREDIT_ALPHABET, min_size=17, max_size=17), st.integers(0, 16), st.integers(1, 30))
def test_finds_every_single_wrong_character_of_a_credit_code(body, place, shift):
    code = body + ids.credit_check_character(body)
    assert ids.check_credit_code(code) == code
    wrong = ids.CREDIT_ALPHABET[(ids.CREDIT_ALPHABET.index(code[place]) + shift) % 31]
    with pytest.raises(InvalidId, match="没有通过校验"):
        ids.check_credit_code(code[:place] + wrong + code[place + 1 :])


@pytest.mark.parametrize(("text", "says"), [("", "请填写"), ("9135", "4 位"), ("91350100M000100I43", "没有 I")])
def test_says_what_is_wrong_with_a_credit_code(text, says):
    with pytest.raises(InvalidId, match=says):
        ids.check_credit_code(text)


@pytest.mark.parametrize("text", ["13812341234", "+86 138-1234-1234", "0086 13812341234", "８６13812341234"])
def test_brings_a_mobile_number_to_one_form(text):
    assert ids.check_phone(text) == "13812341234"


@pytest.mark.parametrize("text", ["", "1381234123", "12812341234", "024-12345678", "138123412345"])
def test_refuses_what_is_no_mobile_number(text):
    with pytest.raises(InvalidId, match="11 位"):
        ids.check_phone(text)


@pytest.mark.parametrize(
    ("text", "number"),
    [("(024) 86601234", "024-86601234"), ("0415-2312345转801", "0415-2312345-801"), ("13812341234", "13812341234")],
)
def test_accepts_fixed_lines_as_contact(text, number):
    assert ids.check_contact_number(text) == number


def test_refuses_a_fixed_line_without_its_area_code():
    with pytest.raises(InvalidId, match="区号"):
        ids.check_contact_number("86601234")


@given(st.text("0123456789", min_size=15, max_size=18))
def test_accepts_card_numbers_with_their_check_digit_only(body):
    right = next(digit for digit in "0123456789" if ids.luhn_sum(body + digit) % 10 == 0)
    assert ids.check_bank_card(body + right) == body + right
    with pytest.raises(InvalidId, match="没有通过校验"):
        ids.check_bank_card(body + str((int(right) + 1) % 10))


def test_takes_a_company_account_without_check_digit():
    assert ids.check_account_number("2100 1234 5678") == "210012345678"
    with pytest.raises(InvalidId, match="8 到 32"):
        ids.check_account_number("12")


def test_masks_as_the_rules_show():
    assert ids.mask_name("王小明") == "王*"
    assert ids.mask_id("210102199001011234") == "210***********1234"
    assert ids.mask_phone("13812341234") == "138****1234"
    assert ids.mask_phone("024-86601234") == "024-******34"
    assert ids.mask_account("6222021234561234") == "6222 **** **** 1234"
    assert ids.mask_email("wang@example.com") == "w***@example.com"


@given(st.text(st.characters(exclude_characters="*"), max_size=30))
def test_masks_any_text_without_showing_it_whole(text):
    for mask in (ids.mask_id, ids.mask_phone, ids.mask_account, ids.mask_email, ids.mask_name):
        assert mask(text) != text or not text.strip()
