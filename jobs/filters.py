"""The parameters of the API's list: each is checked, and a wrong one is told, unlike on the page."""

from typing import Any

import django_filters
from django import forms
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema_field

from jobs.finding import Criteria
from jobs.models import Posting, Suits
from people import reference
from people.models import Region
from people.regions import find_region

PAGING = ("cursor", "limit", "sort")
LONGEST_TEXT, MOST_PAY = 60, 10_000_000


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
    kind = django_filters.ChoiceFilter(label="用工形式", choices=Posting.Kind.choices)
    suits = django_filters.ChoiceFilter(label="适合谁", choices=Suits.choices)

    def is_valid(self) -> bool:
        valid = super().is_valid()
        known = [*self.filters, *PAGING]
        if unknown := [name[:40] for name in self.data if name not in known]:
            self.form.add_error(None, f"不认识的参数：{'、'.join(unknown[:5])}。可用的参数：{'、'.join(known)}。")
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
            kinds=(asked["kind"],) if asked["kind"] else (),
            suits=(asked["suits"],) if asked["suits"] else (),
        )


_SHAPES: dict[str, dict[str, Any]] = {
    "q": {"type": "string", "maxLength": LONGEST_TEXT},
    "region": {"type": "string", "pattern": "^[0-9]{2,12}$"},
    "pay": {"type": "number", "minimum": 0, "maximum": MOST_PAY},
    "suits": {"type": "string", "enum": list(Suits.values)},
}
PARAMETERS = [
    OpenApiParameter(name, shape, description=str(PostingFilter.base_filters[name].label))
    for name, shape in _SHAPES.items()
]
"""The bounds that the described schema would not find by itself."""
