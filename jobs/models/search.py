"""What the search reads: one row per published posting, changed in the posting's own transaction; and its aids."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Value
from django.db.models.functions import Repeat

from jobs.models.posting import Posting
from jobs.models.resume import Resume
from people.fields import PathField


class PostingSearch(models.Model):
    """The words and filters of a published posting. Derived: `manage.py check_search` compares and mends it.

    Words are overlapping two-character pieces (`jobs.tokens`), because Chinese has no spaces. They stand behind columns
    of fixed width and are always stored beside the row, uncompressed (first migration): a search of common words then
    reads some 40 rows a page instead of ten.
    """

    posting = models.OneToOneField(Posting, models.CASCADE, primary_key=True, related_name="search")
    posted_at = models.DateTimeField()
    valid_until = models.DateField()
    monthly_max = models.PositiveIntegerField(default=0)
    lng = models.IntegerField(null=True)
    lat = models.IntegerField(null=True)
    """In hundred-thousandths of a degree (about a metre), WGS-84: the posting's point, else its region's."""
    education_rank = models.PositiveSmallIntegerField()
    experience_min = models.PositiveSmallIntegerField()
    packed = models.BinaryField(default=b"")
    """All that can be filtered, and the place in the list of the newest (`jobs.cells`): what a search by words reads."""
    industry = models.CharField(max_length=1, blank=True, default="")
    """The section of GB/T 4754, "" where unknown."""
    region_path = PathField(blank=True, default="")
    kind = models.CharField(max_length=16)
    suits = ArrayField(models.CharField(max_length=16), default=list)
    words = SearchVectorField()
    padding = models.TextField(db_default=Repeat(Value("."), 2000), editable=False)
    """Makes every row too long to be kept in one piece, which is what has PostgreSQL put the words beside it: its limit
    of 2 kB cannot be set. Compressed it takes 30 bytes, and nothing ever reads it."""

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


class TalentSearch(models.Model):
    """The words of a résumé that employers may find: what it looks for, did and can do, cut as postings are.

    Derived: `manage.py check_search` compares and mends it. A hidden résumé has no row.
    """

    resume = models.OneToOneField(Resume, models.CASCADE, primary_key=True, related_name="search")
    words = SearchVectorField()

    class Meta:
        verbose_name = "人才检索"
        verbose_name_plural = "人才检索"
        indexes = [GinIndex(fields=["words"], name="talent_words")]

    def __str__(self) -> str:
        return str(self.resume_id)


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


class Suggestion(models.Model):
    """A word that the search box offers: a title that is advertised, or a known name of such work."""

    word = models.CharField(max_length=20, primary_key=True, db_collation="C")
    pinyin = models.CharField(max_length=160, db_collation="C", db_index=True)
    """In one piece, without tones: dianhangong."""
    initials = models.CharField(max_length=24, db_collation="C", db_index=True)
    """The first letter of each syllable: dhg."""
    postings = models.PositiveIntegerField(default=0)
    """How many are advertised under it: the more, the earlier it is offered."""

    class Meta:
        verbose_name = "搜索建议"
        verbose_name_plural = "搜索建议"

    def __str__(self) -> str:
        return self.word
