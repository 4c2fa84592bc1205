"""Views that do one thing each, for the tests of the middleware."""

import time

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import include, path
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core import audit
from core.errors import DomainError
from people.access import PUBLIC, admit
from tests.audited.models import Note


def write(request: HttpRequest, then: str = "redirect") -> HttpResponse:
    note = Note.objects.create(text=request.POST.get("text", ""))
    if request.POST.get("slow"):
        time.sleep(0.5)
    messages.success(request, "已保存")
    match then:
        case "redirect":
            return HttpResponseRedirect(f"/notes/{note.pk}")
        case "json":
            return JsonResponse({"id": note.pk}, status=201)
        case "page":
            return HttpResponse("mend this")
        case "invalid":
            return HttpResponse("mend this", status=422)
        case "broken":
            return HttpResponse(status=503)
        case "lost":
            raise Http404
        case "denied":
            raise PermissionDenied
    raise ValueError(then)


def write_in_cte(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("WITH x AS (UPDATE audited_note SET text = 'x' RETURNING id) SELECT * FROM x")
    return HttpResponse()


def read(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("WITH x AS (SELECT 'insert into' AS update) SELECT * FROM x FOR UPDATE")
    return HttpResponse(str(Note.objects.count()))


def look(request: HttpRequest) -> HttpResponse:
    audit.record_access(actor=request.user, action="look", subject="all", reason="test")
    return HttpResponse("looked")


def said(request: HttpRequest) -> HttpResponse:
    return HttpResponse(" ".join(str(m) for m in messages.get_messages(request)))


class Refusing(APIView):
    permission_classes = [AllowAny]

    def post(self, request: Request) -> Response:
        Note.objects.create(text="half done")
        raise DomainError("这一步还不能做。")


urlpatterns = admit(
    [
        path("api/refusing", Refusing.as_view()),
        path("write", write),
        path("write/<then>", write),
        path("api/write/<then>", write),
        path("cte", write_in_cte),
        path("read", read),
        path("look", look),
        path("said", said),
    ],
    PUBLIC,
)

# The error pages lead on by named addresses of the portal.
urlpatterns += [path("", include("portal.routes")), path("", include("stations.urls")), path("", include("jobs.urls"))]
