from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.cells import (
    EPOCH,
    KINDS,
    MOST_POSTINGS,
    MOST_SECONDS,
    SUITS,
    Cells,
    from_place,
    pack,
    packed,
    place_codes,
    place_number,
)
from jobs.industries import SECTIONS, section
from jobs.models import Posting, Suits


@given(
    pay=st.integers(0, 2_000_000),
    kind=st.sampled_from(KINDS),
    education=st.integers(0, 7),
    experience=st.integers(0, 40),
    industry=st.sampled_from(["", *SECTIONS]),
    suits=st.sets(st.sampled_from(SUITS)),
    path=st.sampled_from(["", "21", "21/2101", "21/2101/210106/210106001", "21/21SF01"]),
)
def test_gives_back_what_was_packed(pay, kind, education, experience, industry, suits, path):
    values = {"pay": pay, "kind": kind, "education": education, "experience": experience, "industry": industry}
    cells = Cells.read(packed(pack(path=path, suits=suits, **values), EPOCH, 1))
    found = {name: int(cells.field(name)[0]) for name in ("place", "pay", "education", "experience")}
    assert found == {
        "place": place_number(path),
        "pay": pay,
        "education": education,
        "experience": min(experience, 7),
    }
    assert KINDS[cells.field("kind")[0]] == kind
    assert f" {SECTIONS}"[cells.field("industry")[0]].strip() == industry
    assert {suit for bit, suit in enumerate(SUITS) if cells.field("suits")[0] >> bit & 1} == suits


@given(posted=st.lists(st.tuples(st.integers(0, MOST_SECONDS), st.integers(1, MOST_POSTINGS))))
def test_orders_by_date_and_number_and_gives_both_back(posted):
    found = [(EPOCH + timedelta(seconds=seconds), number) for seconds, number in posted]
    places = Cells.read(b"".join(packed(0, *each) for each in found)).places.tolist()
    assert [from_place(place) for place in places] == found
    assert [from_place(place) for place in sorted(places)] == sorted(found)


@pytest.mark.parametrize(
    ("path", "codes"),
    [
        ("21", ("", "")),
        ("21/2101", ("2101", "")),
        ("21/2101/210106/210106001", ("2101", "210106")),
        ("21/21SF01", ("21SF01", "")),
    ],
)
def test_names_the_city_and_the_county_again(path, codes):
    assert place_codes(place_number(path), "21") == codes


def test_knows_every_kind_and_invitation_of_a_posting():
    assert set(Posting.Kind.values) == set(KINDS) - {""}
    assert set(Suits.values) == set(SUITS)


@pytest.mark.parametrize(
    ("text", "letter"),
    [("C34", "C"), ("互联网/电子商务", "I"), ("专用设备制造业", "C"), ("物业管理", "K"), ("A股研究", ""), ("", "")],
)
def test_reads_the_industry_from_codes_and_from_words(text, letter):
    assert section(text) == letter
