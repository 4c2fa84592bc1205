"""What the search reads: one row per published posting, changed in the posting's own transaction."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from jobs.models.posting import Posting
from people.fields import PathField


class PostingSearch(models.Model):
    """The words and filters of a published posting. Derived: `manage.py check_search` compares and mends it.

    Words are overlapping two-character pieces (`jobs.tokens`), because Chinese has no spaces.
    """

    posting = models.OneToOneField(Posting, models.CASCADE, primary_key=True, related_name="search")
    title_words = SearchVectorField()
    words = SearchVectorField()
    region_path = PathField(blank=True, default="")
    kind = models.CharField(max_length=16)
    education_rank = models.PositiveSmallIntegerField()
    experience_min = models.PositiveSmallIntegerField()
    monthly_max = models.PositiveIntegerField(default=0)
    suits = ArrayField(models.CharField(max_length=16), default=list)
    posted_at = models.DateTimeField()
    valid_until = models.DateField()

    class Meta:
        verbose_name = "岗位检索"
        verbose_name_plural = "岗位检索"
        indexes = [
            GinIndex(fields=["words"], name="search_words"),
            models.Index(fields=["-posted_at", "-posting"], name="search_newest"),
            models.Index(fields=["-monthly_max", "-posting"], name="search_best_paid"),
            models.Index(fields=["region_path"], name="search_region"),
        ]

    def __str__(self) -> str:
        return str(self.posting_id)
