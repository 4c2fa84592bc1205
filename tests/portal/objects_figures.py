"""Doors of the figures: another county's reports, another person's tables."""

from datetime import date

from tests import factories
from tests.portal.objects import door
from tests.portal.stage import TODAY, Stage, Thing
from unemployment import exports, signoff
from unemployment.models import Export, MonthReport

MONTH = date(2026, 10, 1)


def _report(stage: Stage) -> MonthReport:
    return signoff.sign_month(
        region_id=factories.region("210106").pk,
        month=MONTH,
        reason="街道还在补录",
        by=stage.user("county_supervisor"),
        on=TODAY,
    )


def _table(stage: Stage) -> Export:
    made = exports.ask(
        kind="figure",
        code="policy",
        region=factories.region("210106"),
        month=MONTH,
        by=stage.user("caseworker"),
        on=TODAY,
    )
    exports.run(export_id=made.pk)
    made.refresh_from_db()
    return made


THINGS: dict[str, Thing] = {"month report": _report, "table": _table}
OTHERS = "caseworker there, county_supervisor there, leader there"
DOORS = {
    "unemployment:report-show": (door("month report", "county_supervisor, city_supervisor city, leader", OTHERS),),
    "unemployment:report-print": (door("month report", "county_supervisor, leader", OTHERS),),
    "unemployment:report-adjust": (door("month report", "county_supervisor", "county_supervisor there"),),
    "unemployment:report-reopen": (door("month report", "city_supervisor city", "county_supervisor there"),),
    "unemployment:export-show": (door("table", "caseworker", "county_supervisor, caseworker there"),),
    "unemployment:export-file": (door("table", "caseworker", "county_supervisor, caseworker there"),),
}
