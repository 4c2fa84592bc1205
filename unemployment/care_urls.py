"""Routes for those who need more: the ledger of hardship persons, its publicity, the person's own pages."""

from people.access import PUBLIC, VERIFIED, roles, route
from unemployment.models.hardship import CHECKERS, LEDGER_READERS
from unemployment.views import hardship, hardship_notices, hardship_own

LEDGER = "work/hardship/"

urlpatterns = [
    route("unemployment/publicity/", hardship_notices.public_list, to=PUBLIC, name="publicity-list"),
    route("unemployment/publicity/<uuid:public_id>/", hardship_notices.public_show, to=PUBLIC, name="publicity-show"),
    route("unemployment/hardship/", hardship_own.own_list, to=VERIFIED, name="hardship-own"),
    route("unemployment/hardship/<uuid:public_id>/", hardship_own.own_show, to=VERIFIED, name="hardship-show"),
    route(LEDGER, hardship.hardship_list, to=roles(*LEDGER_READERS), name="hardship-list"),
    route(f"{LEDGER}export/", hardship.hardship_export, to=roles(*LEDGER_READERS), name="hardship-export"),
    route(f"{LEDGER}new/", hardship.hardship_new, to=roles(*CHECKERS), name="hardship-new"),
    route(f"{LEDGER}notices/", hardship_notices.notice_desk, to=roles(*LEDGER_READERS), name="hardship-notice-desk"),
    route(
        f"{LEDGER}notices/<uuid:public_id>/",
        hardship_notices.notice_work,
        to=roles(*LEDGER_READERS),
        name="hardship-notice-work",
    ),
    route(
        f"{LEDGER}notices/<uuid:public_id>/print/",
        hardship_notices.notice_print,
        to=roles(*LEDGER_READERS),
        name="hardship-notice-print",
    ),
    route(f"{LEDGER}<uuid:public_id>/", hardship.hardship_work, to=roles(*LEDGER_READERS), name="hardship-work"),
]
