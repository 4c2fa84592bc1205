"""Doors of postings and applications: an employer's own, another employer's, an officer's county and another."""

from datetime import timedelta
from functools import partial

from django.utils import timezone

from jobs.models import (
    Alert,
    AlertRun,
    Application,
    Interview,
    Offer,
    Posting,
    PostingReport,
    PostingTemplate,
    Resume,
    SavedSearch,
    TalentInvitation,
)
from tests import factories
from tests.jobs import factories as made
from tests.portal.objects import door
from tests.portal.stage import Stage, Thing


def _posting(stage: Stage, *, status: str) -> Posting:
    row = made.posting(organisation=stage.employer(), published=status == "published", title=f"电工 {status}")
    if status not in ("published", "draft"):
        Posting.objects.filter(pk=row.pk).update(status=status, submitted_at=timezone.now())
        row.refresh_from_db()
    return row


def _application(stage: Stage) -> Application:
    posting = stage.thing("posting published", THINGS["posting published"])
    return made.application(posting=posting, applicant=stage.user("citizen"))


def _resume_line(stage: Stage) -> dict[str, object]:
    row = made.resume(user=stage.user("citizen"))
    return {"section": "work", "public_id": row.works.get().public_id}


def _interview(stage: Stage) -> Interview:
    sent = made.application(posting=made.posting(organisation=stage.employer()), applicant=stage.user("citizen"))
    return made.interview(application=sent)


def _offer(stage: Stage) -> Offer:
    sent = made.application(posting=made.posting(organisation=stage.employer()), applicant=stage.user("citizen"))
    return made.offer(application=sent)


def _search(stage: Stage) -> SavedSearch:
    return SavedSearch.objects.create(user=stage.user("citizen"), query="q=电工")


def _alert(stage: Stage) -> Alert:
    now = timezone.now()
    run = AlertRun.objects.create(frequency="daily", day=now.date(), since=now - timedelta(days=1), until=now)
    posting = stage.thing("posting published", THINGS["posting published"])
    return Alert.objects.create(run=run, user=stage.user("citizen"), postings=[posting.pk], total=1)


def _talent(stage: Stage) -> Resume:
    stage.employer()
    return made.resume(visibility="province")


def _invitation(stage: Stage) -> TalentInvitation:
    row = made.posting(organisation=stage.employer())
    return TalentInvitation.objects.create(
        user=stage.user("citizen"), posting=row, invited_by=stage.user("employer_agent")
    )


STATUSES = ("draft", "submitted", "published", "filled")
THINGS: dict[str, Thing] = {
    **{f"posting {status}": partial(_posting, status=status) for status in STATUSES},
    "application": _application,
    "interview": _interview,
    "talent": _talent,
    "hidden talent": lambda stage: made.resume(),
    "invitation": _invitation,
    "call-back": lambda stage: made.call_back(),
    "offer": _offer,
    "alert": _alert,
    "resume line": _resume_line,
    "saved search": _search,
    "posting template": lambda stage: PostingTemplate.objects.create(
        organisation=stage.employer(), name="电工", values={"title": "电工"}, created_by=stage.user("employer_agent")
    ),
    "employer's file": lambda stage: stage.employer(),
    "suspended employer": lambda stage: factories.organisation(status="suspended", status_reason="收取押金，已立案。"),
    "import waiting": lambda stage: made.import_batch(by=stage.user("caseworker"), done=False),
    "import done": lambda stage: made.import_batch(by=stage.user("caseworker")),
    "partner key": lambda stage: made.partner_key(organisation=stage.employer()),
    "organisation without key": lambda stage: stage.employer(),
    "partner feed": lambda stage: made.partner_feed(),
    "pushed posting": lambda stage: {"source_id": "A1"},
    "fair": lambda stage: made.fair(),
    "fair proposed": lambda stage: made.fair(approved=False),
    "supply list": lambda stage: made.supply_list(),
    "report": lambda stage: PostingReport.objects.create(
        posting=stage.thing("posting published", THINGS["posting published"]), reason="money"
    ),
    "resume section": lambda stage: {"section": "work"},
}
OUTSIDERS = "visitor, citizen, employer_agent there, caseworker there, leader"
OWNER, OTHER = "employer_agent", "employer_agent there"


def _employer(*statuses: str) -> tuple:
    return tuple(door(f"posting {status}", OWNER, OTHER) for status in statuses)


COUNTY, ELSEWHERE = "caseworker, county_supervisor", "caseworker there, county_supervisor there"

