"""What is typed about a month: its signature, its return, a correction."""

from django import forms

from unemployment.forms.fields import text


class SignForm(forms.Form):
    """The signature, with the names that stand on the printed form."""

    head = text("单位负责人", limit=30, required=False, help_text="打印在月报上，可以不填，盖章时手写。")
    filler = text("填表人", limit=30, required=False)
    reason = text("下级没有签完，为什么先签", limit=200, required=False)


class ReopenForm(forms.Form):
    """退回重签, with the reason."""

    version = forms.CharField(widget=forms.HiddenInput)
    reason = text("为什么退回", limit=200, missing="请写明为什么退回。")


class AdjustForm(forms.Form):
    """A correction of one figure, with the reason."""

    code = forms.CharField(widget=forms.HiddenInput, max_length=24)
    reason = text(
        "为什么变了", limit=200, missing="请写明为什么变了。", help_text="例如“补录了 10 月 28 日的 3 次走访”。"
    )
