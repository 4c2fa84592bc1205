"""What an SQL statement does, told from its first words."""

import re

_START = r"[\s(]*(?:(?:--[^\n]*\n|/\*.*?\*/)[\s(]*)*"
_CARRIES_CONTEXT = re.compile(_START + r"(?:insert|update|delete|merge|with|call|do|execute)\b", re.I | re.S)
_READS = re.compile(
    _START + r"(?:select|show|values|explain|table|set|reset|begin|savepoint|release|rollback|declare|fetch|close"
    r"|move)\b",
    re.I | re.S,
)
_WITH = re.compile(_START + r"with\b", re.I | re.S)
_LITERAL = re.compile(r"'(?:[^']|'')*'")
_WRITE_IN_CTE = re.compile(
    r"\b(?:insert\s+into|delete\s+from|merge\s+into|update\s+(?:only\s+)?\S+\s+(?:as\s+\S+\s+)?set)\b", re.I
)


def may_write_rows(sql: str) -> bool:
    """Say whether the statement could reach a tracked table (a query that begins with WITH could, too)."""
    return _CARRIES_CONTEXT.match(sql) is not None


def only_reads(sql: str) -> bool:
    """Say whether the statement surely changes nothing; locks and settings of the session are no change."""
    if _WITH.match(sql):
        return not _WRITE_IN_CTE.search(_LITERAL.sub("''", sql))
    return _READS.match(sql) is not None
