"""Read the data files of programmes into the form that versions are stored in. No Django models here."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from subsidies.rules import Assessment, BadTerms, Facts, Month, Terms, assess

FOLDER = Path(__file__).parent / "data"
UNKNOWN = "?"
WORD = re.compile(r"\{(support|standard|cap)\}")


@dataclass(frozen=True)
class VersionData:
    """One dated version of a programme in one region, complete in itself."""

    key: str
    region: str
    effective_from: date
    effective_to: date | None
    source: str
    article: str
    confidence: str
    note: str
    terms: dict[str, Any]
    content: dict[str, Any]


@dataclass(frozen=True)
class CaseData:
    """One worked example that a version must answer: facts, and the verdict and amount expected."""

    name: str
    version: str
    facts: Facts
    expect: str
    amount: str | None
    failed: tuple[str, ...]
    unknown: tuple[str, ...]


@dataclass(frozen=True)
class ProgrammeData:
    """A whole file."""

    code: str
    name: str
    short_name: str
    summary: str
    order: int
    versions: tuple[VersionData, ...]
    cases: tuple[CaseData, ...]


def programme_files(folder: Path = FOLDER) -> list[Path]:
    """Return the data files that describe a programme."""
    return [path for path in sorted(folder.glob("*.toml")) if "[programme]" in path.read_text(encoding="utf-8")]


def read_programme(path: Path) -> ProgrammeData:
    """Read one file and check every version's terms.

    :raises BadTerms: a sentence that names the file and the place.
    """
    with path.open("rb") as file:
        data = tomllib.load(file)
    try:
        head = data["programme"]
        versions = tuple(_version(data, row) for row in data["version"])
        cases = tuple(_case(data, row) for row in data.get("case", ()))
        return ProgrammeData(
            head["code"], head["name"], head["short_name"], head["summary"], head["order"], versions, cases
        )
    except KeyError as error:
        raise BadTerms(f"{path.name} 缺少 {error} 一项。") from error
    except BadTerms as error:
        raise BadTerms(f"{path.name}：{error}") from error


def run_case(programme: ProgrammeData, case: CaseData) -> Assessment:
    """Apply the case's version to its facts."""
    version = next(v for v in programme.versions if v.key == case.version)
    return assess(Terms.from_dict(version.terms), case.facts)


def _version(data: Mapping[str, Any], row: Mapping[str, Any]) -> VersionData:
    words = {name: row[name] for name in ("support", "standard", "cap")}
    wanted = row.get("rules")
    rules = [_filled(rule, words) for rule in data["rule"] if wanted is None or rule["code"] in wanted]
    derived = [{"fact": d["fact"], "branches": [dict(b) for b in d["branch"]]} for d in data.get("derived", ())]
    amount = _filled(row.get("amount", data["amount"]), words)
    terms = {"rules": rules, "derived": derived, "amount": amount, "params": dict(row["params"])}
    Terms.from_dict(terms)
    content = {
        "card": dict(row["card"]),
        "facts": _facts(data["fact"], {rule["code"] for rule in rules}),
        "process": dict(row.get("process", data["process"])),
        "steps": [dict(step) for step in data["step"]],
        "materials": [dict(material) for material in row.get("material", data["material"])],
        "standard": row["standard"],
        "cap": row["cap"],
        "other_programmes": list(data["programme"].get("other_programmes", ())),
    }
    return VersionData(
        row["key"],
        row["region"],
        row["effective_from"],
        row.get("effective_to"),
        row["source"],
        row["article"],
        row["confidence"],
        row["note"],
        terms,
        content,
    )


def _facts(rows: list[dict[str, Any]], rules: set[str]) -> list[dict[str, Any]]:
    """Return the facts of a version; one that came with a rule (`with_rule`) is left out where the rule is not in force."""
    kept = [row for row in rows if row.get("with_rule") is None or row["with_rule"] in rules]
    return [{name: value for name, value in row.items() if name != "with_rule"} for row in kept]


def _filled(row: Mapping[str, Any], words: Mapping[str, str]) -> dict[str, Any]:
    """Put the version's document names into `article` (facts in braces elsewhere stay for the sentence)."""
    return {**row, "article": WORD.sub(lambda match: words[match[1]], row["article"])}


def _case(data: Mapping[str, Any], row: Mapping[str, Any]) -> CaseData:
    values = {**data["case_facts"], **row.get("facts", {})}
    kinds = data["amount"]["needs"][: len(row["months"][0]) - 1] if row.get("months") else []
    months = tuple(Month(m[0], dict(zip(kinds, map(_known, m[1:]), strict=True))) for m in row.get("months", ()))
    return CaseData(
        row["name"],
        row["version"],
        Facts({name: _known(value) for name, value in values.items()}, months),
        row["expect"],
        row.get("amount"),
        tuple(row.get("failed", ())),
        tuple(row.get("unknown", ())),
    )


def _known(value: Any) -> Any:
    return None if value == UNKNOWN else value
