"""The API's face of the snapshot and the change feed."""

from typing import Any

from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

from core.api import Public, answer_when_changed
from jobs import feed
from jobs.api import WRONG
from jobs.feed_serializers import ChangesSerializer, SnapshotSerializer
from people.models import Region
from people.regions import find_region

DEFAULT = 200
_LIMIT = OpenApiParameter(
    "limit",
    {"type": "integer", "minimum": 1, "maximum": feed.MOST, "default": DEFAULT},
    description="每页行数",
)
_WHERE = OpenApiParameter(
    "region",
    str,
    description="只要工作地点在这个市、区县或以下的：GB/T 2260 代码，例如 2101。答复里的地址会带着它",
)
LOST = "位置不对或已经失效。请从快照重新开始：/api/v1/jobs/snapshot/"


def _known(request: Request, *names: str) -> None:
    if unknown := [name[:40] for name in request.query_params if name not in names]:
        raise ValidationError({"detail": [f"不认识的参数：{'、'.join(unknown[:5])}。可用的参数：{'、'.join(names)}。"]})


def _size(request: Request) -> int:
    text = request.query_params.get("limit", str(DEFAULT))
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= feed.MOST:
        raise ValidationError({"limit": [f"每页行数要在 1 到 {feed.MOST} 之间。"]})
    return int(text)


def _position(request: Request, name: str, kind: str) -> feed.Position:
    position = feed.unseal(request.query_params.get(name, ""), kind)
    if position is None:
        raise ValidationError({name: [LOST]})
    return position


def _region(request: Request) -> Region | None:
    """Return the place to which a mirror keeps; None for all.

    :raises ValidationError: there is none of that code.
    """
    code = request.query_params.get("region", "")
    if not code:
        return None
    found = find_region(code) if code.isascii() and code.isalnum() else None
    if found is None:
        raise ValidationError(
            {"region": [f"没有代码为“{code[:20]}”的地区。请用 GB/T 2260 代码，例如 2101 或 210106。"]}
        )
    return found


def _kept(region: Region | None) -> dict[str, str]:
    return {"region": region.code} if region else {}


def _address(request: Request, view: str, **parameters: Any) -> str:
    address = request.build_absolute_uri(reverse(f"jobs:{view}"))
    for name, value in parameters.items():
        address = replace_query_param(address, name, value)
    return address


class PostingSnapshot(APIView):
    """All published postings, page by page."""

    permission_classes = [Public]

    @extend_schema(
        operation_id="jobs_snapshot",
        summary="招聘中岗位的快照，一页一页读完",
        description="先读快照，再从 `changes` 接着读变更：两样合起来就是现在招聘中的岗位。到了 `valid_until` 的岗位请自行隐藏。",
        parameters=[_LIMIT, _WHERE, OpenApiParameter("cursor", str, description="上一页答复里 next 带的位置")],
        responses={200: SnapshotSerializer, 400: WRONG},
        auth=[],
    )
    def get(self, request: Request) -> Response:
        _known(request, "cursor", "limit", "region")
        size, region = _size(request), _region(request)
        since = _position(request, "cursor", "snapshot") if "cursor" in request.query_params else None
        within, kept = region.path if region else "", _kept(region)
        page = feed.snapshot(since=since, size=size, on=timezone.localdate(), within=within)
        after = page.next and page.next.sealed("snapshot")
        said = {
            "next": _address(request, "api-posting-snapshot", cursor=after, limit=size, **kept) if after else None,
            "changes": _address(request, "api-posting-changes", since=page.changes.sealed("changes"), **kept),
            "results": page.rows,
        }
        return Response(SnapshotSerializer(said, context={"request": request}).data)


class PostingChanges(APIView):
    """Every change since a position, removals included."""

    permission_classes = [Public]

    @extend_schema(
        operation_id="jobs_changes",
        summary="某个位置之后的岗位变更，包括不再公开的",
        description="不会漏；同一个岗位偶尔会重复出现，按 `id` 覆盖即可。每次读完把 `next` 存下来。"
        "带 `region` 时，离开这个地区的岗位也作为移除告诉，reason 是 `moved`。",
        parameters=[
            _LIMIT,
            _WHERE,
            OpenApiParameter("since", str, required=True, description="快照的 changes 或上次的 next 带的位置"),
        ],
        responses={200: ChangesSerializer, 400: WRONG},
        auth=[],
    )
    def get(self, request: Request) -> Response:
        _known(request, "since", "limit", "region")
        size, region = _size(request), _region(request)
        since, within = _position(request, "since", "changes"), region.path if region else ""
        page = feed.changes(since=since, size=size, on=timezone.localdate(), within=within)
        position = page.next.sealed("changes")
        following = _address(request, "api-posting-changes", since=position, limit=size, **_kept(region))
        said = {"next": following, "more": page.more, "results": page.rows}
        answer = Response(ChangesSerializer(said, context={"request": request}).data)
        return answer_when_changed(request, answer, seconds=0)
