from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from people import administration, second_factor
from people.identifiers import credit_check_character
from people.models import Organisation, OrganisationApplication, RoleAssignment, User
from people.roles import Role
from tests import factories
from tests.people.test_documents import PDF

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


@pytest.fixture
def security() -> User:
    return factories.staff(Role.SECURITY_ADMIN, at=None)


@pytest.fixture
def system() -> User:
    return factories.staff(Role.SYSTEM_ADMIN, at=None)


def grant(by: User, user: User, role: str = Role.CASEWORKER, **more: object) -> RoleAssignment:
    values = {"region": factories.region(), "organisation": None, "start": TODAY, "end": None, "reason": "新人入职"}
    return administration.grant_role(user=user, role=role, by=by, **{**values, **more})


class TestRoles:
    def test_are_granted_and_ended_by_the_security_administrator(self, security):
        user = factories.user()
        row = grant(security, user)
        assert User.objects.get(pk=user.pk).holds_staff_role
        administration.end_role(assignment_id=row.pk, on=TODAY, reason="岗位调整", by=security)
        assert not User.objects.get(pk=user.pk).holds_staff_role

    def test_last_through_their_last_day(self, security):
        row = grant(security, factories.user(), end=TODAY)
        assert RoleAssignment.objects.on(TODAY).filter(pk=row.pk).exists()
        assert not RoleAssignment.objects.on(TODAY + timedelta(days=1)).filter(pk=row.pk).exists()

    @pytest.mark.parametrize("role", [Role.SYSTEM_ADMIN, Role.AUDIT_ADMIN, Role.CASEWORKER, Role.COUNTY_SUPERVISOR])
    def test_are_granted_by_nobody_else(self, role):
        with pytest.raises(administration.CannotAdminister, match="安全管理员"):
            grant(factories.staff(role), factories.user())

    def test_are_never_ones_own(self, security):
        with pytest.raises(administration.CannotAdminister, match="自己的账号"):
            grant(security, security)

    def test_keep_the_duties_apart(self, security, system):
        with pytest.raises(administration.CannotAdminister, match="三员分立"):
            grant(security, system)

    def test_need_a_region_where_the_work_has_one(self, security):
        with pytest.raises(administration.CannotAdminister, match="负责的地区"):
            grant(security, factories.user(), region=None)

    def test_are_not_granted_twice(self, security):
        user = factories.user()
        grant(security, user)
        with pytest.raises(administration.CannotAdminister, match="已经有这个岗位"):
            grant(security, user)

    def test_end_the_sessions_they_were_used_in(self, security, as_staff):
        user = factories.staff(Role.STATION_STAFF)
        client = as_staff(user)
        assert client.get("/work/station/").status_code == 200
        administration.end_role(assignment_id=user.held()[0].pk, on=TODAY, reason="岗位调整", by=security)
        assert client.get("/work/station/").status_code == 302

    def test_walk_the_page(self, security, as_staff):
        user, desk = factories.user(), as_staff(security)
        assert desk.get("/work/roles/", {"login": user.username}).url == f"/work/roles/{user.public_id}/"
        assert desk.get(f"/work/roles/{user.public_id}/").status_code == 200
        form = {"role": "caseworker", "region_code": "210106", "start": TODAY.isoformat(), "reason": "新人入职"}
        assert desk.post(f"/work/roles/{user.public_id}/grant/", form).status_code == 302
        row = RoleAssignment.objects.get(user=user)
        assert desk.post(f"/work/roles/{user.public_id}/end/{row.pk}/", {"reason": "x"}).status_code == 422
        assert desk.post(f"/work/roles/{user.public_id}/end/{row.pk}/", {"reason": "岗位调整"}).status_code == 302
        wrong = {**form, "region_code": "999999"}
        assert "没有这个地区代码" in desk.post(f"/work/roles/{user.public_id}/grant/", wrong).content.decode()


class TestAccounts:
    def test_begin_with_a_password_shown_once(self, system, as_staff):
        desk = as_staff(system)
        page = desk.post("/work/accounts/", {"username": "tiexi.wang01", "name": "王新人"})
        user = User.objects.get(username="tiexi.wang01")
        _, password = page.context["made"]
        assert user.check_password(password)
        assert user.must_change_password
        assert password not in desk.get("/work/accounts/").content.decode()
        assert desk.post("/work/accounts/", {"username": "tiexi.wang01", "name": "王新人"}).status_code == 422

    def test_are_reset_with_their_second_factor(self, system, as_staff):
        user = factories.staff(Role.CASEWORKER)
        second_factor.enrol_totp(user)
        page = as_staff(system).post(f"/work/accounts/{user.public_id}/reset/", {"reason": "手机丢失"})
        user = User.objects.get(pk=user.pk)
        assert user.check_password(page.context["password"])
        assert not second_factor.is_enrolled(user)

    def test_are_closed_and_thrown_out(self, system, as_staff):
        user = factories.staff(Role.STATION_STAFF)
        client = as_staff(user)
        as_staff(system).post(f"/work/accounts/{user.public_id}/switch/", {"reason": "已经离职"})
        assert not User.objects.get(pk=user.pk).is_active
        assert client.get("/work/station/").status_code == 302

    def test_are_no_business_of_the_other_administrators(self, security, as_staff):
        for user in (security, factories.staff(Role.AUDIT_ADMIN, at=None), factories.staff(Role.CASEWORKER)):
            assert as_staff(user).get("/work/accounts/").status_code == 403


