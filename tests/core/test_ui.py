from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import time_machine
from django import forms
from django.template import Context, Template
from django.test import RequestFactory

from core.templatetags import ui


def draw(source: str, **context: object) -> str:
    return Template(source).render(Context(context))


def test_icon_is_hidden_from_readers_unless_it_stands_alone():
    assert 'aria-hidden="true"' in draw('{% icon "search" %}')
    assert 'role="img" aria-label="搜索"' in draw('{% icon "search" "搜索" %}')


def test_callout_escapes_its_title_and_draws_its_body():
    drawn = draw('{% callout "wn" title %}<p>现在补</p>{% endcallout %}', title="<b>请补</b>")
    assert "&lt;b&gt;请补&lt;/b&gt;" in drawn
    assert "<p>现在补</p>" in drawn


def test_json_block_cannot_be_closed_by_its_values():
    drawn = draw("{% ld_json data %}", data={"title": "</script><script>alert(1)</script>"})
    assert drawn.count("</script>") == 1
    assert drawn.endswith("</script>")


@pytest.mark.parametrize(
    ("address", "changes", "expected"),
    [
        ("/?q=电工&page=2", "page=3", "?q=%E7%94%B5%E5%B7%A5&page=3"),
        ("/?q=a&cursor=x", "cursor=None", "?q=a"),
        ("/?kind=1&kind=2", 'q="b"', "?kind=1&kind=2&q=b"),
    ],
)
def test_query_keeps_the_other_parameters(address, changes, expected):
    request = RequestFactory().get(address)
    assert draw("{% autoescape off %}{% query " + changes + " %}{% endautoescape %}", request=request) == expected


class Form(forms.Form):
    phone = forms.CharField(error_messages={"required": "请填写手机号。"})
    result = forms.ChoiceField(
        choices=[("1", "接通了")], widget=forms.RadioSelect, error_messages={"required": "请选择结果。"}
    )
    row = forms.IntegerField(widget=forms.HiddenInput, error_messages={"required": "页面不完整，请刷新。"})


def test_error_summary_links_each_error_to_its_control():
    drawn = str(ui.error_summary(Form({})))
    assert "有 3 处要改" in drawn
    assert '<a href="#id_phone">请填写手机号。</a>' in drawn
    assert '<a href="#id_result_0">请选择结果。</a>' in drawn
    assert "<li>页面不完整，请刷新。</li>" in drawn


def test_error_summary_says_nothing_of_a_clean_form():
    assert ui.error_summary(Form()) == ""


@time_machine.travel("2026-11-23 10:00+08:00", tick=False)
def test_dates_leave_out_the_year_that_is_this_one():
    assert ui.cn_date(date(2026, 11, 27)) == "11 月 27 日（周五）"
    assert ui.cn_date(date(2025, 1, 2)) == "2025 年 1 月 2 日（周四）"
    assert ui.short_date(date(2026, 11, 7)) == "11-07"
    assert ui.short_date(date(2025, 11, 7)) == "2025-11-07"
    assert ui.cn_datetime(datetime(2026, 11, 26, 20, 30, tzinfo=UTC)) == "11 月 27 日（周五）04:30"
    assert ui.cn_month(date(2026, 7, 1)) == "2026 年 7 月"


def test_amounts_and_counts_carry_separators():
    assert ui.yuan(Decimal("1986")) == "1,986.00"
    assert ui.spaced(48216) == "48,216"


@pytest.mark.parametrize("kind", ["ok", "wn", "bd"])
def test_warning_lights_differ_in_shape(kind):
    others = {k for k in ui.MARKS if k != kind}
    assert all(ui.MARKS[kind] != ui.MARKS[other] for other in others)
    assert f"mk--{kind}" in str(ui.mark(kind, "灯"))


def test_each_form_gets_its_own_token():
    assert draw("{% once %}") != draw("{% once %}")
