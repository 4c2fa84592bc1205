"""What the search is measured against: tantivy on the same postings, TF-IDF on the same known items."""

import math
import shutil
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import tantivy
from portal_dev.console import step

FACETS = ("place", "kind", "education", "experience", "industry", "pay")
SIZE = 20


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    for name in ("words", "title"):
        builder.add_text_field(name, stored=False, tokenizer_name="whitespace", index_option="freq")
    builder.add_integer_field("id", stored=True, indexed=False, fast=True)
    for name in (*FACETS, "city", "suits"):
        builder.add_integer_field(name, stored=False, indexed=True, fast=True)
    return builder.build()


class Tantivy:
    """An index in this process, memory-mapped, of the same pieces; the page, the total and the same counts."""

    def __init__(self, folder: Path, postings: int) -> None:
        self._folder, self._stamp = folder, folder.with_suffix(".done")
        if not self._stamp.exists() or self._stamp.read_text() != str(postings):
            with step("tantivy's index of the same postings") as current:
                began = time.monotonic()
                self._build()
                current.note = f"{postings / (time.monotonic() - began):,.0f} postings/s"
            self._stamp.write_text(str(postings))
        self._index = tantivy.Index(_schema(), path=str(folder))
        self._index.reload()
        self._searcher = self._index.searcher()

    def _build(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True)
        writer = tantivy.Index(_schema(), path=str(self._folder)).writer(heap_size=500_000_000, num_threads=2)
        for document in _documents():
            writer.add_document(tantivy.Document(**document))
        writer.commit()
        writer.wait_merging_threads()

    def screen(self, terms: Sequence[str], prefix: str, filters: dict[str, Any]) -> int:
        """Return the total, having also found the first page and counted the facets."""
        query = self._query(terms, prefix, filters)
        found = self._searcher.search(query, SIZE, count=True)
        aggregate = {name: {"terms": {"field": name, "size": 200}} for name in (*FACETS[:-1], "city")}
        aggregate["pay"] = {"histogram": {"field": "pay", "interval": 1000}}
        self._searcher.aggregate(query, aggregate)
        return int(found.count)

    def _query(self, terms: Sequence[str], prefix: str, filters: dict[str, Any]) -> tantivy.Query:
        schema, must = _schema(), tantivy.Occur.Must
        clauses = []
        for term in terms:
            either = [
                (tantivy.Occur.Should, tantivy.Query.term_query(schema, name, term)) for name in ("words", "title")
            ]
            clauses.append((must, tantivy.Query.boolean_query(either)))
        if prefix:
            clauses.append((must, tantivy.Query.regex_query(schema, "words", f"{prefix}.?")))
        integer = tantivy.FieldType.Integer
        for name, (low, high) in filters.items():
            clauses.append((must, tantivy.Query.range_query(schema, name, integer, low, high)))
        return tantivy.Query.boolean_query(clauses)


def _documents() -> Iterator[dict[str, Any]]:
    """Return the postings as the search row holds them, words as often as they occur."""
    from django.db import connection

    from jobs.cells import Cells
    from jobs.indexing import place_words
    from jobs.tokens import pieces

    with connection.cursor() as cursor:
        cursor.execute("SELECT title, employer, description, requirement FROM bench_source ORDER BY n")
        texts = [(" ".join(pieces(title)), " ".join(pieces("\n".join((title, *rest))))) for title, *rest in cursor]
        cursor.execute("SELECT posting_id, packed, region_path FROM jobs_postingsearch ORDER BY posting_id")
        rows = cursor.fetchall()
    cells = Cells.read(b"".join(packed for _, packed, _ in rows))
    values = {name: cells.field(name).tolist() for name in (*FACETS, "suits")}
    places: dict[str, str] = {}
    for at, (pk, _, path) in enumerate(rows):
        title, words = texts[pk * 31 % len(texts)]
        if path not in places:
            places[path] = place_words(path)
        facts = {name: values[name][at] for name in values}
        yield {"words": f"{words} {places[path]}", "title": title, "id": pk, "city": facts["place"] // 36**2, **facts}


def tfidf(queries: Sequence[Sequence[str]], documents: Sequence[Sequence[str]]) -> list[float]:
    """Return the rank of each query's own document by the cosine of TF-IDF vectors; ties count half."""
    inverted: dict[str, list[tuple[int, int]]] = {}
    for number, words in enumerate(documents):
        for word, count in Counter(words).items():
            inverted.setdefault(word, []).append((number, count))
    size = len(documents)
    lists = {word: np.array(found) for word, found in inverted.items()}
    weight = {word: math.log((1 + size) / (1 + len(found))) + 1 for word, found in lists.items()}
    norm = np.zeros(size)
    for word, found in lists.items():
        norm[found[:, 0]] += (found[:, 1] * weight[word]) ** 2
    norm = np.sqrt(np.maximum(norm, 1e-9))
    ranks: list[float] = []
    for number, words in enumerate(queries):
        score = np.zeros(size)
        for word, count in Counter(words).items():
            if word in lists:
                score[lists[word][:, 0]] += lists[word][:, 1] * count * weight[word] ** 2
        score /= norm
        above, same = int((score > score[number]).sum()), int((score == score[number]).sum())
        ranks.append(1 + above + (same - 1) / 2)
    return ranks
