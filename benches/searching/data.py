"""A large database of postings for the bench, written by one INSERT … SELECT a table and kept between runs.

Texts come from real scraped postings when they lie beside this repository (they carry no licence, so they are read and
never copied into it), else from the word list of the demo. Employers, places, pay and dates are made up.
"""

import csv
import io
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg2
from portal_dev.console import say, step
from portal_dev.environment import ROOT

FOLDER = ROOT.parent / "shared" / "data" / "jobs" / "dev"
CITY_WEIGHTS = {"2101": 30, "2102": 25}
COUNTERS = "CREATE TABLE IF NOT EXISTS bench_build (postings int, texts int)"
_SOURCES = (
    "n int, title text, employer text, description text, requirement text, kind text, education text, rank int,"
    " experience int, industry text, section text, monthly int, words text, facts bigint, suits text[]"
)
_REGIONS = "n int, id bigint, path text, place bigint, lng int, lat int, words text"
_POSTING = """
INSERT INTO jobs_posting (id, public_id, version, employer_name, title, occupation, industry, kind, headcount, pay_min,
  pay_max, pay_period, pay_months, pay_text, monthly_min, monthly_max, region_id, place_text, address, education,
  education_rank, experience_min, description, requirement, shifts, insurance, welfare, suits, status, status_reason,
  valid_until, posted_at, source_site, source_id, source_url, imported_at, view_count, created_at, is_demo)
SELECT i, uuidv7(), 1, s.employer, s.title, '', s.industry, s.kind, 1 + i %% 5, s.monthly * 0.8, pay, 'month', 12, '',
  (s.monthly * 0.8)::int, pay, r.id, '', '', s.education, s.rank, s.experience, s.description, s.requirement, '', '', '{}',
  s.suits, 'published', '', current_date + 3650, now() - (i::bigint * 7919 %% 2592000) * interval '1 second', 'bench',
  i::text, '', now(), 0, now(), false
FROM generate_series(%(first)s, %(last)s) AS i
JOIN bench_source s ON s.n = (i::bigint * 31 %% %(texts)s)
JOIN bench_region r ON r.n = (i::bigint * 17 + i / 7) %% %(regions)s
CROSS JOIN LATERAL (SELECT s.monthly + (i::bigint * 37 %% 30) * 100 AS pay) AS p
"""
_SEARCH = """
INSERT INTO jobs_postingsearch (posting_id, packed, posted_at, valid_until, monthly_max, lng, lat, education_rank,
  experience_min, industry, region_path, kind, suits, words)
SELECT p.id, int8send((r.place << 41) | (p.monthly_max::bigint << 20) | s.facts)
    || int8send(((floor(extract(epoch FROM p.posted_at)) - 946684800)::bigint << 32) | p.id), p.posted_at, p.valid_until, p.monthly_max,
  r.lng, r.lat, s.rank, s.experience, s.section, r.path, s.kind, s.suits,
  array_to_tsvector(string_to_array(s.words || ' ' || r.words, ' '))
FROM jobs_posting p
JOIN bench_source s ON s.n = (p.id * 31 %% %(texts)s)
JOIN bench_region r ON r.n = (p.id * 17 + p.id / 7) %% %(regions)s
WHERE p.id BETWEEN %(first)s AND %(last)s
"""


def rows_of(path: Path) -> Iterator[dict[str, str]]:
    """Return the rows of one scraped file."""
    csv.field_size_limit(sys.maxsize)
    with path.open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def real_rows(folder: Path = FOLDER) -> Iterator[dict[str, str]]:
    """Return the rows of the scraped files, if there are any."""
    for path in sorted(folder.glob("*.csv")):
        yield from rows_of(path)


def _sources() -> list[tuple[Any, ...]]:
    from jobs import vocabulary
    from jobs.demo import trades
    from jobs.indexing import words_of
    from jobs.industries import section
    from people.reference import education_rank

    made = trades()
    rows: list[tuple[Any, ...]] = []
    seen: set[tuple[str, str]] = set()

    def add(
        title: str, employer: str, described: str, wanted: str, education: str, years: int, trade: str, pay: int
    ) -> None:
        if (title, described) in seen:
            return
        seen.add((title, described))
        number = len(rows)
        kind = vocabulary.kind(title)
        rank = education_rank(education) if education else 0
        suits = ["over_45"] if number % 7 == 0 else ["no_experience", "graduates"] if number % 5 == 0 else []
        texts = (title, employer, described, wanted)
        facts = _facts(kind=kind, rank=rank, years=years, sector=section(trade), suits=suits)
        words = words_of(*texts, [])
        rows.append((number, *texts, kind, education, rank, years, trade, section(trade), pay, words, facts, suits))

    for number, row in enumerate(real_rows()):
        trade = made[number % len(made)]
        years = vocabulary.experience_years(row["experience"])
        add(
            row["title"][:80] or trade.title,
            row["company"][:128] or "某单位",
            row["description"][:4000] or trade.duties,
            row["requirement"][:4000] or trade.wants,
            vocabulary.education(row["education"]),
            years.low if years else 0,
            row["industry"][:64],
            3000 + number * 37 % 90 * 100,
        )
    for round_ in range(20):
        for number, trade in enumerate(made):
            other = made[(number + round_ * 7) % len(made)]
            described = f"{trade.duties}{other.duties if round_ else ''}"
            employer = f"{'鞍本铁辽沈'[round_ % 5]}{'东南西北新'[number % 5]}{trade.title[:2]}有限公司"
            add(trade.title, employer, described, trade.wants, trade.education, trade.years, "", trade.high * 100)
    return rows


