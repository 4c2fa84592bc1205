"""The API's face of published postings: a list by position, and one by its id. Read only, open to everybody."""

from dataclasses import replace
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.exceptions import APIException, NotFound, ValidationError
from rest_framework.generics import ListAPIView, RetrieveAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import KeysetPagination, Public, answer_when_changed
from core.keyset import Page
from jobs.filters import PARAMETERS, PostingFilter
from jobs.finding import ORDERS, list_page
from jobs.hits import Criteria
from jobs.models import Posting, PostingSearch
from jobs.serializers import PostingSerializer
from jobs.withholding import IS_WITHHELD

KEPT = 30
"""Seconds for which an answer may be kept: a posting that was taken down is out of every cache after them."""
_SENTENCES = {"type": "array", "items": {"type": "string"}}
WRONG = OpenApiResponse({"type": "object", "additionalProperties": _SENTENCES}, description="参数不对，逐个写明怎么改")
_DETAIL = {"type": "object", "required": ["detail"], "properties": {"detail": {"type": "string"}}}


class Gone(APIException):
    """The posting has ended."""

    status_code = status.HTTP_410_GONE
    default_detail = "这个岗位已经结束招聘。"


class PostingPagination(KeysetPagination):
    """Pages of the search, which orders by itself."""

    def page(self, queryset: Any, view: Any, *, cursor: str | None, size: int) -> Page[Any]:
        return list_page(
            replace(view.criteria, order=view.ordering(view.request)), on=timezone.localdate(), cursor=cursor, size=size
        )


class PostingList(ListAPIView):
    """Published postings that are open today, by the same search as the page."""

    permission_classes = [Public]
    serializer_class = PostingSerializer
    pagination_class = PostingPagination
    criteria = Criteria()
    filterset_class = PostingFilter

    def get_queryset(self) -> QuerySet[Any]:
        return PostingSearch.objects.none()

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        asked = PostingFilter(self.request.query_params, queryset=queryset, request=self.request)
        if not asked.is_valid():
            raise ValidationError(asked.form.errors)
        self.criteria = asked.criteria()
        return queryset

    def ordering(self, request: Request) -> str:
        """Return the order that was asked for."""
        name = request.query_params.get("sort", "new")
        if name not in ORDERS:
            raise ValidationError({"sort": [f"排序只能是：{'、'.join(ORDERS)}。"]})
        if name == "near" and self.criteria.point is None:
            raise ValidationError({"sort": ["按距离排要有位置：请同时给出 lng 和 lat。"]})
        return name

    @extend_schema(
        operation_id="jobs_list",
        summary="查询招聘中的岗位",
        parameters=[*PARAMETERS, OpenApiParameter("sort", str, enum=list(ORDERS), default="new", description="排序")],
        responses={200: PostingSerializer(many=True), 400: WRONG},
        auth=[],
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        rows = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        answer = self.get_paginated_response(self.get_serializer(rows, many=True).data)
        return answer_when_changed(request, answer, seconds=KEPT)


class PostingDetail(RetrieveAPIView):
    """One published posting. 410 when it has ended."""

    permission_classes = [Public]
    serializer_class = PostingSerializer
    lookup_field = "public_id"
    queryset = Posting.objects.select_related("region", "organisation")

    def get_object(self) -> Posting:
        rows = self.get_queryset().filter(public_id=self.kwargs["public_id"])
        if found := rows.published(on=timezone.localdate()).first():
            return found
        # What another source lists too is answered with the posting that is shown for it.
        shown = self.get_queryset().published(on=timezone.localdate())
        if found := shown.filter(copies__in=rows.filter(status=Posting.Status.PUBLISHED)).first():
            return found
        if rows.filter(Q(status__in=[*Posting.ENDED, Posting.Status.PUBLISHED]) | IS_WITHHELD).exists():
            raise Gone
        raise NotFound("没有这个岗位。")

    @extend_schema(
        operation_id="jobs_show",
        summary="查看一个岗位",
        responses={
            200: PostingSerializer,
            404: OpenApiResponse(_DETAIL, description="没有"),
            410: OpenApiResponse(_DETAIL, description="已结束"),
        },
        auth=[],
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return answer_when_changed(request, super().get(request, *args, **kwargs), seconds=KEPT)
