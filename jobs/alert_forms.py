"""What people choose about being told of new postings."""

from typing import Any

from django import forms

from jobs.models import AlertSetting, Frequency
from people.models import User


class FrequencyForm(forms.Form):
    """How often one is told of a saved search."""

    frequency = forms.ChoiceField(
        label="多久提醒一次",
        choices=Frequency.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "请选多久提醒一次。", "invalid_choice": "请选每天、每周一或者不提醒。"},
    )


class SettingForm(forms.ModelForm):
    """Whether one's intentions are used, and by which channels besides the inbox."""

    class Meta:
        model = AlertSetting
        fields = ("personalised", "by_sms", "by_email")
        widgets = {"personalised": forms.RadioSelect}
        help_texts = {"personalised": "照您简历里的求职意向挑新岗位。不用残疾、低保等身份信息。"}
        error_messages = {"personalised": {"invalid_choice": "请选每天、每周一或者不提醒。"}}

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_by_email(self) -> bool:
        if self.cleaned_data["by_email"] and not self.user.email:
            raise forms.ValidationError("您的账号里还没有电子邮箱，不能发邮件。")
        return bool(self.cleaned_data["by_email"])

    def clean_by_sms(self) -> bool:
        if self.cleaned_data["by_sms"] and not (self.user.phone or (self.user.person and self.user.person.phone)):
            raise forms.ValidationError("您的账号里还没有手机号，不能发短信。")
        return bool(self.cleaned_data["by_sms"])
