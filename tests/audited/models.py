"""One table of each kind: tracked row by row, and tracked statement by statement."""

from django.db import models

from core import audit
from core.models import PublicModel


@audit.track(exclude=("secret",), ignore=("views",))
class Note(PublicModel):
    text = models.TextField()
    author = models.ForeignKey("self", models.SET_NULL, null=True, related_name="+")
    secret = models.TextField(default="")
    phone_index = models.TextField(default="")
    views = models.IntegerField(default=0)
    shouted = models.GeneratedField(
        expression=models.functions.Upper("text"), output_field=models.TextField(), db_persist=True
    )


@audit.track(exclude=("secret",), bulk=True)
class Mass(models.Model):
    number = models.IntegerField()
    text = models.TextField(default="")
    secret = models.TextField(default="")
