"""What the search box offers while one types, and what one may have meant: titles and names of work, by their pinyin."""

import re
import unicodedata
from collections import Counter
from difflib import SequenceMatcher

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Length

from jobs.asking import groups
from jobs.models import Posting, Suggestion
from jobs.tokens import RUN, is_chinese

SHOWN = 8
MOST = 20_000
LONGEST = 12
ALIKE = 0.75
_ASIDE = re.compile(r"[(（\[【].*?[)）\]】]")


def spelling(word: str) -> tuple[str, str]:
    """Return a word's pinyin in one piece and its initials; Latin letters and digits stay as they are."""
    # Its dictionary takes longer to read than all else that a process starts with, and few processes need it.
    from pypinyin import Style, lazy_pinyin

    syllables = lazy_pinyin(word, style=Style.NORMAL, errors=str.lower)
    return "".join(syllables), "".join(syllable[:1] for syllable in syllables)


def plain(title: str) -> str:
    """Return what a title names: without remarks in brackets; "" when too little or too much is left."""
    runs = RUN.findall(_ASIDE.sub(" ", unicodedata.normalize("NFKC", title)))
    word = runs[0].lower() if runs else ""
    if runs and not is_chinese(runs[0]) and len(runs) > 1:
        word += runs[1]
    return word if 2 <= len(word) <= LONGEST else ""


@transaction.atomic
def collect() -> int:
    """Collect anew what is advertised now, with the known names of such work; returns how many words there are."""
    counted: Counter[str] = Counter()
    titles = Posting.objects.filter(status=Posting.Status.PUBLISHED).values_list("title").annotate(n=Count("pk"))
    for title, count in titles.order_by().iterator():
        if word := plain(title):
            counted[word] += count
    for name, others in groups().items():
        if name not in counted and len(name) <= LONGEST and (found := max(counted[other] for other in others)):
            counted[name] = max(found // 4, 1)  # the search finds the others by it, but nobody advertises under it
    words = [Suggestion(word=w, postings=n, **_spelled(w)) for w, n in counted.most_common(MOST) if n]
    Suggestion.objects.all().delete()
    Suggestion.objects.bulk_create(words, batch_size=5000)
    return len(words)


def _spelled(word: str) -> dict[str, str]:
    pinyin, initials = spelling(word)
    return {"pinyin": pinyin[:160], "initials": initials[:24]}


def suggest(typed: str) -> list[str]:
    """Return the words that begin with what was typed, in characters, in pinyin or by initials; then those that hold it."""
    text = unicodedata.normalize("NFKC", typed).strip().lower()[:LONGEST]
    if not text:
        return []
    if text.isascii():
        letters = re.sub(r"[^a-z0-9+#.]", "", text)
        begins = Q(pinyin__startswith=letters) | Q(initials__startswith=letters) | Q(word__startswith=letters)
        return _words(Suggestion.objects.filter(begins)) if letters else []
    found = _words(Suggestion.objects.filter(word__startswith=text))
    if len(found) < SHOWN:
        held = Suggestion.objects.filter(word__contains=text).exclude(word__in=found)
        found += _words(held)[: SHOWN - len(found)]
    return found


def _words(rows: QuerySet[Suggestion]) -> list[str]:
    return list(rows.order_by("-postings", "word").values_list("word", flat=True)[:SHOWN])


def meant(typed: str) -> str:
    """Return the word that somebody may have meant: spoken alike (点焊工, 电汗工), or one character off; "" for none.

    Of several Chinese words none is guessed at: nobody sets a space inside a word, and their spellings together are no
    word's. Pinyin is typed with spaces.
    """
    words = unicodedata.normalize("NFKC", typed).lower().split()
    text = "".join(words)
    if not 2 <= len(text) <= LONGEST or (len(words) > 1 and not text.isascii()):
        return ""
    pinyin, initials = spelling(text)
    near = Q(pinyin=pinyin) | Q(initials=initials, length=len(text))
    if not text.isascii():
        pattern = "|".join(f"{re.escape(text[:at])}.{re.escape(text[at + 1 :])}" for at in range(len(text)))
        near |= Q(word__regex=f"^({pattern})$") if len(text) > 2 else Q()
    rows = Suggestion.objects.annotate(length=Length("word")).filter(near).exclude(word=text)
    found = [
        (_likeness(pinyin, row.pinyin), row.postings, row.word) for row in rows.order_by("-postings", "word")[:200]
    ]
    return max((row for row in found if row[0] >= ALIKE), default=(0.0, 0, ""))[2]


def _likeness(one: str, other: str) -> float:
    return 1.0 if one == other else SequenceMatcher(None, one, other).ratio()
