"""The API's face for departments and streets whose systems report ends of registrations."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from jobs.models import PartnerKey
from jobs.partner_door import CLOSED, DETAIL, ONCE, UNKNOWN_KEY, KeyedView
from jobs.partner_serializers import sentences
from people.identifiers import InvalidId, check_id_number
from unemployment import closure_reports
from unemployment.closure_serializers import (
    MOST,
    ClosureBatchOutcomeSerializer,
    ClosureBatchSerializer,
    ClosureOutcomeSerializer,
    GivenClosureSerializer,
)
from unemployment.models import ClosureReport

LONGEST_ID = 80
_NUMBER = OpenApiParameter("number", str, OpenApiParameter.PATH, description="报送时写的编号，最长 80 个字符")


class ClosureView(KeyedView):
    """Opens to keys for reporting ends."""

    scope = PartnerKey.Scope.CLOSURES


class ClosureReports(ClosureView):
    """A message of several reports."""

    @extend_schema(
        operation_id="partner_closures_report",
        summary="报送失业登记的退出情形，最多 200 条",
        description=(
            "只提出，不注销：每条由登记地的工作人员核实、告知本人、听取陈述申辩以后，由另一个人决定。"
            "每条单独有结果。重复报送同样的内容什么也不变。"
        ),
        parameters=[ONCE],
        request=ClosureBatchSerializer,
        responses={200: ClosureBatchOutcomeSerializer, **CLOSED},
    )
    def post(self, request: Request) -> Response:
        rows = request.data.get("closures") if isinstance(request.data, Mapping) else None
        if not isinstance(rows, list):
            raise ValidationError({"closures": ['请求要是 {"closures": [情形, …]}。']})
        if len(rows) > MOST:
            raise ValidationError({"closures": [f"一次最多 {MOST} 条，这次有 {len(rows)} 条。请分批报送。"]})
        with self.acting():
            outcomes = closure_reports.take([_read(row) for row in rows], key=self.key, on=timezone.localdate())
        counts = Counter(outcome.result for outcome in outcomes)
        names = (closure_reports.PROPOSED, closure_reports.UNCHANGED, closure_reports.REFUSED)
        said = {name: counts[name] for name in names} | {"results": outcomes}
        return Response(ClosureBatchOutcomeSerializer(said).data)


def _read(row: Any) -> closure_reports.Report:
    """Read one row of a message."""
    if not isinstance(row, Mapping):
        return closure_reports.Report("", problems=("每条情形要是一个 JSON 对象。",))
    named = row.get("id")
    number = named[:LONGEST_ID] if isinstance(named, str) else ""
    read = GivenClosureSerializer(data=row)
    if not read.is_valid():
        return closure_reports.Report(number, problems=tuple(sentences(read.errors)))
    values = dict(read.validated_data)
    number = values.pop("id")
    if _is_id_number(number):
        return closure_reports.Report("", problems=("编号不能用身份证号码，它会出现在网址里。请换一个编号。",))
    return closure_reports.Report(number, **values)


def _is_id_number(text: str) -> bool:
    try:
        check_id_number(text)
    except InvalidId:
        return False
    return True


class ClosureReportStatus(ClosureView):
    """One report by its number at the sender's."""

    @extend_schema(
        operation_id="partner_closure_show",
        summary="查看报送的一条情形办到哪一步",
        parameters=[_NUMBER],
        responses={200: ClosureOutcomeSerializer, **UNKNOWN_KEY, 404: OpenApiResponse(DETAIL, description="没有")},
    )
    def get(self, request: Request, number: str) -> Response:
        report = ClosureReport.objects.of_key(self.key).select_related("proposal").filter(number=number).first()
        if report is None:
            raise NotFound("本地区没有这个编号的报送。")
        said = closure_reports.Outcome(report.number, closure_reports.UNCHANGED, report.proposal.status)
        return Response(ClosureOutcomeSerializer(said).data)
