"""The components and the error pages, in every display mode: what all pages are built of is sound by itself."""

import pytest
from django.template.loader import render_to_string

from tests.browser.conftest import DESKTOP, MODES, PHONE
from tests.core.components import SPECIMENS, draw

SHELL = """<!doctype html><html lang="zh-CN"{attributes}><head><meta charset="utf-8"><title>组件</title>
<link rel="stylesheet" href="/static/css/tokens.css"><link rel="stylesheet" href="/static/css/ui.css">
<link rel="stylesheet" href="/static/css/public.css"><link rel="stylesheet" href="/static/css/form.css"></head>
<body class="public"><main class="wrap page"><h1>组件</h1><h2>样例</h2>{body}</main></body></html>"""


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: "+".join(mode.values()) or "normal")
def test_components_are_sound_for_axe_and_fit_a_phone(mode, walk, check_accessible, check_fits):
    attributes = "".join(f' data-{name.removeprefix("ui_")}="{value}"' for name, value in mode.items())
    body = "".join(f'<section class="card card__pad">{draw(name)}</section>' for name in SPECIMENS)
    page = walk(width=DESKTOP)
    page.route(
        "**/specimens/",
        lambda route: route.fulfill(
            content_type="text/html; charset=utf-8", body=SHELL.format(attributes=attributes, body=body)
        ),
    )
    page.goto("/specimens/")
    check_accessible(page)
    for width in (320, PHONE, DESKTOP):
        check_fits(page, width)


@pytest.mark.parametrize("kind", ["400", "403", "404", "410", "500", "csrf"])
def test_error_pages_are_sound_for_axe_and_fit_a_phone(kind, walk, check_accessible, check_fits):
    html = render_to_string(
        f"errors/{kind}.html", {"portal_name": "辽宁公共就业服务", "sentence": "这里说发生了什么。"}
    )
    page = walk(width=PHONE)
    page.route("**/specimens/", lambda route: route.fulfill(content_type="text/html; charset=utf-8", body=html))
    page.goto("/specimens/")
    check_accessible(page)
    check_fits(page, 320)
