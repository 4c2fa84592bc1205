"""What the snapshot and the change feed say."""

from typing import Any

from rest_framework import serializers

from jobs.feed import REASONS, Change
from jobs.serializers import PostingSerializer

SHOWN, REMOVED = "shown", "removed"


class SnapshotSerializer(serializers.Serializer):
    """A page of the snapshot."""

    next = serializers.URLField(allow_null=True, help_text="下一页；没有了就是 null")
    changes = serializers.URLField(help_text="读完所有页以后，从这里接着读变更。用第一页给的地址")
    results = PostingSerializer(many=True)


class ChangeSerializer(serializers.Serializer):
    """One posting that is shown now, or no longer."""

    id = serializers.UUIDField()
    change = serializers.ChoiceField(choices=[(SHOWN, "新增或改了"), (REMOVED, "不再公开")])
    reason = serializers.ChoiceField(choices=[*REASONS.items()], allow_null=True, help_text="为什么不再公开")
    shown_as = serializers.UUIDField(allow_null=True, help_text="合并到的岗位，reason 为 merged 时才有")
    posting = PostingSerializer(allow_null=True, help_text="岗位现在的内容；不再公开时为 null")

    def to_representation(self, instance: Change) -> dict[str, Any]:
        posting = instance.posting
        return {
            "id": instance.id,
            "change": REMOVED if posting is None else SHOWN,
            "reason": instance.reason or None,
            "shown_as": instance.shown_as,
            "posting": None if posting is None else self.fields["posting"].to_representation(posting),
        }


class ChangesSerializer(serializers.Serializer):
    """A page of changes."""

    next = serializers.URLField(help_text="下一次从这里读；存下来，处理完这一页再换")
    more = serializers.BooleanField(help_text="现在就还有下一页")
    results = ChangeSerializer(many=True)
