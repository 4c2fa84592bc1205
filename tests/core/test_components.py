from pathlib import Path

import pytest
from django.conf import settings

from tests.core.components import SPECIMENS, draw

NOT_ALONE = {"_check", "messages", "large", "contrast", "mark"}


@pytest.mark.parametrize("name", SPECIMENS)
def test_draws_each_component(name):
    assert draw(name).strip()


def test_there_is_a_specimen_of_every_component():
    here = {path.stem for path in Path(settings.BASE_DIR, "templates", "components").glob("*.html")}
    assert here - NOT_ALONE == set(SPECIMENS)


def test_pager_keeps_the_search():
    assert "q=%E7%94%B5%E5%B7%A5&amp;cursor=n" in draw("pager")


def test_pairs_without_a_value_are_left_out():
    assert "空着" not in draw("kv")


def test_timeline_marks_the_step_of_now():
    assert draw("timeline").count('aria-current="step"') == 1
