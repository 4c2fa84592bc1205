"""What employers keep to write postings quicker, and how views are counted."""

from typing import Self

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from core import audit
from core.models import PublicModel
from people.models import Organisation, User
from people.roles import Role


class PostingTemplateQuerySet(models.QuerySet["PostingTemplate"]):
    def visible_to(self, user: User) -> Self:
        """Return those of the organisations for which this user acts."""
        return self.filter(organisation__in=user.organisation_ids(Role.EMPLOYER_AGENT))


@audit.track()
class PostingTemplate(PublicModel):
    """The values of a posting under a name, to begin new ones with. It is never shown or checked by itself."""

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="posting_templates", verbose_name="单位"
    )
    name = models.CharField("模板名称", max_length=80)
    values = models.JSONField("内容", default=dict, encoder=DjangoJSONEncoder)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="谁存的")
    created_at = models.DateTimeField("存的时间", auto_now_add=True)

    objects = PostingTemplateQuerySet.as_manager()

    class Meta:
        verbose_name = "岗位模板"
        verbose_name_plural = "岗位模板"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "name"],
                name="posting_template_name",
                violation_error_message="已经有一个叫这个名字的模板。请换一个名字，或先删掉原来的。",
            )
        ]

    def __str__(self) -> str:
        return self.name


class ViewFlush(models.Model):
    """One batch of view counts that reached the postings: its number here means that it must not be added again."""

    batch = models.UUIDField("批次", primary_key=True)
    done_at = models.DateTimeField("写入时间", auto_now_add=True)

    objects: models.Manager["ViewFlush"] = models.Manager()

    class Meta:
        verbose_name = "浏览次数批次"
        verbose_name_plural = "浏览次数批次"

    def __str__(self) -> str:
        return str(self.batch)
