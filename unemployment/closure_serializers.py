"""The shape in which ends of registrations are reported by machine, and of the answers."""

from rest_framework import serializers

from unemployment.models import Deregistration
from unemployment.rules import lawful_grounds

MOST = 200
"""Reports of one message."""
_GROUNDS = "；".join(f"{ground.code} {ground.label}" for ground in lawful_grounds())


class GivenClosureSerializer(serializers.Serializer):
    """One end of a registration, with its ground and facts."""

    id = serializers.CharField(max_length=80, help_text="这条报送在贵单位的编号，不能变，不能用身份证号码")
    name = serializers.CharField(max_length=64)
    id_number = serializers.CharField(max_length=18, min_length=15, help_text="身份证号码，只写在请求正文里")
    ground = serializers.CharField(max_length=4, help_text=f"情形代码：{_GROUNDS}")
    facts = serializers.CharField(max_length=600, min_length=6, help_text="事实和证据，例如“10 月 8 日签劳动合同”")
    happened_on = serializers.DateField(help_text="情形发生的日期")


class ClosureBatchSerializer(serializers.Serializer):
    """Up to 200 of them."""

    closures = serializers.ListField(child=GivenClosureSerializer(), max_length=MOST)


class ClosureOutcomeSerializer(serializers.Serializer):
    """What became of one report."""

    id = serializers.CharField(source="number")
    result = serializers.ChoiceField(
        choices=[("proposed", "已提出，等人核实"), ("unchanged", "以前报送过，没有变化"), ("refused", "没有收")]
    )
    status = serializers.ChoiceField(
        choices=Deregistration.Status.choices, allow_null=True, help_text="提议办到哪一步；由人决定"
    )
    problems = serializers.ListField(child=serializers.CharField(), help_text="为什么没有收；每条一句话")


class ClosureBatchOutcomeSerializer(serializers.Serializer):
    """What became of a message, row by row in the order in which they were sent."""

    proposed = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    refused = serializers.IntegerField()
    results = ClosureOutcomeSerializer(many=True)