DOORS = {
    # A file may concern any region, so every officer sees it; only its uploader settles its columns.
    "jobs:import-show": (door("import waiting", "caseworker", "", "caseworker there, city_supervisor city"),),
    "jobs:import-outcomes": (
        door("import done", "caseworker, caseworker there"),
        door("import waiting", shut_to="caseworker"),
    ),
    "jobs:employer-show": (door("employer's file", "caseworker, county_supervisor, city_supervisor city", ELSEWHERE),),
    "jobs:employer-suspend": (door("employer's file", COUNTY, ELSEWHERE),),
    "jobs:employer-lift": (door("suspended employer", COUNTY, ELSEWHERE),),
    "jobs:employer-rename": (door("employer's file", COUNTY, ELSEWHERE),),
    "jobs:employer-recheck": (door("employer's file", COUNTY, ELSEWHERE),),
    "jobs:posting-show": (
        door("posting published", "visitor, citizen, employer_agent there"),
        door("posting submitted", "employer_agent, caseworker, city_supervisor city", OUTSIDERS),
        door("posting draft", "employer_agent", OUTSIDERS),
    ),
    "jobs:api-posting-detail": (
        door("posting published", "visitor, citizen"),
        door("posting draft", shut_to=f"{OUTSIDERS}, employer_agent"),
    ),
    "jobs:api-partner-posting": (door("pushed posting"),),
    "jobs:supply-file": (door("supply list", "visitor, citizen"),),
    "jobs:fair-show": (door("fair", "visitor, citizen"), door("fair proposed", shut_to="visitor, caseworker")),
    "jobs:fair-join": (door("fair", OWNER), door("fair proposed", shut_to=OWNER)),
    "jobs:fair-decide": (door("fair proposed", "caseworker, city_supervisor city", "caseworker there"),),
    "jobs:fair-cancel": (door("fair", "caseworker, city_supervisor city", "caseworker there"),),
    "jobs:partner-key-make": (door("organisation without key", OWNER, OTHER),),
    "jobs:partner-key-revoke": (door("partner key", f"{OWNER}, system_admin", OTHER),),
    "jobs:partner-feed-switch": (door("partner feed", "system_admin"),),
    "jobs:posting-apply": (door("posting published", "citizen, unproven"),),
    "jobs:resume-entry-new": (door("resume section", "citizen, unproven"),),
    "jobs:resume-entry": (door("resume line", "citizen", "stranger, employer_agent, caseworker"),),
    "jobs:resume-entry-delete": (door("resume line", "citizen", "stranger, employer_agent, caseworker"),),
    "jobs:search-change": (door("saved search", "citizen", "stranger, employer_agent, caseworker"),),
    "jobs:search-delete": (door("saved search", "citizen", "stranger, employer_agent, caseworker"),),
    "jobs:alert": (door("alert", "citizen", "stranger, employer_agent, caseworker"),),
    "jobs:application-withdraw": (door("application", "citizen", "stranger, employer_agent, caseworker"),),
    "jobs:application-show": (door("application", "citizen", "stranger, employer_agent, caseworker"),),
    "jobs:application-message": (door("application", "citizen", "stranger, employer_agent, caseworker"),),
    "jobs:interview-reply": (door("interview", "citizen", "stranger, employer_agent, caseworker"),),
    "jobs:interview-calendar": (door("interview", "citizen, employer_agent", "stranger, employer_agent there"),),
    "jobs:offer-reply": (door("offer", "citizen", "stranger, employer_agent, caseworker"),),
    "jobs:posting-save": (door("posting published", "citizen, unproven"), door("posting draft", shut_to="stranger")),
    "jobs:application-answer": (door("application", OWNER, OTHER),),
    "jobs:application-open": (door("application", OWNER, OTHER),),
    "jobs:talent-show": (door("talent", OWNER), door("hidden talent", shut_to=OWNER)),
    "jobs:talent-invite": (door("talent", OWNER), door("hidden talent", shut_to=OWNER)),
    "jobs:invitation-answer": (door("invitation", "citizen", "stranger, employer_agent, caseworker"),),
    "jobs:callback-record": (door("call-back", "caseworker, community_worker", "caseworker there"),),
    "jobs:callback-phone": (door("call-back", "caseworker, community_worker", "caseworker there"),),
    "jobs:interview-invite": (door("application", OWNER, OTHER),),
    "jobs:interview-cancel": (door("interview", OWNER, OTHER),),
    "jobs:offer-make": (door("application", OWNER, OTHER),),
    "jobs:note-add": (door("application", OWNER, OTHER),),
    "jobs:message-send": (door("application", OWNER, OTHER),),
    "jobs:applicants": _employer("published"),
    "jobs:posting-history": _employer("draft", "published", "filled"),
    "jobs:template-keep": _employer("published"),
    "jobs:template-drop": (door("posting template", OWNER, OTHER),),
    "jobs:posting-edit": _employer("draft", "published"),
    "jobs:posting-pause": _employer("published"),
    "jobs:posting-fill": _employer("published"),
    "jobs:posting-renew": _employer("published"),
    "jobs:posting-withdraw": _employer("draft"),
    "jobs:posting-submit": _employer("draft"),
    "jobs:posting-take-down": (
        door("posting published", "caseworker, city_supervisor city"),
        door("posting draft", shut_to="caseworker there"),
    ),
    "jobs:report-new": (
        door("posting published", "visitor, citizen, employer_agent there"),
        door("posting draft", shut_to="visitor, employer_agent"),
    ),
    "jobs:report-settle": (door("report", "caseworker, city_supervisor city", "caseworker there"),),
    "jobs:posting-decide": (door("posting submitted", "caseworker, city_supervisor city", "caseworker there"),),
}
