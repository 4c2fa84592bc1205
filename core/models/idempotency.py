"""What was already answered: one row per submitted form token or API key."""

from django.db import models
from django.db.models.functions import Now


class AnsweredRequest(models.Model):
    """The answer to one write, kept for two days so that the same write sent again gets the same answer.

    The answer may show personal data, so it is sealed like every other such column.
    """

    owner = models.TextField("提交者")
    key = models.TextField("令牌")
    path = models.TextField("地址")
    fingerprint = models.TextField("内容指纹")
    answer = models.TextField("答复（加密）", blank=True, default="")
    created_at = models.DateTimeField("时间", db_default=Now(), db_index=True)

    class Meta:
        verbose_name = "已答复的提交"
        verbose_name_plural = "已答复的提交"
        constraints = [models.UniqueConstraint(fields=["owner", "key"], name="core_answeredrequest_once")]
