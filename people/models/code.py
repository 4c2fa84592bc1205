"""Two national classifications that people search: occupations and industries."""

from typing import Self

from django.db import models

from core import audit


class ClassificationQuerySet(models.QuerySet):
    def current(self) -> Self:
        """Return the entries of the edition that is loaded; older ones stay for the records that name them."""
        return self.filter(retired_on=None)

    def at(self, level: int) -> Self:
        return self.current().filter(level=level)

    def below(self, code: str) -> Self:
        """Return the entries of one class, whatever their level."""
        return self.current().filter(code__startswith=code)

    def matching(self, text: str) -> Self:
        """Return the entries whose name holds every word of the text, or whose code begins with it; in order of code.

        The order is unique, so that pages can follow it by key.
        """
        found = self.current()
        words = text.split()
        if len(words) == 1 and words[0][:1].isascii():
            return found.filter(code__startswith=words[0].upper()).order_by("code")
        for word in words:
            found = found.filter(name__contains=word)
        return found.order_by("code")


class Classification(models.Model):
    """One entry of a classification with a code that shows its place in the tree."""

    code = models.CharField("代码", max_length=10, unique=True, db_collation="C")
    name = models.CharField("名称", max_length=60)
    level = models.PositiveSmallIntegerField("级别")
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children", verbose_name="上级"
    )
    retired_on = models.DateField("停用日期", null=True, blank=True)

    objects = ClassificationQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


@audit.track(bulk=True)
class Occupation(Classification):
    """职业分类大典（2022年版）: 1 大类, 2 中类, 3 小类, 4 职业."""

    is_green = models.BooleanField("绿色职业", default=False)
    is_digital = models.BooleanField("数字职业", default=False)

    class Meta(Classification.Meta):
        verbose_name = verbose_name_plural = "职业"


@audit.track(bulk=True)
class Industry(Classification):
    """GB/T 4754-2017 国民经济行业分类: 1 门类, 2 大类, 3 中类, 4 小类."""

    class Meta(Classification.Meta):
        verbose_name = verbose_name_plural = "行业"
