"""What people choose about their messages, and what they object to in a notice."""

from typing import Any

from django import forms

from messaging import texts
from messaging.models.publicity import ObjectionBase

OBJECTION_CHANNELS = [c for c in ObjectionBase.Channel.choices if c[0] != ObjectionBase.Channel.WEB]
"""How an objection reaches an officer who writes it down."""


class TopicsForm(forms.Form):
    """Optional topics; a ticked one is wanted."""

    topics = forms.MultipleChoiceField(label="想收到哪些提醒", required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["topics"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(topic.code, f"{topic.name}：{topic.hint}") for topic in texts.topics()]


class ObjectionForm(forms.Form):
    """An objection to a line of a notice."""

    line = forms.TypedChoiceField(label="针对谁", coerce=int, empty_value=None, required=False)
    content = forms.CharField(
        label="什么情况",
        max_length=1000,
        help_text="写清时间、地点和事情，例如“此人 7 月起在某公司上班”。",
        widget=forms.Textarea(attrs={"class": "textarea", "rows": 4}),
        error_messages={"required": "请填写什么情况。"},
    )
    contact_name = forms.CharField(
        label="您的称呼", max_length=64, required=False, widget=forms.TextInput(attrs={"class": "input w-16"})
    )
    contact_phone = forms.CharField(
        label="联系电话",
        max_length=20,
        required=False,
        help_text="留下电话，核查结果会告诉您；加密保存，只有核查人员能看。",
        widget=forms.TextInput(attrs={"class": "input input--num w-16", "inputmode": "tel"}),
    )

    def __init__(self, *args: Any, lines: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["line"]
        assert isinstance(field, forms.TypedChoiceField)
        field.choices = [("", "整份公示"), *((line.number, f"第 {line.number} 行 {line.name}") for line in lines)]
        field.widget.attrs["class"] = "select w-24"


class AnswerForm(forms.Form):
    """What came of an objection."""

    upheld = forms.ChoiceField(
        choices=[("1", "异议成立"), ("0", "异议不成立")], error_messages={"required": "请选异议成立或不成立。"}
    )
    finding = forms.CharField(max_length=1000, error_messages={"required": "请写明核查结果。"})
