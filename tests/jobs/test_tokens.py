import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.tokens import piece_set, piece_texts, pieces, query


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("焊工", ["焊工", "工"]),
        ("电焊工", ["电焊", "焊工", "工"]),
        ("C++ 工程师", ["c++", "工程", "程师", "师"]),
        ("java.", ["java"]),
        ("", []),
        ("！？，", []),
    ],
)
def test_cuts_chinese_into_overlapping_pairs_and_keeps_words_whole(text, found):
    assert pieces(text) == found


@pytest.mark.parametrize(
    ("text", "asked"),
    [("焊", "'焊':*"), ("焊工", "'焊工'"), ("电工 夜班", "'电工' & '夜班'"), ("'); drop", "'drop'"), ("\\", "")],
)
def test_asks_for_every_piece(text, asked):
    assert query(text) == asked


@given(st.text(max_size=80))
def test_never_leaves_a_quote_or_backslash_in_a_query(text):
    inner = query(text).replace("' & '", "").strip("'").removesuffix("':*").replace("':* & '", "")
    assert "\\" not in inner


@given(st.text(alphabet="电焊工程师aZ9+#. ，\n", max_size=80))
def test_finds_the_same_pieces_with_and_without_their_order(text):
    assert piece_set(text) == set(pieces(text))


@given(st.lists(st.text(alphabet="电焊工鿿㐀程师aZ9+#. ，\n\U00020000\udc80", max_size=40), max_size=5))
def test_finds_the_same_pieces_in_many_texts_at_once(texts):
    found = [text.split(" ") if text else [] for text in piece_texts(texts)]
    assert [sorted(words) for words in found] == [sorted(piece_set(text)) for text in texts]
