"""Comparing an application with the departments' data. A hit is shown to a person; nothing here refuses."""

from datetime import date

import structlog

from core import connectors
from core.connectors import NoDepartmentData
from core.crypto import blind_indexes
from people.models import User
from unemployment.models import Check, Registration
from unemployment.rules import CheckKind, Found, check_kinds, is_hit

log = structlog.get_logger(__name__)


def run_checks(registration: Registration, *, on: date, by: User | None = None) -> list[Check]:
    """Ask every department about the applicant and write the answers down; repeated, only what stands open is asked again."""
    settled = {check.kind for check in registration.checks.all() if check.is_settled}
    number = registration.person.id_number.open()
    indexes = blind_indexes(number, purpose="person.id_number")
    for kind in check_kinds().values():
        if kind.code in settled:
            continue
        verdict, detail = _ask(kind, indexes, registration.person.name, on=on, by=by)
        Check.objects.update_or_create(
            registration=registration, kind=kind.code, defaults={"verdict": verdict, "detail": detail}
        )
    return list(registration.checks.order_by("pk"))


def _ask(kind: CheckKind, indexes: list[str], name: str, *, on: date, by: User | None) -> tuple[str, str]:
    source = connectors.connector(kind.source, kind.dataset)
    try:
        answers = source.query(purpose="失业登记核验", subject_index=indexes, on=on, by=by)
    except NoDepartmentData:
        return Check.Verdict.UNKNOWN, f"{kind.department}的数据还没有送来，请人工核实"
    for answer in answers:
        start, end = answer.valid
        if is_hit(kind.code, Found(answer.record, answer.state, start, end), name=name, on=on):
            return Check.Verdict.HIT, _words(kind, answer)
    if kind.code == "identity" and not answers:
        return Check.Verdict.UNKNOWN, "公安数据里没有找到此人，请核对证件"
    return Check.Verdict.CLEAR, ""


def _words(kind: CheckKind, answer: connectors.Hit) -> str:
    """Return what a caseworker reads: the record's words without codes and numbers of others."""
    if kind.code == "identity":
        return kind.hit
    shown = [str(answer.record.get(name) or "") for name in ("name", "kind", "position", "school")]
    start = answer.valid[0]
    words = "，".join(filter(None, [*shown, answer.state, f"{start:%Y-%m-%d} 起" if start else ""]))
    return f"{kind.hit}（{words}）"[:255] if words else kind.hit
