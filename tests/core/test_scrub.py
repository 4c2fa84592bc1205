import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.scrub import HIDDEN, scrub, scrub_text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("身份证219901198005170018已登记", "身份证[id]已登记"),
        ("219901199001010029X", "219901199001010029X"),
        ("21990119800517001X", "[id]"),
        ("老证 219901800517001。", "老证 [id]。"),
        ("电话13812345678、138 1234 5678、138-1234-5678、+8613812345678", "电话[phone]、[phone]、[phone]、[phone]"),
        ("卡号 6222021234567890123", "卡号 [card]"),
        ("卡号 6222 0212 3456 7890 123", "卡号 [card]"),
        ("写信到 wang.wei@example.com", "写信到 [mail]"),
        ("2026-11-22T03:00:00.123456Z 耗时 1234 毫秒", "2026-11-22T03:00:00.123456Z 耗时 1234 毫秒"),
        ("0198f2a4-7c1e-7b3a-9d10-2f1e6a5b4c3d", "0198f2a4-7c1e-7b3a-9d10-2f1e6a5b4c3d"),
    ],
)
def test_hides_personal_numbers_in_text(text, expected):
    assert scrub_text(text) == expected


def test_hides_them_at_any_depth_and_in_numbers():
    event = {"rows": [{"id": 219901198005170018, "note": ("13812345678",)}], "count": 3, "ok": True, "none": None}
    assert scrub(event) == {"rows": [{"id": "[id]", "note": ["[phone]"]}], "count": 3, "ok": True, "none": None}


def test_hides_the_values_of_secret_sounding_names():
    assert scrub({"password": "x", "Authorization": "y", "totp_secret": "z", "city": "沈阳"}) == {
        "password": HIDDEN,
        "Authorization": HIDDEN,
        "totp_secret": HIDDEN,
        "city": "沈阳",
    }


@given(st.from_regex(r"\d{17}[\dX]", fullmatch=True), st.text(alphabet="中文 ，。:=", max_size=5))
def test_lets_no_identity_number_through(number, around):
    assert number not in scrub_text(f"{around}{number}{around}")
