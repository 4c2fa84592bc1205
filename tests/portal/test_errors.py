import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path

from people.access import PUBLIC, admit


def _raise(error: Exception) -> HttpResponse:
    raise error


def _form(request: HttpRequest) -> HttpResponse:
    return HttpResponse("saved")


urlpatterns = [
    *admit(
        [
            path("bad", lambda request: _raise(SuspiciousOperation("x"))),
            path("denied", lambda request: _raise(PermissionDenied("x"))),
            path("broken", lambda request: _raise(RuntimeError("219901198005170018"))),
            path("api/broken", lambda request: _raise(RuntimeError("219901198005170018"))),
            path("form", _form),
        ],
        PUBLIC,
    ),
    path("", include("portal.urls")),
]
handler400 = "portal.errors.bad_request"
handler403 = "portal.errors.permission_denied"
handler404 = "portal.errors.page_not_found"
handler500 = "portal.errors.server_error"


@pytest.mark.django_db
@pytest.mark.urls("tests.portal.test_errors")
@pytest.mark.parametrize(
    ("address", "status", "sentence"),
    [
        ("/bad", 400, "请返回上一页"),
        ("/denied", 403, "没有权限"),
        ("/nowhere", 404, "没有找到"),
        ("/broken", 500, "没有保存"),
        ("/api/broken", 500, "没有保存"),
    ],
)
def test_says_what_to_do_next_and_nothing_of_what_broke(address, status, sentence):
    response = Client(raise_request_exception=False).get(address)
    assert response.status_code == status
    body = response.content.decode() if "json" not in response["Content-Type"] else response.json()["detail"]
    assert sentence in body
    assert "219901" not in body


@pytest.mark.django_db
@pytest.mark.urls("tests.portal.test_errors")
def test_says_that_an_old_form_was_not_sent():
    response = Client(enforce_csrf_checks=True).post("/form")
    assert response.status_code == 403
    assert "刷新页面" in response.content.decode()


@pytest.mark.django_db
@pytest.mark.urls("tests.portal.test_errors")
def test_has_a_last_sentence_when_the_error_page_breaks(monkeypatch):
    monkeypatch.setattr("portal.errors.render_to_string", lambda *args, **kwargs: _raise(RuntimeError("again")))
    response = Client(raise_request_exception=False).get("/broken")
    assert (response.status_code, response["Content-Type"]) == (500, "text/plain; charset=utf-8")
