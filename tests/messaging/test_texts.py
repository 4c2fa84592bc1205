import string
from datetime import date
from decimal import Decimal

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from messaging import texts
from messaging.texts import Template, UnknownTemplate
from tests.portal.house import APPS


def names(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("code", texts.codes())
def test_fills_every_template_from_the_names_it_uses(code):
    template = texts.get(code)
    context = dict.fromkeys(names(template.sms) | names(template.inbox), "某某")
    for channel in ("sms", "inbox"):
        if template.has(channel):
            assert "{" not in template.text(channel, context)
    assert template.title
    # A person who cannot be reached by text must still find the matter in the inbox, login codes aside.
    assert template.inbox or template.secret


def test_keeps_no_template_that_nobody_sends():
    code = "".join(path.read_text("utf-8") for app in APPS for path in (settings.BASE_DIR / app).rglob("*.py"))
    assert {name for name in texts.codes() if f'"{name}"' not in code} == set()


def test_keeps_every_optional_message_under_a_known_topic():
    assert {texts.get(code).topic for code in texts.codes()} - {""} <= {topic.code for topic in texts.topics()}


def test_shows_values_as_people_read_them():
    text = Template("x", "t", inbox="{amount} 元，{day}").text(
        "inbox", {"amount": Decimal("1234.5"), "day": date(2026, 11, 2)}
    )
    assert text == "1,234.50 元，2026 年 11 月 2 日"


def test_misses_a_value_loudly():
    with pytest.raises(KeyError, match="employer"):
        texts.get("application_answered").text("sms", {"title": "焊工"})
    with pytest.raises(UnknownTemplate, match="add it to"):
        texts.get("nothing")


@pytest.mark.parametrize("text", ["{user.password}", "{a[0]}", "{a!r}", "{a:>9}", "{}", ""])
def test_refuses_texts_that_would_reach_into_values(text):
    with pytest.raises(ImproperlyConfigured):
        texts._check(Template("x", "t", sms=text), {})


def test_refuses_an_unknown_topic():
    with pytest.raises(ImproperlyConfigured, match="topic"):
        texts._check(Template("x", "t", sms="a", topic="gone"), {})
