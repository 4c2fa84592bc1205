"""An old ledger to take over."""

from typing import Any

from django import forms

from people.models import Region, User
from unemployment.models.registration import OFFICERS


class LedgerForm(forms.Form):
    """Whose ledger it is, and the file."""

    region = forms.ModelChoiceField(
        Region.objects.none(),
        label="哪个地方的台账",
        to_field_name="code",
        empty_label=None,
        widget=forms.Select(attrs={"class": "w-24"}),
        error_messages={"required": "请选择地方。", "invalid_choice": "请从列表里选您负责的地方。"},
    )
    file = forms.FileField(
        label="台账文件",
        help_text="XLSX 或 CSV，最多 50,000 人。第一行写列名，姓名、身份证号、社区、登记日期一定要有；"
        "列名和模板不一样的，上传以后指出哪一列是哪一项，下次会记住。",
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
        error_messages={"required": "请选择台账文件。", "empty": "文件是空的，请选择有内容的文件。"},
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["region"]
        assert isinstance(field, forms.ModelChoiceField)
        paths = user.regions(*OFFICERS)
        field.queryset = Region.objects.open().filter(path__in=paths) | Region.objects.counties().within(paths)
        field.queryset = field.queryset.order_by("path")
