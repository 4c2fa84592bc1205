from datetime import date

from django.utils import timezone

from core.months import add_months, first_day
from people.models import User
from people.roles import Role
from tests import factories
from tests.browser.pages import PageCase
from tests.browser.pages_unemployment import officer, worker
from tests.unemployment.conftest import registered
from unemployment import cells, exports, signoff
from unemployment.models import MonthReport


def _last_month() -> date:
    return add_months(first_day(timezone.localdate()), -1)


def _figures() -> tuple[str, User | None]:
    registered(by=officer(), on=timezone.localdate())
    return "/work/figures/", officer()


def _rows() -> tuple[str, User | None]:
    registered(by=officer(), on=timezone.localdate())
    return "/work/figures/rows/?figure=registered", officer()


def _table(done: bool) -> tuple[str, User | None]:
    clerk, today = officer(), timezone.localdate()
    made = exports.ask(kind="ledger", region=factories.region("210106"), month=today, by=clerk, on=today)
    if done:
        exports.run(export_id=made.pk)
    return f"/work/figures/tables/{made.public_id}/", clerk


def _tables() -> tuple[str, User | None]:
    return "/work/figures/tables/", _table(done=False)[1]


def _returns() -> tuple[str, User | None]:
    clerk, today, place = officer(), timezone.localdate(), factories.community()
    registered(by=clerk, on=today)
    cells.open_cell(region_id=place.pk, code="01", name="东院", worker=worker(), by=clerk, on=today)
    return f"/work/returns/?region={place.code}", clerk


def _report() -> tuple[MonthReport, User]:
    head, today = factories.staff(Role.COUNTY_SUPERVISOR), timezone.localdate()
    county, month = factories.region("210106"), _last_month()
    clerk = officer()
    made = signoff.sign_month(region_id=county.pk, month=month, reason="街道还在补录", by=head, on=today)
    registered(by=clerk, on=month)
    return made, head


def _show(tail: str = "") -> tuple[str, User | None]:
    made, head = _report()
    return f"/work/reports/{made.public_id}/{tail}", head


PAGES = [
    PageCase("figures of a month", _figures),
    PageCase("rows behind a figure", _rows),
    PageCase("table being made", lambda: _table(done=False)),
    PageCase("table made", lambda: _table(done=True)),
    PageCase("tables", _tables),
    PageCase("one's own streets", _returns),
    PageCase("month to sign", lambda: ("/work/reports/", factories.staff(Role.COUNTY_SUPERVISOR))),
    PageCase("signed month with changes", _show),
    PageCase("signed month on paper", lambda: _show("print/")),
]
