"""The demo province is one in which every officer can do the work that lies there."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from core import audit
from core.models import DepartmentRow
from jobs.models import (
    Application,
    CallBack,
    Fair,
    ImportBatch,
    ImportMapping,
    PartnerFeed,
    PartnerKey,
    Placement,
    Posting,
    PostingTemplate,
    Resume,
    SupplyList,
)
from people.models import Person, Region, RoleAssignment, User
from people.roles import Role
from subsidies import demo as subsidies_demo
from subsidies import review
from subsidies.models import Claim
from unemployment.models import (
    Check,
    Deregistration,
    Employment,
    EmploymentKind,
    Escalation,
    FollowUp,
    MonthReport,
    Registration,
    ReplyLink,
)

pytestmark = [pytest.mark.django_db, pytest.mark.no_audit_context]


@pytest.fixture
def province(settings, tmp_path):
    settings.DEBUG = True
    call_command("demo", people=600, jobs=60, stations=20, accounts=tmp_path / "accounts.json", stdout=StringIO())


def test_approves_what_waits_for_approval(province):
    waiting = list(Claim.objects.filter(status=Claim.Status.APPROVAL))
    assert waiting
    approver = User.objects.get(username=f"demo_{Role.SUBSIDY_APPROVER}")
    with audit.context(channel="test"):
        # The demo's officer works in one district; what waits in the others is to be just as sound.
        RoleAssignment.objects.filter(user=approver).update(region=Region.objects.get(code="21"))
        approver.activate_roles()
        for claim in waiting:
            done = review.approve_claim(claim_id=claim.pk, version=claim.version, by=approver, on=timezone.localdate())
            assert done.status == Claim.Status.APPROVED


def test_has_somebody_in_every_state_and_work_on_every_desk(province):
    registered = set(Registration.objects.values_list("status", flat=True))
    assert registered == set(Registration.Status) - {Registration.Status.WITHDRAWN, Registration.Status.REVOKED}
    assert FollowUp.objects.pending().filter(assignee__username=f"demo_{Role.COMMUNITY_WORKER}").exists()
    assert Check.objects.filter(verdict=Check.Verdict.HIT, registration__status__in=("submitted", "checking")).exists()
    assert set(ReplyLink.objects.values_list("status", flat=True)) == {"open", "answered"}
    assert Escalation.objects.open().filter(kind="reply").exists()
    here = "21/2101/210106"
    assert Deregistration.objects.filter(status="proposed", registration__region__path__within=[here]).exists()
    claimed = set(Claim.objects.filter(region__path__within=[here]).values_list("status", flat=True))
    assert claimed >= set(subsidies_demo.MIX)
    assert set(Employment.objects.values_list("kind", flat=True)) == set(EmploymentKind)
    assert Employment.objects.late().exists()
    assert MonthReport.objects.signed().count() == 3
    police = DepartmentRow.objects.filter(file__department="police")
    assert police.count() == Person.objects.count() + 1


def test_has_people_to_find_to_meet_and_to_call_back(province):
    citizen = User.objects.get(username="demo_citizen")
    assert citizen.resume.intentions.exists()
    assert citizen.applications.get(status="interview").interviews.get().is_live
    assert citizen.applications.get(status="offer").offers.get().status == "lapsed"
    assert Resume.objects.exclude(visibility="hidden").exists()
    assert not Application.objects.filter(status="hired", placement=None).exists()
    assert CallBack.objects.filter(due_on__lte=timezone.localdate()).count() == Placement.objects.count() > 0


def test_marks_every_person_as_made_up(province):
    assert not Person.objects.filter(is_demo=False).exists()
    assert not [p for p in Person.objects.all()[:50] if not p.id_number.open().startswith("2199")]


def test_is_made_once_only(province):
    with pytest.raises(CommandError, match="已经在了"):
        call_command("demo", people=10, jobs=10, stations=10)


def test_is_refused_where_people_are_real():
    with pytest.raises(CommandError, match="正式环境不允许"):
        call_command("demo", people=10, jobs=10, stations=10)


def test_has_postings_from_every_source_and_somebody_who_is_told(province):
    assert PartnerKey.objects.get().organisation.agency_licence
    assert PartnerFeed.objects.filter(is_on=False).exists()
    assert Posting.objects.published(on=timezone.localdate()).filter(on_behalf=True).exists()
    batch = ImportBatch.objects.get()
    assert (batch.status, batch.added, batch.held, batch.rejected) == ("done", 4, 1, 1)
    assert "未导入" in batch.outcomes.open().read().decode("utf-8-sig")
    assert ImportMapping.objects.get().columns["title"] == "职位名称"
    assert SupplyList.objects.values("month").distinct().count() == 2
    assert PostingTemplate.objects.get().values["title"]
    assert Fair.objects.get().brought.count() == 2
    citizen = User.objects.get(username="demo_citizen")
    assert citizen.saved_searches.exists()
    assert citizen.alerts.get().postings
