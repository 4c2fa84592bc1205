import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def test_keeps_large_type_and_high_contrast_in_cookies(client: Client):
    response = client.post("/display/", {"ui_size": "lg", "ui_contrast": "more", "next": "/stations/"})
    assert response.status_code == 302
    assert response["Location"] == "/stations/"
    page = client.get("/about/safety/").content.decode()
    assert '<html lang="zh-CN" data-size="lg" data-contrast="more">' in page


def test_goes_back_to_normal(client: Client):
    client.cookies["ui_size"] = "lg"
    client.post("/display/", {"ui_size": "normal", "ui_contrast": "normal", "next": "/"})
    assert '<html lang="zh-CN">' in client.get("/about/safety/").content.decode()


@pytest.mark.parametrize("target", ["https://example.org/", "//example.org", "javascript:alert(1)", ""])
def test_never_leads_to_another_site(client: Client, target):
    assert client.post("/display/", {"ui_size": "lg", "ui_contrast": "normal", "next": target})["Location"] == "/"


def test_an_unknown_choice_is_explained(client: Client):
    response = client.post("/display/", {"ui_size": "huge", "ui_contrast": "normal"})
    assert response.status_code == 422
    assert "有 1 处要改" in response.content.decode()
    assert "ui_size" not in response.cookies


def test_a_forged_cookie_changes_nothing(client: Client):
    client.cookies["ui_size"] = '"><script>'
    assert '<html lang="zh-CN">' in client.get("/about/safety/").content.decode()