def _facts(*, kind: str, rank: int, years: int, sector: str, suits: list[str]) -> int:
    from jobs.cells import pack

    return pack(path="", pay=0, kind=kind, education=rank, experience=years, industry=sector, suits=suits)


def _regions() -> list[tuple[Any, ...]]:
    from jobs.cells import place_number
    from jobs.indexing import DEGREE, place_words
    from people.models import Region

    rows: list[tuple[Any, ...]] = []
    for region in Region.objects.counties().order_by("code"):
        weight = CITY_WEIGHTS.get(region.code[:4], 5)
        for _ in range(weight):
            point = (round(region.lng * DEGREE), round(region.lat * DEGREE))
            fact = (region.pk, region.path, place_number(region.path), *point, place_words(region.path))
            rows.append((len(rows), *fact))
    return rows


def _copy(cursor: Any, table: str, rows: list[tuple[Any, ...]]) -> None:
    lines = io.StringIO()
    writer = csv.writer(lines)
    for row in rows:
        writer.writerow(["{" + ",".join(v) + "}" if isinstance(v, list) else "" if v is None else v for v in row])
    lines.seek(0)
    cursor.copy_expert(f"COPY {table} FROM STDIN (FORMAT csv, FORCE_NOT_NULL ({_texts(table)}))", lines)


def _texts(table: str) -> str:
    if table == "bench_region":
        return "path, words"
    return "title, employer, description, requirement, kind, education, industry, section, words"


def build(owner: str, postings: int, *, anew: bool) -> bool:
    """Bring the database to so many postings; False when it has them already."""
    connection = psycopg2.connect(owner)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(COUNTERS)
        cursor.execute("SELECT coalesce(max(postings), 0) FROM bench_build")
        stands = cursor.fetchone()[0]
        if stands == postings and not anew:
            return False
        with step(f"{postings:,} postings"):
            _fill(cursor, postings)
    connection.close()
    return True


def verify(count: int = 300) -> None:
    """Prove on a few that the rows written here are those that the application would write."""
    from jobs.indexing import different
    from jobs.models import Posting

    ids = list(Posting.objects.order_by("public_id").values_list("pk", flat=True)[:count])
    if wrong := different(ids):
        raise SystemExit(
            f"{len(wrong)} of {count} search rows are not what the application writes: {sorted(wrong)[:5]}"
        )


def _fill(cursor: Any, postings: int) -> None:
    sources, regions = _sources(), _regions()
    cursor.execute("DELETE FROM bench_build")
    cursor.execute("TRUNCATE jobs_postingsearch; TRUNCATE jobs_posting CASCADE")
    cursor.execute(f"DROP TABLE IF EXISTS bench_source, bench_region; CREATE TABLE bench_source ({_SOURCES});")
    cursor.execute(f"CREATE TABLE bench_region ({_REGIONS})")
    _copy(cursor, "bench_source", sources)
    _copy(cursor, "bench_region", regions)
    cursor.execute("CREATE UNIQUE INDEX ON bench_source (n); CREATE UNIQUE INDEX ON bench_region (n)")
    cursor.execute("ANALYZE bench_source; ANALYZE bench_region; GRANT SELECT ON bench_source TO PUBLIC")
    numbers = {"first": 1, "last": postings, "texts": len(sources), "regions": len(regions)}
    cursor.execute("ALTER TABLE jobs_posting DISABLE TRIGGER USER")  # a history of made-up postings is of no use
    cursor.execute("SET maintenance_work_mem = '1GB'; SET work_mem = '128MB'; SET max_parallel_maintenance_workers = 2")
    cursor.execute(_POSTING, numbers)
    cursor.execute("ALTER TABLE jobs_posting ENABLE TRIGGER USER")
    cursor.execute("DROP INDEX IF EXISTS search_words")
    cursor.execute(_SEARCH, numbers)
    cursor.execute("CREATE INDEX search_words ON jobs_postingsearch USING gin (words)")
    cursor.execute("VACUUM ANALYZE jobs_posting")
    cursor.execute("VACUUM ANALYZE jobs_postingsearch")
    cursor.execute("SELECT setval(pg_get_serial_sequence('jobs_posting', 'id'), %s)", [postings])
    cursor.execute("DELETE FROM bench_build; INSERT INTO bench_build VALUES (%s, %s)", [postings, len(sources)])
    say(f"  {len(sources):,} different texts, {len({r[2] for r in regions})} places")
