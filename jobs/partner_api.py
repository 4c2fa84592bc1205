"""The API's face for organisations that hand over postings by machine."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.exceptions import AuthenticationFailed, NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from jobs import partners
from jobs.models import PartnerKey, Posting
from jobs.partner_door import CLOSED, DETAIL, ONCE, UNKNOWN_KEY, KeyedView
from jobs.partner_serializers import (
    MOST,
    BatchOutcomeSerializer,
    BatchSerializer,
    GivenPostingSerializer,
    NumberedPostingSerializer,
    OutcomeSerializer,
    sentences,
)

LONGEST_ID = 80
_NUMBER = OpenApiParameter("source_id", str, OpenApiParameter.PATH, description="岗位在推送单位的编号，最长 80 个字符")


class PartnerView(KeyedView):
    """Takes postings in the key's name."""

    scope = PartnerKey.Scope.POSTINGS

    def take(self, given: list[partners.Given]) -> list[partners.Outcome]:
        """Take rows over in the key's name."""
        try:
            with self.acting():
                return partners.take(given, source=self.source, on=timezone.localdate())
        except partners.NotTaken as error:
            raise AuthenticationFailed(error.message) from None

    @property
    def source(self) -> partners.Source:
        """In whose name postings are handed over."""
        return partners.Source(self.key.source, self.key.organisation)


class PartnerPostings(PartnerView):
    """A batch of postings."""

    @extend_schema(
        operation_id="partner_postings_push",
        summary="推送一批岗位，最多 500 个",
        description="每个岗位单独有结果：收了，或者没有收和原因。重复推送同样的内容什么也不变。",
        parameters=[ONCE],
        request=BatchSerializer,
        responses={200: BatchOutcomeSerializer, **CLOSED},
    )
    def post(self, request: Request) -> Response:
        rows = request.data.get("postings") if isinstance(request.data, Mapping) else None
        if not isinstance(rows, list):
            raise ValidationError({"postings": ['请求要是 {"postings": [岗位, …]}。']})
        if len(rows) > MOST:
            raise ValidationError({"postings": [f"一次最多 {MOST} 个岗位，这次有 {len(rows)} 个。请分批推送。"]})
        outcomes = self.take([_given(row) for row in rows])
        counts = Counter(outcome.result for outcome in outcomes)
        names = (partners.ADDED, partners.CHANGED, partners.UNCHANGED, partners.REFUSED)
        said = {name: counts[name] for name in names} | {"results": outcomes}
        return Response(BatchOutcomeSerializer(said).data)


def _given(row: Any) -> partners.Given:
    """Read one row of a batch."""
    if not isinstance(row, Mapping):
        return partners.Given("", None, ("每个岗位要是一个 JSON 对象。",))
    read = NumberedPostingSerializer(data=row)
    if read.is_valid():
        values = dict(read.validated_data)
        return partners.Given(values.pop("id"), values)
    named = row.get("id")
    return partners.Given(named[:LONGEST_ID] if isinstance(named, str) else "", None, tuple(sentences(read.errors)))


class PartnerPosting(PartnerView):
    """One posting by its number at the partner's."""

    @extend_schema(
        operation_id="partner_posting_show",
        summary="查看推送的一个岗位现在怎么样",
        parameters=[_NUMBER],
        responses={200: OutcomeSerializer, **UNKNOWN_KEY, 404: OpenApiResponse(DETAIL, description="没有")},
    )
    def get(self, request: Request, source_id: str) -> Response:
        posting = Posting.objects.filter(source_site=self.key.source, source_id=source_id).exclude(source_id="").first()
        if posting is None:
            raise NotFound(f"没有编号为“{source_id[:LONGEST_ID]}”的岗位。")
        problems = (posting.status_reason,) if posting.status_reason else ()
        said = partners.Outcome(source_id, partners.UNCHANGED, posting.public_id, posting.status, problems)
        return Response(OutcomeSerializer(said).data)

    @extend_schema(
        operation_id="partner_posting_put",
        summary="推送或更新一个岗位",
        parameters=[_NUMBER, ONCE],
        request=GivenPostingSerializer,
        responses={200: OutcomeSerializer, 201: OutcomeSerializer, **CLOSED},
    )
    def put(self, request: Request, source_id: str) -> Response:
        if len(source_id) > LONGEST_ID:
            raise ValidationError({"source_id": [f"编号最长 {LONGEST_ID} 个字符。"]})
        if not isinstance(request.data, Mapping):
            raise ValidationError({"detail": ["请求要是一个 JSON 对象。"]})
        (outcome,) = self.take([_given({**request.data, "id": source_id})])
        if outcome.result == partners.REFUSED:
            return Response({"detail": "".join(outcome.problems), "problems": outcome.problems}, status=422)
        code = status.HTTP_201_CREATED if outcome.result == partners.ADDED else status.HTTP_200_OK
        return Response(OutcomeSerializer(outcome).data, status=code)

    @extend_schema(
        operation_id="partner_posting_remove",
        summary="移除一个岗位",
        parameters=[
            _NUMBER,
            ONCE,
            OpenApiParameter(
                "reason",
                str,
                enum=list(partners.REASONS),
                default="withdrawn",
                description="招满、撤回，还是来源没有了",
            ),
        ],
        responses={200: OutcomeSerializer, **CLOSED, 404: OpenApiResponse(DETAIL, description="没有")},
    )
    def delete(self, request: Request, source_id: str) -> Response:
        reason = request.query_params.get("reason", "withdrawn")
        if reason not in partners.REASONS:
            raise ValidationError({"reason": [f"reason 只能是：{'、'.join(partners.REASONS)}。"]})
        try:
            with self.acting():
                outcome = partners.remove(source=self.source, source_id=source_id, reason=reason)
        except partners.UnknownPosting as error:
            raise NotFound(error.message) from None
        return Response(OutcomeSerializer(outcome).data)
