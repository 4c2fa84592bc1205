"""What the posting checker says of real files, as a page for people who judge the rules.

Of a posting only its file, its row, and at most twelve characters of the words that were found are shown.
"""

import random
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from jobs.checking import rules_on
from jobs.import_checks import SHOWN_WORDS, Checker
from jobs.import_files import open_table
from jobs.import_rows import Reader, Refused
from jobs.imports import where
from jobs.rules import ACTIONS, BLOCK, REVIEW, Finding

EXAMPLES = 20
UNSEEN = "未看"
_ROW = re.compile(r"^\| ([^|]+) \| (\d+) \| (\w+) \| ([^|]*) \| ([^|]*) \|$", re.MULTILINE)
_ACTIONS = {"block": "拦截", "review": "转人工", "warn": "提醒"}


@dataclass(frozen=True, slots=True)
class Example:
    """One finding, and where it is."""

    file: str
    row: int
    finding: Finding

    @property
    def words(self) -> str:
        return re.sub(r"[\s|]+", " ", self.finding.words)[:SHOWN_WORDS]


@dataclass
class Report:
    """What was found in some files."""

    rows: dict[str, int] = field(default_factory=dict)
    found: defaultdict[tuple[str, str], list[Example]] = field(default_factory=lambda: defaultdict(list))
    kept_back: int = 0

    @property
    def total(self) -> int:
        return sum(self.rows.values())


def check_files(paths: Iterable[Path], *, on: date) -> Report:
    """Run the checker over every row that can be a posting; a rule counts once a row."""
    report = Report()
    for path in paths:
        count = 0
        for number, findings in _findings(path, on=on):
            count += 1
            report.kept_back += any(finding.action in (BLOCK, REVIEW) for finding in findings)
            seen: set[tuple[str, str]] = set()
            for finding in findings:
                key = (finding.code, finding.action)
                if key not in seen:
                    report.found[key].append(Example(path.name, number, finding))
                seen.add(key)
        report.rows[path.name] = count
    return report


def _findings(path: Path, *, on: date) -> Iterator[tuple[int, tuple[Finding, ...]]]:
    checker = Checker(on=on)
    with open_table(path) as table:
        source = "" if "source_site" in table.positions else path.stem
        # Old postings are looked at too: a row that has expired would be refused.
        columns = {name: at for name, at in table.positions.items() if name != "valid_until"}
        reader = Reader(columns, table.width, source=source, on=on, resolve=where)
        for line in table.lines:
            read = Refused(line.problem, "", "", "") if line.problem else reader.read(line.number, line.cells)
            if not isinstance(read, Refused):
                yield line.number, tuple(checker.find(read))


def page(report: Report, *, on: date, before: str = "") -> str:
    """Return the page; the marks of people in the former page (`before`) stay with their examples."""
    marks = {(file, row, code): mark for file, row, code, _, mark in _ROW.findall(before)}
    rules = {rule.code: rule for rule in rules_on(on)}
    lines = [
        "# 岗位核验规则在真实岗位上的结果",
        "",
        "这一页由 `manage.py check_postings_report 文件… --write docs/posting-checker.md` 写出；“看过”一列是人填的，重写时保留。",
        "每条只写文件、行号、规则和最多 12 个字的原文。规则在 `jobs/data/posting_rules.toml`，判断对错的句子在 `tests/jobs/test_rules.py`。",
        "",
        "看的时候对着原文判断这一处是不是规则说的那种情况：对、错、两可。写进这一页之前发现的误判（“团队平均年龄 29 岁”）和漏判"
        "（“1、女，形象好”）已经改了规则，句子在测试里。样本里辽宁的岗位不到 3%，工资又都高于最低工资，所以最低工资等规则没有发现。",
        "",
        f"共 {report.total:,} 个岗位，其中 {report.kept_back:,} 个（{_percent(report.kept_back, report.total)}）不直接公开。",
        "",
        "| 文件 | 岗位 |",
        "|---|---|",
        *(f"| {name} | {count:,} |" for name, count in report.rows.items()),
        "",
        "| 规则 | 处理 | 岗位 | 每万个 | 依据 |",
        "|---|---|---|---|---|",
    ]
    order = sorted(report.found, key=lambda key: (ACTIONS.index(key[1]), -len(report.found[key]), key[0]))
    for code, action in order:
        count, rule = len(report.found[code, action]), rules[code]
        share = f"{count * 10_000 / max(report.total, 1):.1f}"
        lines.append(
            f"| {rule.name} `{code}` | {_ACTIONS[action]} | {count:,} | {share} | {rule.source}{rule.article} |"
        )
    silent = [f"{rule.name} `{code}`" for code, rule in rules.items() if code not in {code for code, _ in order}]
    lines += ["", f"没有发现的规则：{'、'.join(silent) or '无'}。", ""]
    for code, action in order:
        lines += [
            f"## {rules[code].name}（{_ACTIONS[action]}）",
            "",
            "| 文件 | 行 | 规则 | 原文 | 看过 |",
            "|---|---|---|---|---|",
        ]
        lines += _examples(report.found[code, action], marks)
        lines.append("")
    return "\n".join(lines)


def _examples(found: list[Example], marks: dict[tuple[str, str, str], str]) -> Iterator[str]:
    chosen = random.Random(len(found)).sample(found, min(EXAMPLES, len(found)))
    for each in sorted(chosen, key=lambda example: (example.file, example.row)):
        mark = marks.get((each.file, str(each.row), each.finding.code), UNSEEN)
        yield f"| {each.file} | {each.row} | {each.finding.code} | {each.words} | {mark} |"


def _percent(part: int, whole: int) -> str:
    return f"{part * 100 / max(whole, 1):.2f}%"