class TestAudit:
    def test_is_read_by_the_audit_administrator(self, as_staff):
        person = factories.person()
        officer = factories.staff(Role.CASEWORKER)
        as_staff(officer).get(f"/work/people/{person.public_id}/")
        desk = as_staff(factories.staff(Role.AUDIT_ADMIN, at=None))
        assert desk.get("/work/audit/").status_code == 200
        page = desk.post("/work/audit/", {"id_number": person.id_number.open(), "table": ""}).content.decode()
        assert "person:open" in page
        assert officer.username in page
        history = desk.post("/work/audit/", {"table": "people.personhistory", "actor": ""}).content.decode()
        assert "改动历史" in history
        assert person.id_number.open() not in history

    @pytest.mark.parametrize("role", [Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.CASEWORKER, Role.LEADER])
    def test_is_closed_to_everybody_else(self, role, as_staff):
        assert as_staff(factories.staff(role)).get("/work/audit/").status_code == 403


class TestOrganisations:
    def form(self, code: str, **more: object) -> dict[str, object]:
        return {
            "credit_code": code,
            "name": "沈阳演示机械有限公司",
            "region": factories.region().pk,
            "address": "铁西区演示路 1 号",
            "agent_name": "吴经办",
            "kind": "employer",
            "agent_id": factories.id_number(),
            "licence": SimpleUploadedFile("a.pdf", PDF),
            "authorisation": SimpleUploadedFile("b.pdf", PDF),
            **more,
        }

    @pytest.fixture
    def code(self) -> str:
        body = "91219900MA1TEST00"[:17]
        body = body.replace("S", "5").replace("I", "1").replace("O", "0")
        return body + credit_check_character(body)

    def test_sign_up_through_an_agent_and_are_verified_by_the_county(self, client, as_staff, code):
        agent = factories.user(name="")
        client.force_login(agent)
        assert client.get("/account/organisation/").status_code == 200
        assert client.post("/account/organisation/", self.form(code)).status_code == 302
        assert client.post("/account/organisation/", self.form(code)).status_code == 422
        row = OrganisationApplication.objects.get()
        assert row.organisation.status == Organisation.Status.PENDING
        elsewhere = as_staff(factories.staff(Role.CASEWORKER, at="210202"))
        assert elsewhere.post(f"/work/organisations/{row.public_id}/", {"accept": "1"}).status_code == 404
        desk = as_staff(factories.staff(Role.CASEWORKER))
        assert "吴经办" in desk.get("/work/organisations/").content.decode()
        licence = desk.get(f"/account/documents/{row.licence.public_id}/")
        assert b"".join(licence.streaming_content) == PDF
        assert desk.post(f"/work/organisations/{row.public_id}/", {"accept": "1"}).status_code == 302
        row.organisation.refresh_from_db()
        assert row.organisation.status == Organisation.Status.VERIFIED
        assert User.objects.get(pk=agent.pk).organisation_ids(Role.EMPLOYER_AGENT) == [row.organisation.pk]

    def test_are_sent_back_with_a_reason(self, client, as_staff, code):
        client.force_login(factories.user(name=""))
        client.post("/account/organisation/", self.form(code))
        row = OrganisationApplication.objects.get()
        desk = as_staff(factories.staff(Role.CASEWORKER))
        desk.post(f"/work/organisations/{row.public_id}/", {"accept": "0", "reason": ""})
        row.refresh_from_db()
        assert row.status == "open"
        desk.post(f"/work/organisations/{row.public_id}/", {"accept": "0", "reason": "执照照片看不清"})
        row.refresh_from_db()
        assert row.status == "returned"
        assert "执照照片看不清" in client.get("/account/organisation/").content.decode()

    def test_say_what_is_wrong_with_the_credit_code(self, client):
        client.force_login(factories.user(name=""))
        answer = client.post("/account/organisation/", self.form("911234"))
        assert "应是 18 位" in answer.content.decode()


def test_makes_an_unknown_visitor_sign_in_at_the_right_door():
    assert Client().get("/work/audit/").url.startswith("/account/staff/")
    assert Client().get("/account/").url.startswith("/account/login/")
