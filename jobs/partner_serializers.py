"""A posting as another system hands it over: the same shape in which the API gives them out."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from jobs.models import Posting, Suits
from jobs.pay import too_much
from people import reference

MOST = 500
"""Postings of one message."""
MOST_PEOPLE = 10_000


class GivenPaySerializer(serializers.Serializer):
    """Pay in yuan."""

    min = serializers.DecimalField(max_digits=12, decimal_places=2, min_value=0, allow_null=True)
    max = serializers.DecimalField(max_digits=12, decimal_places=2, min_value=0, allow_null=True, default=None)
    period = serializers.ChoiceField(choices=Posting.Period.choices, allow_blank=True, default="month")
    months = serializers.IntegerField(min_value=1, max_value=24, default=12, help_text="一年发几个月")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["min"] is not None and attrs["max"] is not None and attrs["max"] < attrs["min"]:
            raise serializers.ValidationError("工资上限不能低于下限。")
        if attrs["min"] is not None and not attrs["period"]:
            raise serializers.ValidationError("写明工资按什么算（period）。")
        for name in ("min", "max"):
            if problem := too_much(attrs[name], attrs["period"]):
                raise serializers.ValidationError({name: problem})
        return attrs


class GivenPlaceSerializer(serializers.Serializer):
    """Where the work is: the code, or words from which it can be told."""

    code = serializers.CharField(max_length=12, allow_null=True, default=None, help_text="GB/T 2260 代码，例如 210106")
    label = serializers.CharField(max_length=128, allow_blank=True, default="", help_text="例如 沈阳市铁西区")  # type: ignore[assignment]
    address = serializers.CharField(max_length=160, allow_blank=True, default="")
    lng = serializers.FloatField(min_value=73, max_value=136, allow_null=True, default=None, help_text="WGS-84")
    lat = serializers.FloatField(min_value=3, max_value=54, allow_null=True, default=None, help_text="WGS-84")


class GivenPostingSerializer(serializers.Serializer):
    """One posting without its number."""

    title = serializers.CharField(max_length=80)
    employer = serializers.CharField(max_length=128, allow_blank=True, default="", help_text="空为推送单位自己")
    kind = serializers.ChoiceField(choices=Posting.Kind.choices, default=Posting.Kind.FULL_TIME)
    occupation = serializers.CharField(max_length=12, allow_blank=True, default="", help_text="职业分类大典 2022 代码")
    industry = serializers.CharField(max_length=64, allow_blank=True, default="")
    headcount = serializers.IntegerField(min_value=1, max_value=MOST_PEOPLE, allow_null=True, default=None)
    pay = GivenPaySerializer()
    place = GivenPlaceSerializer()
    education = serializers.ChoiceField(
        choices=reference.education_choices(full=True),
        allow_blank=True,
        default="",
        help_text="GB/T 4658 代码，空为不限",
    )
    experience_min = serializers.IntegerField(min_value=0, max_value=50, default=0)
    experience_max = serializers.IntegerField(min_value=0, max_value=50, allow_null=True, default=None)
    description = serializers.CharField(max_length=8000, allow_blank=True, default="", help_text="干什么活")
    requirement = serializers.CharField(max_length=8000, allow_blank=True, default="", help_text="要什么人")
    shifts = serializers.CharField(max_length=80, allow_blank=True, default="")
    insurance = serializers.CharField(max_length=40, allow_blank=True, default="")
    probation_months = serializers.IntegerField(min_value=0, max_value=6, allow_null=True, default=None)
    probation_pay = serializers.DecimalField(
        max_digits=12, decimal_places=2, min_value=0, allow_null=True, default=None, help_text="与 pay 同一个周期"
    )
    contract_months = serializers.IntegerField(min_value=0, max_value=600, allow_null=True, default=None)
    skills = serializers.ListField(
        child=serializers.CharField(max_length=24), max_length=30, default=list, help_text="要会什么，一项一个词"
    )
    welfare = serializers.ListField(child=serializers.CharField(max_length=24), max_length=30, default=list)
    suits = serializers.ListField(child=serializers.ChoiceField(choices=Suits.choices), max_length=10, default=list)
    page = serializers.URLField(max_length=500, allow_blank=True, default="", help_text="岗位原来的网页")
    posted_at = serializers.DateTimeField(allow_null=True, default=None, help_text="空为现在")
    valid_until = serializers.DateField(allow_null=True, default=None, help_text="空为 30 天，最长 90 天")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if problem := too_much(attrs["probation_pay"], attrs["pay"]["period"]):
            raise serializers.ValidationError({"probation_pay": problem})
        return attrs


class NumberedPostingSerializer(GivenPostingSerializer):
    """One posting of a batch."""

    id = serializers.CharField(max_length=80, help_text="岗位在推送单位的编号，不能变")


class BatchSerializer(serializers.Serializer):
    """Up to 500 postings."""

    postings = serializers.ListField(child=NumberedPostingSerializer(), max_length=MOST)


class OutcomeSerializer(serializers.Serializer):
    """What became of one posting."""

    id = serializers.CharField(source="source_id")
    result = serializers.ChoiceField(
        choices=[
            ("added", "新增"),
            ("changed", "更新"),
            ("unchanged", "没有变化"),
            ("removed", "已移除"),
            ("refused", "没有收"),
        ]
    )
    posting = serializers.UUIDField(allow_null=True, help_text="在本站的编号")
    status = serializers.ChoiceField(choices=Posting.Status.choices, allow_null=True, help_text="在本站的状态")
    problems = serializers.ListField(child=serializers.CharField(), help_text="为什么没有收，或者等什么；每条一句话")


class BatchOutcomeSerializer(serializers.Serializer):
    """What became of a batch, row by row in the order in which they were sent."""

    added = serializers.IntegerField()
    changed = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    refused = serializers.IntegerField()
    results = OutcomeSerializer(many=True)


def sentences(errors: Any, *, where: str = "") -> list[str]:
    """Return a serializer's errors as sentences, each with the field that it is about."""
    if isinstance(errors, Mapping):
        return [line for name, inner in errors.items() for line in sentences(inner, where=_inside(where, str(name)))]
    if isinstance(errors, list):
        return [line for inner in errors for line in sentences(inner, where=where)]
    return [f"{where}：{errors}" if where else str(errors)]


def _inside(where: str, name: str) -> str:
    if name == "non_field_errors":
        return where
    return f"{where}.{name}" if where else name
