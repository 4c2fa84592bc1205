"""What was already answered: one row per submitted form token or API key."""

from django.db import models
from django.db.models.functions import Now


class AnsweredRequest(models.Model):
    """The answer to one write, kept for two days so that the same write sent again gets the same answer."""

    owner = models.TextField("提交者")
    key = models.TextField("令牌")
    path = models.TextField("地址")
    fingerprint = models.TextField("内容指纹")
    status = models.PositiveSmallIntegerField("状态码", null=True)
    headers = models.JSONField("头", default=dict)
    body = models.TextField("正文", blank=True, default="")
    messages = models.JSONField("提示", default=list)
    created_at = models.DateTimeField("时间", db_default=Now(), db_index=True)

    class Meta:
        verbose_name = "已答复的提交"
        verbose_name_plural = "已答复的提交"
        constraints = [models.UniqueConstraint(fields=["owner", "key"], name="core_answeredrequest_once")]
