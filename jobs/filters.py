"""The parameters of the API's list: each is checked, and a wrong one is told, unlike on the page."""

from typing import Any

import django_filters
from django import forms
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema_field

from jobs.hits import Criteria, Point
from jobs.industries import LABELS
from jobs.models import Posting, Suits
from jobs.salary import MOST_PAY
from people import reference
from people.models import Region
from people.regions import find_region

PAGING = ("cursor", "limit", "sort")
LONGEST_TEXT = 60


class RegionField(forms.CharField):
    """A region's code as the region."""

    def clean(self, value: Any) -> Region | None:
        code = super().clean(value)
        if not code:
            return None
        region = find_region(code) if code.isascii() and code.isalnum() else None
        if region is None:
            raise forms.ValidationError(f"没有代码为“{code[:12]}”的地区。请用 GB/T 2260 代码，例如 210106。")
        return region


@extend_schema_field(OpenApiTypes.STR)
class RegionFilter(django_filters.Filter):
    field_class = RegionField


class PostingFilter(django_filters.FilterSet):
    """The search of the page, as parameters."""

    q = django_filters.CharFilter(label="关键词", max_length=LONGEST_TEXT)
    region = RegionFilter(label="地区代码（GB/T 2260），含下级地区")
    pay = django_filters.NumberFilter(label="每月至少多少元", min_value=0, max_value=MOST_PAY)
    education = django_filters.ChoiceFilter(label="求职者的学历（GB/T 4658）", choices=reference.education_choices())
    experience = django_filters.NumberFilter(label="求职者的工作经验（年）", min_value=0, max_value=50)
    industry = django_filters.ChoiceFilter(label="行业门类（GB/T 4754，A 到 T）", choices=list(LABELS.items()))
    lng = django_filters.NumberFilter(label="从哪里算起：经度（WGS-84），和 lat 一起给", min_value=73, max_value=136)
    lat = django_filters.NumberFilter(label="从哪里算起：纬度（WGS-84）", min_value=3, max_value=54)
    within = django_filters.NumberFilter(label="离这一点多少公里以内", min_value=1, max_value=200)
    kind = django_filters.ChoiceFilter(label="用工形式", choices=Posting.Kind.choices)
    suits = django_filters.ChoiceFilter(label="适合谁", choices=Suits.choices)

    def is_valid(self) -> bool:
        valid = super().is_valid()
        known = [*self.filters, *PAGING]
        if unknown := [name[:40] for name in self.data if name not in known]:
            self.form.add_error(None, f"不认识的参数：{'、'.join(unknown[:5])}。可用的参数：{'、'.join(known)}。")
            return False
        asked = self.form.cleaned_data
        if valid and (asked["lng"] is None) != (asked["lat"] is None):
            self.form.add_error("lng" if asked["lng"] is None else "lat", "经度和纬度要一起给。")
            return False
        if valid and asked["within"] and asked["lng"] is None:
            self.form.add_error("within", "按距离找要有位置：请同时给出 lng 和 lat。")
            return False
        return valid

    def filter_queryset(self, queryset: Any) -> Any:
        """Leave the rows to `jobs.finding`, which knows how to search."""
        return queryset

    def criteria(self) -> Criteria:
        """Return what was asked."""
        asked = self.form.cleaned_data
        return Criteria(
            text=(asked["q"] or "").strip(),
            region=asked["region"],
            pay=int(asked["pay"] or 0),
            education=reference.education_rank(asked["education"]) if asked["education"] else None,
            experience=None if asked["experience"] is None else int(asked["experience"]),
            industries=(asked["industry"],) if asked["industry"] else (),
            point=None if asked["lng"] is None else Point(float(asked["lng"]), float(asked["lat"])),
            within=int(asked["within"] or 0),
            kinds=(asked["kind"],) if asked["kind"] else (),
            suits=(asked["suits"],) if asked["suits"] else (),
        )


_SHAPES: dict[str, dict[str, Any]] = {
    "q": {"type": "string", "maxLength": LONGEST_TEXT},
    "region": {"type": "string", "pattern": "^[0-9]{2,12}$"},
    "pay": {"type": "number", "minimum": 0, "maximum": MOST_PAY},
    "experience": {"type": "integer", "minimum": 0, "maximum": 50},
    "lng": {"type": "number", "minimum": 73, "maximum": 136},
    "lat": {"type": "number", "minimum": 3, "maximum": 54},
    "within": {"type": "integer", "minimum": 1, "maximum": 200},
    "suits": {"type": "string", "enum": list(Suits.values)},
}
PARAMETERS = [
    OpenApiParameter(name, shape, description=str(PostingFilter.base_filters[name].label))
    for name, shape in _SHAPES.items()
]
"""The bounds that the described schema would not find by itself."""
