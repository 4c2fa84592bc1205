"""What search engines are invited to: live postings, open stations and the public pages. No personal data is in them."""

from collections.abc import Iterable
from datetime import datetime

from django.contrib.sitemaps import Sitemap
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from jobs.models import Posting
from stations.models import Station

PAGES = (
    "portal:home",
    "jobs:posting-list",
    "stations:station-list",
    "subsidies:programme-list",
    "unemployment:start",
    "portal:accessibility",
    "portal:privacy",
    "portal:safety",
)


class PageSitemap(Sitemap):
    """The pages without parameters that tell what the portal is for."""

    def items(self) -> Iterable[str]:
        return PAGES

    def location(self, item: str) -> str:
        return reverse(item)


class PostingSitemap(Sitemap):
    """Postings that may be applied to today."""

    limit = 10_000

    def items(self) -> QuerySet[Posting]:
        rows = Posting.objects.published(on=timezone.localdate())
        return rows.only("public_id", "posted_at").order_by("pk")

    def location(self, item: Posting) -> str:
        return reverse("jobs:posting-show", args=[item.public_id])

    def lastmod(self, item: Posting) -> datetime | None:
        return item.posted_at


class StationSitemap(Sitemap):
    """Stations that are open."""

    limit = 10_000

    def items(self) -> QuerySet[Station]:
        return Station.objects.open(on=timezone.localdate()).only("public_id").order_by("pk")

    def location(self, item: Station) -> str:
        return reverse("stations:station-show", args=[item.public_id])


SITEMAPS = {"pages": PageSitemap, "jobs": PostingSitemap, "stations": StationSitemap}
