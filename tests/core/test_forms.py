from datetime import date

import pytest
from django import forms


class Everything(forms.Form):
    name = forms.CharField(label="姓名", help_text="身份证上的名字。")
    memo = forms.CharField(label="备注", widget=forms.Textarea, required=False)
    bank = forms.ChoiceField(label="银行", choices=[("a", "甲")])
    born = forms.DateField(label="生日")
    result = forms.ChoiceField(label="结果", choices=[("1", "接通了"), ("2", "没人接")], widget=forms.RadioSelect)
    fast = forms.ChoiceField(label="快选", choices=[("1", "是")], widget=forms.RadioSelect(attrs={"class": "seg"}))
    wants = forms.MultipleChoiceField(
        label="意向", choices=[("j", "求职")], widget=forms.CheckboxSelectMultiple, required=False
    )
    agree = forms.BooleanField(label="我已看过承诺书")
    paper = forms.FileField(label="材料")
    code = forms.CharField(label="编号", widget=forms.TextInput(attrs={"class": "input--num w-16"}))


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("name", 'class="input"'),
        ("memo", 'class="textarea"'),
        ("bank", 'class="select"'),
        ("born", 'type="date"'),
        ("paper", 'class="file"'),
        ("code", 'class="input input--num w-16"'),
        ("result", '<label for="id_result_0" class="choice"><input type="radio" name="result" value="1"'),
        ("fast", 'class="seg"'),
        ("wants", 'class="choices"'),
    ],
)
def test_plain_widgets_come_out_dressed(field, expected):
    assert expected in str(Everything()[field].as_field_group())


def test_options_do_not_inherit_the_class_of_the_group():
    assert str(Everything()["fast"]).count("seg") == 1


def test_a_date_is_filled_in_as_the_calendar_of_the_browser_wants_it():
    assert 'value="2026-12-18"' in str(Everything(initial={"born": date(2026, 12, 18)})["born"])


@pytest.mark.parametrize("typed", ["2026-12-18", "2026/12/18", "2026年12月18日", "20261218"])
def test_a_date_may_be_typed_as_people_write_it(typed):
    assert forms.DateField().clean(typed) == date(2026, 12, 18)


def test_the_label_of_a_single_check_box_stands_behind_it():
    drawn = str(Everything()["agree"].as_field_group())
    assert drawn.index("<input") < drawn.index("我已看过承诺书")


def test_a_field_that_may_stay_empty_says_so():
    assert "（可不填）" in str(Everything()["memo"].as_field_group())
    assert "（可不填）" not in str(Everything()["name"].as_field_group())


def test_errors_stand_above_the_control_and_are_tied_to_it():
    drawn = str(Everything({})["name"].as_field_group())
    assert 'aria-describedby="id_name_helptext id_name_error"' in drawn
    assert drawn.index('id="id_name_error"') < drawn.index("<input")
    assert drawn.count('id="id_name_error"') == 1
