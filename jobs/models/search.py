"""What the search reads: one row per published posting, changed in the posting's own transaction; and its aids."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from jobs.models.posting import Posting
from people.fields import PathField


class PostingSearch(models.Model):
    """The words and filters of a published posting. Derived: `manage.py check_search` compares and mends it.

    Words are overlapping two-character pieces (`jobs.tokens`), because Chinese has no spaces. They stand last and are
    always stored beside the row, uncompressed (migration `search_storage`): a search of common words then reads
    some 60 rows a page instead of three. The columns before them are of fixed width for the same reason.
    """

    posting = models.OneToOneField(Posting, models.CASCADE, primary_key=True, related_name="search")
    cell = models.BigIntegerField()
    """All that can be filtered, packed (`jobs.cells`): what the counts of the filters are made of."""
    posted_at = models.DateTimeField()
    valid_until = models.DateField()
    monthly_max = models.PositiveIntegerField(default=0)
    lng = models.IntegerField(null=True)
    lat = models.IntegerField(null=True)
    """In hundred-thousandths of a degree (about a metre), WGS-84: the posting's point, else its region's."""
    education_rank = models.PositiveSmallIntegerField()
    experience_min = models.PositiveSmallIntegerField()
    industry = models.CharField(max_length=1, blank=True, default="")
    """The section of GB/T 4754, "" where unknown."""
    region_path = PathField(blank=True, default="")
    kind = models.CharField(max_length=16)
    suits = ArrayField(models.CharField(max_length=16), default=list)
    words = SearchVectorField()

    class Meta:
        verbose_name = "岗位检索"
        verbose_name_plural = "岗位检索"
        indexes = [
            GinIndex(fields=["words"], name="search_words"),
            models.Index(fields=["-posted_at", "-posting"], name="search_newest"),
            models.Index(fields=["-monthly_max", "-posting"], name="search_best_paid"),
            models.Index(fields=["region_path"], name="search_region"),
            models.Index(fields=["lat", "lng"], name="search_point"),
        ]

    def __str__(self) -> str:
        return str(self.posting_id)


class SearchWord(models.Model):
    """How many of the published postings hold a word: rare words weigh more. Counted anew every night from a sample."""

    word = models.CharField(max_length=40, primary_key=True, db_collation="C")
    share = models.FloatField()
    """Between 0 and 1. Words of fewer than one posting in 2,000 are left out: all of them weigh about the same."""

    class Meta:
        verbose_name = "检索用词"
        verbose_name_plural = "检索用词"

    def __str__(self) -> str:
        return self.word
