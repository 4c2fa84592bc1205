"""What a posting says, in a few numbers, so that the same vacancy is found again in another source."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from jobs.models.posting import Posting


class PostingPrint(models.Model):
    """Postings that share a number of `bands` may be copies of each other (`jobs.prints`). Derived, like the search."""

    posting = models.OneToOneField(Posting, models.CASCADE, primary_key=True, related_name="print")
    bands = ArrayField(models.BigIntegerField())

    class Meta:
        verbose_name = "岗位指纹"
        verbose_name_plural = "岗位指纹"

    def __str__(self) -> str:
        return str(self.posting_id)
