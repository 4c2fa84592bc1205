"""The shape of what is chosen on the portal's own pages."""

from django import forms

NORMAL = "normal"


class DisplayForm(forms.Form):
    """How the reader wants to see the pages. Kept in cookies, not in the account: a shared computer differs by browser."""

    ui_size = forms.ChoiceField(
        label="字的大小",
        choices=[(NORMAL, "普通"), ("lg", "大字版，字和按钮都变大，版面变成一列")],
        widget=forms.RadioSelect,
    )
    ui_contrast = forms.ChoiceField(
        label="颜色",
        choices=[(NORMAL, "普通"), ("more", "高对比，黑字白底，边框加重")],
        widget=forms.RadioSelect,
    )
