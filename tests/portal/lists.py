"""Every page that lists rows: who opens it, how one more row is made, and how many queries it may take."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from django.utils import timezone

from jobs.models import Fair, Posting, PostingReport, SavedPosting, SupplyList, TalentInvitation
from messaging.models import InboxMessage
from people.models import AccountRequest, Document, Organisation, OrganisationApplication, Region
from people.roles import Role
from stations.models import OpeningHours, ServiceLog, Station
from subsidies.models import Claim, PaymentBatch, Programme, PublicityBatch
from tests import factories
from tests.jobs import factories as made
from tests.portal.stage import HERE, TODAY, Stage
from tests.subsidies.world import World
from tests.unemployment.care import Street, opened, plan_for, promise_for, welfare_post
from tests.unemployment.conftest import registered, submitted
from tests.unemployment.test_employments import hire
from unemployment import transfers
from unemployment.models import EmploymentMatch, Escalation, Export, Ledger, QualityCheck, Registration, Roster

Add = Callable[[Stage, int], Any]


@dataclass(frozen=True)
class ListPage:
    """A list: its address, the actor, how the n-th row is made, and the pinned number of queries."""

    actor: str
    add: Add
    queries: int
    query: str = ""


def _station(stage: Stage, number: int) -> Station:
    station = Station.objects.create(
        name=f"服务站 {number}",
        region=factories.community(),
        address="演示路 27 号",
        functions=["policy"],
        lng=123.36,
        lat=41.8,
        opened_on=date(2025, 1, 1),
    )
    OpeningHours.objects.create(station=station, weekday=1, opens=time(9), closes=time(17))
    return station


def _service(stage: Stage, number: int) -> ServiceLog:
    return ServiceLog.objects.create(
        station=stage.thing("a station", lambda s: _station(s, 0)),
        person=factories.person(),
        kind="policy",
        function="policy",
        served_on=TODAY,
        served_by=stage.user("station_staff"),
    )


def _message(stage: Stage, number: int) -> InboxMessage:
    return InboxMessage.objects.create(user=stage.user("citizen"), key=str(number), template="x", title="新", text="有")


def _posting(stage: Stage, number: int) -> Posting:
    return made.posting(title=f"电工 {number}")


def _fair(stage: Stage, number: int) -> Fair:
    return made.fair(name=f"招聘会 {number}")


def _own_posting(stage: Stage, number: int) -> Posting:
    fields: dict[str, object] = {"published": number % 2 == 0}
    if number % 3 == 2:
        fields |= {"published": False, "status": "expired", "valid_until": timezone.localdate()}
    return made.posting(organisation=stage.employer(), **fields)


def _report(stage: Stage, number: int) -> object:
    return PostingReport.objects.create(posting=made.posting(), reason="money")


def _waiting_posting(stage: Stage, number: int) -> Posting:
    row = made.posting(published=False)
    Posting.objects.filter(pk=row.pk).update(status="submitted", submitted_at=timezone.now())
    return row


def _import(stage: Stage, number: int) -> Any:
    return made.import_batch(by=stage.user(Role.CASEWORKER))


def _application(stage: Stage, number: int) -> Any:
    return made.application(posting=made.posting(), applicant=stage.user("citizen"))


def _applicant(stage: Stage, number: int) -> Any:
    return made.application(posting=stage.thing("the posting", lambda s: made.posting(organisation=s.employer())))


def _received(stage: Stage, number: int) -> Any:
    return made.application(posting=made.posting(organisation=stage.employer()))


def _saved(stage: Stage, number: int) -> SavedPosting:
    return SavedPosting.objects.create(user=stage.user("citizen"), posting=made.posting())


def _talent(stage: Stage, number: int) -> Any:
    stage.employer()
    return made.resume(visibility="province")


def _invitation(stage: Stage, number: int) -> TalentInvitation:
    row = made.posting(organisation=stage.employer())
    user, by = stage.user("citizen"), stage.user("employer_agent")
    return TalentInvitation.objects.create(user=user, posting=row, invited_by=by)


def _call_back(stage: Stage, number: int) -> Any:
    return made.call_back(due_on=TODAY)


def _supply_list(stage: Stage, number: int) -> Any:
    region = Region.objects.counties().order_by("path")[number]
    return SupplyList.objects.create(
        month=TODAY.replace(day=1), region=region, postings=number, headcount=number, as_of=TODAY, file="none/x.xlsx"
    )


def _partner(stage: Stage, number: int) -> Any:
    made.partner_feed(source=f"来源 {number}")
    return made.partner_key()


def _world(stage: Stage) -> World:
    return stage.thing("subsidies world", lambda _: World(at=HERE, on=TODAY))


def _waiting_claim(stage: Stage, number: int) -> Claim:
    return _world(stage).submitted()


def _ready_claim(stage: Stage, number: int) -> Claim:
    return _world(stage).ready()


def _own_claim(stage: Stage, number: int) -> Claim:
    world = _world(stage)
    return Claim.objects.create(
        person=stage.user("citizen").person, programme=world.programme, region=world.region, status="withdrawn"
    )


def _notice(stage: Stage, number: int) -> PublicityBatch:
    return PublicityBatch.objects.create(
        programme=Programme.objects.get(code="flexible_insurance"),
        region=factories.region(HERE),
        title=f"第 {number} 期",
        starts_on=TODAY,
        ends_on=date(2026, 11, 30),
        posted_by=stage.user("subsidy_second_reviewer"),
    )


def _batch(stage: Stage, number: int) -> PaymentBatch:
    return PaymentBatch.objects.create(
        number=f"B{number}",
        programme=Programme.objects.get(code="flexible_insurance"),
        region=factories.region(HERE),
        total=1,
        line_count=1,
        made_by=stage.user("subsidy_payer"),
    )


def _application_at_counter(stage: Stage, number: int) -> Any:
    return submitted(by=stage.user("caseworker"), on=TODAY)


def _registration(stage: Stage, number: int) -> Any:
    stage.user("community_worker")
    return registered(by=stage.user("caseworker"), on=TODAY)


def _drawn(stage: Stage, number: int) -> None:
    worker = stage.user(Role.COMMUNITY_WORKER)
    found = registered(by=stage.user(Role.CASEWORKER), on=TODAY, person=factories.person(name=f"抽查{number}"))
    QualityCheck.objects.create(follow_up=found.follow_ups.get(), recorded_by=worker, drawn_on=TODAY)


def _ledger(stage: Stage, number: int) -> None:
    Ledger.objects.create(
        region=factories.region(), file_name=f"{number}.xlsx", received_on=TODAY, by=stage.user(Role.CASEWORKER)
    )


def _transfer(stage: Stage, number: int) -> None:
    officer = stage.user(Role.CASEWORKER)
    found = registered(by=officer, on=TODAY, person=factories.person(name=f"转移{number}"))
    transfers.request_transfer(
        registration_id=found.pk, target=factories.community(county="210202"), reason="搬家", by=officer, on=TODAY
    )


def _matter(stage: Stage, number: int) -> Escalation:
    found = _registration(stage, number)
    return Escalation.objects.create(
        registration=found, region=found.region, kind=Escalation.Kind.FOLLOW_UP, month=date(2026, 11, 1)
    )


def _street(stage: Stage) -> Street:
    return stage.thing("the street", lambda s: Street.of(s))


def _hardship(stage: Stage, number: int) -> Any:
    return _street(stage).applied()


def _hardship_notice(stage: Stage, number: int) -> Any:
    return _street(stage).posted()


def _household(stage: Stage, number: int) -> Any:
    return opened(_street(stage).worker)


def _welfare_post(stage: Stage, number: int) -> Any:
    return welfare_post(_street(stage).reviewer)


def _plan(stage: Stage, number: int) -> Any:
    return plan_for(_street(stage).worker)


def _promise(stage: Stage, number: int) -> Any:
    return promise_for(_street(stage).worker)


def _account(stage: Stage, number: int) -> Any:
    return factories.staff(Role.ADVISER)


def _request(stage: Stage, number: int) -> AccountRequest:
    user = factories.citizen()
    return AccountRequest.objects.create(user=user, person=user.person, kind=AccountRequest.Kind.CORRECT, text="改名")


def _asks_to_act(stage: Stage, number: int) -> OrganisationApplication:
    employer, user = factories.organisation(), factories.citizen()
    licence = Document.objects.create(
        kind="licence",
        organisation=employer,
        uploaded_by=user,
        name="执照.jpg",
        storage_key=f"none/{number}.jpg",
        content_type="image/jpeg",
        size=1,
        sha256="1" * 64,
    )
    return OrganisationApplication.objects.create(user=user, organisation=employer, licence=licence)


def _employer(stage: Stage, number: int) -> Organisation:
    return factories.organisation(verified_until=TODAY)


def _under_way(stage: Stage, number: int) -> None:
    _application(stage, number)
    if number == 0:
        _own_matters(stage)


def _own_matters(stage: Stage) -> None:
    world, user = _world(stage), stage.user("citizen")
    Claim.objects.create(person=user.person, programme=world.programme, region=world.region)
    Registration.objects.create(person=user.person)


def _employment(stage: Stage, number: int) -> Any:
    return hire(by=stage.user("caseworker"), on=TODAY, started_on=date(2026, 11, 1))


def _difference(stage: Stage, number: int) -> EmploymentMatch:
    row = _employment(stage, number)
    return EmploymentMatch.objects.create(
        person=row.person,
        employer=row.employer,
        region=row.region,
        kind="end",
        since=TODAY,
        found_on=TODAY,
        data_as_of=TODAY,
    )


def _roster(stage: Stage, number: int) -> Roster:
    return Roster.objects.create(
        employer=stage.employer(),
        file_name="名册.xlsx",
        upload="none.xlsx",
        received_on=TODAY,
        by=stage.user("employer_agent"),
    )


def _table(stage: Stage, number: int) -> Export:
    return Export.objects.create(
        kind="figure",
        code="policy",
        region=factories.region(HERE),
        month=date(2026, 11, 1),
        title="演示",
        by=stage.user(Role.CASEWORKER),
    )


LISTS = {
    "portal:home": ListPage("citizen", _under_way, 17),
    "people:account-list": ListPage(Role.SYSTEM_ADMIN, _account, 6),
    "people:role-list": ListPage(Role.SECURITY_ADMIN, _account, 6),
    "people:request-list": ListPage(Role.CASEWORKER, _request, 22),
    "people:organisation-queue": ListPage(Role.CASEWORKER, _asks_to_act, 23),
    "stations:station-list": ListPage("visitor", _station, 4),
    "stations:desk": ListPage(Role.STATION_STAFF, _service, 14),
    "stations:coverage": ListPage(Role.COUNTY_SUPERVISOR, _station, 29),
    "messaging:message-list": ListPage("citizen", _message, 8),
    "jobs:posting-list": ListPage("visitor", _posting, 16),
    "jobs:api-posting-list": ListPage("visitor", _posting, 6),
    "jobs:api-posting-snapshot": ListPage("visitor", _posting, 4),
    "jobs:fair-list": ListPage("visitor", _fair, 6),
    "jobs:fair-choice": ListPage(Role.EMPLOYER_AGENT, _fair, 8),
    "jobs:fair-desk": ListPage(Role.CASEWORKER, _fair, 22),
    "jobs:supply-list": ListPage("visitor", _supply_list, 6),
    "jobs:partner-list": ListPage(Role.SYSTEM_ADMIN, _partner, 8),
    "jobs:application-list": ListPage("citizen", _application, 7),
    "jobs:talent-list": ListPage(Role.EMPLOYER_AGENT, _talent, 14),
    "jobs:invitation-list": ListPage("citizen", _invitation, 6),
    "jobs:callback-list": ListPage(Role.CASEWORKER, _call_back, 23),
    "jobs:saved-list": ListPage("citizen", _saved, 6),
    "jobs:applicant-list": ListPage(Role.EMPLOYER_AGENT, _received, 10),
    "jobs:employer-desk": ListPage(Role.EMPLOYER_AGENT, _own_posting, 9),
    "jobs:applicants": ListPage(Role.EMPLOYER_AGENT, _applicant, 9),
    "jobs:employer-list": ListPage(Role.CASEWORKER, _employer, 22),
    "jobs:import-list": ListPage(Role.CASEWORKER, _import, 22),
    "jobs:review-queue": ListPage(Role.CASEWORKER, _waiting_posting, 27),
    "jobs:report-list": ListPage(Role.CASEWORKER, _report, 26),
    "subsidies:queue": ListPage(Role.SUBSIDY_INTAKE, _waiting_claim, 24),
    "subsidies:claim-list": ListPage("citizen", _own_claim, 7),
    "subsidies:publicity-list": ListPage("visitor", _notice, 2),
    "subsidies:publicity-desk": ListPage(Role.SUBSIDY_SECOND_REVIEWER, _ready_claim, 16),
    "subsidies:payments": ListPage(Role.SUBSIDY_PAYER, _batch, 16),
    "unemployment:registration-list": ListPage(Role.CASEWORKER, _application_at_counter, 26),
    "unemployment:follow-up-list": ListPage(Role.COMMUNITY_WORKER, _registration, 30),
    "unemployment:hardship-list": ListPage(Role.CASEWORKER, _hardship, 26),
    "unemployment:hardship-notice-desk": ListPage(Role.COMMUNITY_WORKER, _hardship_notice, 20),
    "unemployment:household-list": ListPage(Role.COMMUNITY_WORKER, _household, 26),
    "unemployment:welfare-post-list": ListPage(Role.COMMUNITY_WORKER, _welfare_post, 26),
    "unemployment:plan-list": ListPage(Role.COMMUNITY_WORKER, _plan, 26),
    "unemployment:promise-list": ListPage(Role.COMMUNITY_WORKER, _promise, 26),
    "unemployment:publicity-list": ListPage("visitor", _hardship_notice, 2),
    "unemployment:quality-list": ListPage(Role.CASEWORKER, _drawn, 24),
    "unemployment:ledger-list": ListPage(Role.CASEWORKER, _ledger, 28),
    "unemployment:transfer-list": ListPage(Role.CASEWORKER, _transfer, 22, "?view=theirs"),
    "unemployment:matter-list": ListPage(Role.CASEWORKER, _matter, 22),
    "unemployment:employment-list": ListPage(Role.CASEWORKER, _employment, 23),
    "unemployment:match-list": ListPage(Role.CASEWORKER, _difference, 22),
    "unemployment:export-list": ListPage(Role.CASEWORKER, _table, 24),
    "unemployment:figure-rows": ListPage(Role.CASEWORKER, _registration, 26, "?figure=registered"),
    "unemployment:returns-show": ListPage(Role.COMMUNITY_WORKER, _registration, 29),
    "unemployment:roster-list": ListPage(Role.EMPLOYER_AGENT, _roster, 8),
}
NOT_PAGED = {
    "jobs:search-list",  # a person's own few searches (`jobs.searches.MOST_SEARCHES`)
    "subsidies:programme-list",  # as many as there are programmes in force
    "mfa_list_webauthn",  # a person's own few keys
    "admin:app_list",
    "admin:core_term_changelist",
    "admin:people_industry_changelist",
    "admin:people_occupation_changelist",
    "admin:people_region_changelist",  # Django's own pages, paged by itself
}
