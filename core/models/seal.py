"""The chain of seals over everything that only grows."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from core.models.audit import AppendOnlyModel


class Seal(AppendOnlyModel):
    """One link: the digests of up to 5,000 rows of one table, and the hash of the link before it.

    A run seals all tables over the same range of transactions, [from_xid, to_xid); several links of one table may
    share a range. Ranges meet without a gap, so a row that turns up in a sealed range later is noticed.
    """

    number = models.PositiveBigIntegerField("序号", unique=True)
    table = models.TextField("表")
    columns = ArrayField(models.TextField(), verbose_name="列")
    from_xid = models.BigIntegerField("起始事务号")
    to_xid = models.BigIntegerField("截止事务号")
    first_id = models.BigIntegerField("首行")
    last_id = models.BigIntegerField("末行")
    count = models.PositiveIntegerField("行数")
    digests = models.BinaryField("行摘要")
    previous_hash = models.TextField("前一封印", blank=True)
    hash = models.TextField("封印")

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "封印"
        verbose_name_plural = "封印"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(to_xid__gt=models.F("from_xid"), count__gt=0), name="core_seal_covers_rows"
            )
        ]
        indexes = [models.Index(fields=["table", "number"], name="core_seal_table")]
