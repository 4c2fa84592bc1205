from hypothesis import given
from hypothesis import strategies as st

from jobs.resume_hints import Filled, completeness, forbidden_in

COUNTS = st.integers(0, 3)
ANY = st.builds(
    Filled,
    headline=st.booleans(),
    region=st.booleans(),
    educations=COUNTS,
    works=COUNTS,
    described_works=COUNTS,
    skills=COUNTS,
    certificates=COUNTS,
    intentions=COUNTS,
    phone=st.booleans(),
)


@given(ANY)
def test_counts_to_a_hundred_with_its_hints(filled):
    points, hints = completeness(filled)
    assert points + sum(hint.points for hint in hints) == 100
    assert hints == sorted(hints, key=lambda hint: -hint.points)


def test_asks_first_for_what_the_person_looks_for():
    points, hints = completeness(Filled())
    assert points == 0
    assert hints[0].section == "intention"


def test_lets_ordinary_sentences_pass():
    assert forbidden_in(["2018 年到 2024 年在车间维修 380 伏电路，管 12 个人，每月产量 15000 件。"]) == ""
