import csv
from collections import Counter

import pytest

from people import reference
from people.models import Person


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("本科", "21"),
        ("统招本科", "21"),
        ("本科及以上", "21"),
        ("以内本科", "21"),
        ("大专", "31"),
        ("本科/大专", "31"),
        ("中技/中专", "41"),
        ("中专", "41"),
        ("高中", "61"),
        ("初中及以下", "71"),
        ("硕士", "14"),
        ("MBA/EMBA", "14"),
        ("博士", "11"),
        ("学历不限", ""),
        ("不限", ""),
        ("不限学历", ""),
        ("经验不限", None),
        ("3-5年", None),
        ("", None),
    ],
)
def test_reads_the_education_that_a_posting_asks_for(text, code):
    assert reference.education_code(text) == code


@pytest.mark.shared_data
def test_understands_nearly_every_education_of_real_postings(shared_data):
    found = Counter()
    csv.field_size_limit(10_000_000)
    for file in sorted((shared_data / "jobs" / "dev").glob("*.csv")):
        with file.open(encoding="utf-8") as stream:
            found.update(row["education"] for row in csv.DictReader(stream) if row["education"])
    unknown = {text for text in found if reference.education_code(text) is None}
    assert unknown == {"3-5年", "5-10年", "经验不限", "应届生"}


def test_ranks_educations():
    order = ["11", "14", "21", "31", "61", "71", "81", "90"]
    ranks = [reference.education_rank(code) for code in order]
    assert ranks == sorted(ranks, reverse=True)
    assert reference.education_rank("23") == reference.education_rank("31")
    assert reference.education_rank("12") == 7
    assert reference.education_rank("??") == 0


@pytest.mark.parametrize(
    ("has", "wants", "enough"),
    [("31", "21", False), ("21", "21", True), ("41", "61", True), ("", "", True), ("", "71", False)],
)
def test_compares_an_education_with_what_is_wanted(has, wants, enough):
    assert reference.meets_education(has, wants) is enough


def test_knows_the_fifty_six_nationalities():
    nations = reference.nation_choices()
    assert len({name for _, name in nations}) == 56
    assert nations[0] == ("01", "汉族")
    assert nations[-1] == ("56", "基诺族")


def test_names_the_standard_of_every_table():
    for table in reference.tables().values():
        assert table.standard
        assert table.confidence in {"S", "F", "K"}


@pytest.mark.parametrize(
    ("table", "field"),
    [
        ("education", "education"),
        ("nation", "nation"),
        ("political", "political"),
        ("health", "health"),
        ("household", "household_kind"),
    ],
)
def test_fits_into_the_person_s_columns(table, field):
    assert max(len(code) for code, _ in reference.choices(table)) <= Person._meta.get_field(field).max_length


def test_shows_a_code_in_words():
    assert reference.education_label("21") == "大学本科毕业"
    assert reference.label("nation", "99") == "99"
    assert len(reference.education_choices()) == 11
    assert len(reference.education_choices(full=True)) == 40
