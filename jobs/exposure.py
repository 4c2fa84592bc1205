"""Fair exposure: postings to which few applied get a place on the home page.

The rule, so that everybody can compute it again: of the newest `candidates` postings of verified employers that have
been shown for `rest_days` or more, those with the fewest standing applications for each person wanted come first; of
equal ones the one that has waited longer. `shown` of them appear. The numbers are the dated term `jobs.exposure`.
The order of the search itself is not touched: there, what fits stands first.
"""

from datetime import date, datetime, time, timedelta
from fractions import Fraction

from django.core.cache import cache
from django.db.models import Count, Q
from django.utils import timezone

from jobs.limits import setting
from jobs.models import Application, Posting

KEEP_SECONDS = 300
"""How long the choice is kept for the home page; what is taken down in between is left out at once."""


def quiet_postings(*, on: date) -> list[Posting]:
    """Return the postings that need applicants most, in the order of the rule."""
    ids: list[int] = cache.get_or_set(f"jobs:quiet:{on}", lambda: _choose(on), KEEP_SECONDS) or []
    shown = Posting.objects.published(on=on).select_related("region", "organisation").in_bulk(ids)
    return [shown[pk] for pk in ids if pk in shown]


def _choose(on: date) -> list[int]:
    rule = setting("exposure", on=on)
    before = timezone.make_aware(datetime.combine(on - timedelta(days=int(rule["rest_days"])), time.max))
    rows = Posting.objects.published(on=on).filter(organisation__isnull=False, posted_at__lte=before)
    newest = rows.order_by("-posted_at", "-pk").values_list("pk", "headcount", "posted_at")[: int(rule["candidates"])]
    found = list(newest)
    standing = ~Q(status__in=Application.GIVEN_UP)
    counted = Application.objects.filter(standing, posting__in=[pk for pk, _, _ in found]).order_by()
    applied = dict(counted.values_list("posting").annotate(n=Count("pk")))
    order = sorted(found, key=lambda row: (Fraction(applied.get(row[0], 0), row[1] or 1), row[2], row[0]))
    return [pk for pk, _, _ in order[: int(rule["shown"])]]
