from django.utils import timezone

from people.models import User
from tests import factories
from tests.browser.pages import PageCase
from tests.unemployment.care import WORDS, Street
from unemployment import hardship, hardship_exits, hardship_publicity

CONTENT = "此人从 7 月起在某公司上班，有单位缴社保。"


def _street() -> Street:
    return Street(on=timezone.localdate())


def _list() -> tuple[str, User | None]:
    street = _street()
    street.applied()
    street.recognised()
    return "/work/hardship/?view=way", street.reviewer


def _work() -> tuple[str, User | None]:
    street = _street()
    return f"/work/hardship/{street.applied().public_id}/", street.reviewer


def _exit() -> tuple[str, User | None]:
    street = _street()
    row = street.recognised()
    hardship_exits.propose(
        recognition_id=row.pk,
        ground="employed",
        evidence="社保已由单位参保三个月",
        happened_on=street.on,
        by=street.worker,
        on=street.on,
    )
    return f"/work/hardship/{row.public_id}/", street.supervisor


def _notices() -> tuple[str, User | None]:
    street = _street()
    street.posted()
    street.reviewed()
    return "/work/hardship/notices/", street.reviewer


def _notice(suffix: str = "") -> tuple[str, User | None]:
    street = _street()
    notice = street.posted()
    hardship_publicity.object_to(notice=notice, line=notice.lines.get(), content=CONTENT, on=street.on)
    return f"/work/hardship/notices/{notice.public_id}/{suffix}", street.reviewer


def _public(one: bool) -> tuple[str, User | None]:
    notice = _street().posted()
    return f"/unemployment/publicity/{notice.public_id if one else ''}{'/' if one else ''}", None


def _own(one: bool) -> tuple[str, User | None]:
    citizen = factories.citizen()
    row = hardship.apply(
        person=citizen.person,
        category="older",
        region=factories.community(),
        circumstances=WORDS,
        by=citizen,
        on=timezone.localdate(),
    )
    return f"/unemployment/hardship/{row.public_id if one else ''}{'/' if one else ''}", citizen


PAGES = [
    PageCase("hardship ledger", _list),
    PageCase("hardship recognition", _work),
    PageCase("hardship exit", _exit),
    PageCase("hardship, on behalf", lambda: ("/work/hardship/new/", _street().worker)),
    PageCase("hardship notices", _notices),
    PageCase("hardship notice", _notice),
    PageCase("hardship notice, printed", lambda: _notice("print/")),
    PageCase("hardship publicity", lambda: _public(False)),
    PageCase("hardship publicity, one", lambda: _public(True)),
    PageCase("own hardship", lambda: _own(False)),
    PageCase("own recognition", lambda: _own(True)),
]
