"""Routes for those who need more: the ledger of hardship persons, its publicity, the person's own pages."""

from people.access import PUBLIC, VERIFIED, roles, route
from unemployment.models.hardship import CHECKERS, LEDGER_READERS
from unemployment.models.household import KEEPERS, VIEWERS
from unemployment.models.plan import PLAN_READERS, PLANNERS
from unemployment.models.promise import PROMISE_READERS, PROMISERS
from unemployment.views import hardship, hardship_notices, hardship_own, households, plans, promises, welfare_posts

LEDGER = "work/hardship/"
HOME = "work/households/"
POSTS = "work/posts/"
PLANS = "work/plans/"
PROMISES = "work/promises/"

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
    route("unemployment/household/", households.household_own, to=VERIFIED, name="household-own"),
    route(HOME, households.household_list, to=roles(*LEDGER_READERS), name="household-list"),
    route(f"{HOME}new/", households.household_new, to=roles(*KEEPERS), name="household-new"),
    route(f"{HOME}wall/", households.household_wall, to=roles(*VIEWERS), name="household-wall"),
    route(f"{HOME}<uuid:public_id>/", households.household_work, to=roles(*LEDGER_READERS), name="household-work"),
    route(POSTS, welfare_posts.welfare_post_list, to=roles(*LEDGER_READERS), name="welfare-post-list"),
    route(f"{POSTS}roster.xlsx", welfare_posts.welfare_roster, to=roles(*LEDGER_READERS), name="welfare-roster"),
    route(
        f"{POSTS}<uuid:public_id>/",
        welfare_posts.welfare_post_work,
        to=roles(*LEDGER_READERS),
        name="welfare-post-work",
    ),
    route("unemployment/plan/", plans.plan_own, to=VERIFIED, name="plan-own"),
    route(PLANS, plans.plan_list, to=roles(*PLAN_READERS), name="plan-list"),
    route(f"{PLANS}new/", plans.plan_new, to=roles(*PLANNERS), name="plan-new"),
    route(f"{PLANS}<uuid:public_id>/", plans.plan_work, to=roles(*PLAN_READERS), name="plan-work"),
    route("unemployment/promise/", promises.promise_own, to=VERIFIED, name="promise-own"),
    route(PROMISES, promises.promise_list, to=roles(*PROMISE_READERS), name="promise-list"),
    route(f"{PROMISES}new/", promises.promise_new, to=roles(*PROMISERS), name="promise-new"),
    route(f"{PROMISES}times/", promises.promise_times, to=roles(*PROMISE_READERS, *VIEWERS), name="promise-times"),
    route(f"{PROMISES}<uuid:public_id>/", promises.promise_work, to=roles(*PROMISE_READERS), name="promise-work"),
]
