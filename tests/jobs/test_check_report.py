"""The page on what the checker finds: counts, short words, and the marks of people that survive the next writing."""

from pathlib import Path

import pytest
from django.core.management import call_command

from tests.jobs.test_imports import GOOD, write


@pytest.mark.django_db
def test_counts_by_rule_shows_little_and_keeps_what_people_marked(tmp_path: Path) -> None:
    rows = [
        ["a1", *GOOD[1:-1], "限男性。"],
        ["a2", *GOOD[1:-1], "外地户口免谈，本地户口优先。"],
        ["b3", *GOOD[1:]],
        ["b4", "站", "", *GOOD[3:]],
    ]
    files, page = write(tmp_path / "a.csv", *rows), tmp_path / "page.md"
    call_command("check_postings_report", files, write=page, verbosity=0)
    text = page.read_text("utf-8")
    assert "共 3 个岗位，其中 2 个" in text
    assert "| a.csv | 2 | sex_limit | 限男性 | 未看 |" in text
    assert "看图加工零件" not in text
    page.write_text(text.replace("限男性 | 未看", "限男性 | 对"), "utf-8")
    call_command("check_postings_report", files, write=page, verbosity=0)
    assert "| a.csv | 2 | sex_limit | 限男性 | 对 |" in page.read_text("utf-8")
    assert page.read_text("utf-8").count("未看") == 1
