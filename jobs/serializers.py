"""What the API says about a posting."""

from django.urls import reverse
from rest_framework import serializers

from jobs.models import Posting, Suits
from people import reference


class PaySerializer(serializers.Serializer):
    """Pay in yuan; all numbers are null where the source names none."""

    label = serializers.CharField(source="pay_label")  # type: ignore[assignment]
    min = serializers.DecimalField(source="pay_min", max_digits=12, decimal_places=2, allow_null=True)
    max = serializers.DecimalField(source="pay_max", max_digits=12, decimal_places=2, allow_null=True)
    period = serializers.ChoiceField(source="pay_period", choices=Posting.Period.choices, allow_blank=True)
    months = serializers.IntegerField(source="pay_months", help_text="一年发几个月")
    monthly_min = serializers.IntegerField(allow_null=True, help_text="折合每月从")
    monthly_max = serializers.IntegerField(allow_null=True, help_text="折合每月到")


class PlaceSerializer(serializers.Serializer):
    """Where the work is. `code` is null outside the province."""

    label = serializers.CharField(source="place_label")  # type: ignore[assignment]
    code = serializers.CharField(source="region.code", default=None, allow_null=True, help_text="GB/T 2260 代码")
    address = serializers.CharField(allow_blank=True)
    lng = serializers.FloatField(allow_null=True, help_text="WGS-84")
    lat = serializers.FloatField(allow_null=True, help_text="WGS-84")


class SourceSerializer(serializers.Serializer):
    """Where a posting was taken from; empty for those written here."""

    site = serializers.CharField(source="source_site", allow_blank=True)
    id = serializers.CharField(source="source_id", allow_blank=True)
    url = serializers.CharField(source="source_url", allow_blank=True)


class PostingSerializer(serializers.ModelSerializer):
    """One published posting."""

    id = serializers.UUIDField(source="public_id")
    page = serializers.SerializerMethodField(help_text="岗位页的地址")
    employer = serializers.CharField(source="employer_name")
    agency = serializers.CharField(allow_blank=True, help_text="受这个单位委托代招的机构，空为单位自己招")
    pay = PaySerializer(source="*")
    place = PlaceSerializer(source="*")
    education_label = serializers.SerializerMethodField()
    probation_pay = serializers.DecimalField(
        max_digits=12, decimal_places=2, allow_null=True, help_text="试用期工资，与 pay 同一个周期"
    )
    skills = serializers.ListField(child=serializers.CharField(), help_text="要会什么")
    welfare = serializers.ListField(child=serializers.CharField())
    suits = serializers.ListField(child=serializers.ChoiceField(choices=Suits.choices))
    source = SourceSerializer(source="*")  # type: ignore[assignment]

    class Meta:
        model = Posting
        fields = (
            "id",
            "page",
            "title",
            "employer",
            "agency",
            "kind",
            "occupation",
            "industry",
            "headcount",
            "pay",
            "place",
            "education",
            "education_label",
            "experience_min",
            "experience_max",
            "description",
            "requirement",
            "shifts",
            "insurance",
            "probation_months",
            "probation_pay",
            "contract_months",
            "skills",
            "welfare",
            "suits",
            "source",
            "posted_at",
            "valid_until",
        )
        read_only_fields = fields

    def get_page(self, posting: Posting) -> str:
        path = reverse("jobs:posting-show", args=[posting.public_id])
        request = self.context.get("request")
        return request.build_absolute_uri(path) if request else path

    def get_education_label(self, posting: Posting) -> str:
        return reference.education_label(posting.education) if posting.education else "不限"
