from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from core import events
from core.models import AccessLog, Event
from messaging.models import InboxMessage
from people import organisations, rechecks, suspensions, tasks
from people.documents import Checked
from people.forms.organisation import OrganisationForm
from people.identifiers import credit_check_character
from people.models import Document, Organisation, OrganisationApplication, OrganisationRecord
from people.organisations import Papers
from people.reveal import CannotReveal, reveal_agent_id
from people.roles import Role
from tests import factories

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n%%EOF\n"
PAPER = Checked(PDF, "application/pdf")
BODY = "91219900MA1TE5T00"
CODE = BODY + credit_check_character(BODY)
TODAY = date(2026, 9, 23)


def ask(user=None, **more) -> OrganisationApplication:
    values = {
        "user": user or factories.citizen(),
        "credit_code": CODE,
        "name": "沈阳演示人力有限公司",
        "region": factories.region(),
        "agent_name": "吴经办",
        "address": "铁西区演示路 1 号",
        "papers": Papers(licence=PAPER, authorisation=PAPER),
    }
    return organisations.apply_for_organisation(**(values | more))


def accept(row, **more):
    values = {"accept": True, "reason": "", "by": factories.staff(Role.CASEWORKER), "on": TODAY}
    return organisations.decide_application(application_id=row.pk, **(values | more))


def test_opens_the_agent_s_account_and_begins_a_term_of_six_months():
    row = ask()
    accept(row)
    found = Organisation.objects.get(credit_code=CODE)
    assert (found.status, found.verified_on, found.verified_until) == ("verified", TODAY, date(2027, 3, 23))
    record = OrganisationRecord.objects.get(organisation=found)
    assert (record.kind, record.by_id is not None, record.term) == ("accepted", True, date(2027, 3, 23))
    events.run_consumers()
    assert InboxMessage.objects.filter(user=row.user, template="organisation_accepted").count() == 1


def test_takes_an_agency_only_with_the_number_and_the_paper_of_its_permit():
    with pytest.raises(organisations.CannotSignUp, match="许可证的编号"):
        ask(kind="hr_agency")
    with pytest.raises(organisations.CannotSignUp, match="还缺人力资源服务许可证"):
        ask(kind="hr_agency", papers=Papers(PAPER, PAPER, agency_licence="（辽）人服证字〔2026〕第 1 号"))
    row = ask(kind="hr_agency", papers=Papers(PAPER, PAPER, PAPER, "（辽）人服证字〔2026〕第 1 号"))
    accept(row)
    found = Organisation.objects.get(credit_code=CODE)
    assert (found.kind, found.agency_licence) == ("hr_agency", "（辽）人服证字〔2026〕第 1 号")
    assert row.agency_paper.kind == Document.Kind.AGENCY_LICENCE


def test_has_no_agency_without_a_permit_in_the_database_either():
    row = ask()
    with pytest.raises(IntegrityError, match="organisation_application_agency_permit"), transaction.atomic():
        OrganisationApplication.objects.filter(pk=row.pk).update(kind="hr_agency")


def test_asks_a_public_agency_for_no_authorisation():
    assert ask(kind="public_agency", papers=Papers(licence=PAPER)).authorisation is None


def test_wants_the_identity_of_an_agent_without_real_name_proof_and_seals_it():
    with pytest.raises(organisations.CannotSignUp):
        ask(user=factories.user())
    number = factories.id_number()
    row = ask(user=factories.user(), agent_id=number)
    row.refresh_from_db()
    assert row.agent_id.open() == number
    assert row.agent_proof == f"身份证 {number[:3]}***********{number[-4:]}"


def test_asks_an_account_with_real_name_proof_for_neither_name_nor_number():
    form = OrganisationForm(user=factories.citizen())
    assert "agent_id" not in form.fields
    assert "agent_name" not in form.fields


def test_says_in_one_go_what_the_type_of_organisation_lacks():
    papers = {"licence": SimpleUploadedFile("a.pdf", PDF)}
    asked = {"kind": "hr_agency", "credit_code": CODE, "name": "x", "region": factories.region().pk, "address": "x"}
    form = OrganisationForm(asked, papers, user=factories.citizen())
    assert not form.is_valid()
    assert sorted(form.errors) == ["agency_licence", "agency_paper", "authorisation"]


def test_does_not_let_a_new_agent_undo_a_suspension():
    first, second = ask(), ask(user=factories.citizen())
    accept(first)
    suspensions.suspend_organisation(
        organisation_id=first.organisation_id,
        reason="岗位内容不实，多次被举报。",
        by=factories.staff(Role.CASEWORKER),
        on=TODAY,
    )
    with pytest.raises(organisations.CannotSignUp, match="已被暂停"):
        ask(user=factories.citizen())
    with pytest.raises(organisations.CannotVerify, match="状态已经变了"):
        accept(second)


WRONG, RIGHT = "沈阳演示人力公司", "沈阳演示人力有限公司"


def send_back(row, **more):
    return accept(row, accept=False, reason="名称和执照不一样。", **more)


class TestNames:
    def test_may_be_corrected_after_a_return_by_the_same_and_by_another_person(self):
        for another in (False, True):
            first = ask(name=WRONG, region=factories.region("210104"))
            send_back(first, by=factories.staff(Role.CASEWORKER, at="210104"))
            again = ask(None if another else first.user, name=RIGHT)
            found = again.organisation
            assert (found.name, found.region, found.status) == (RIGHT, factories.region(), "pending")
            assert Organisation.objects.filter(credit_code=CODE).count() == 1
            accept(again)
            Organisation.objects.filter(pk=found.pk).update(credit_code=None)

    def test_are_those_of_the_application_that_the_officer_accepted_and_the_other_is_sent_back(self):
        squatter, genuine = ask(name=WRONG), ask(name=RIGHT)
        assert genuine.organisation_id == squatter.organisation_id
        genuine.refresh_from_db()
        assert genuine.differs_in_name
        officer = factories.staff(Role.CASEWORKER)
        accept(genuine, by=officer)
        found = Organisation.objects.get(credit_code=CODE)
        kinds = list(OrganisationRecord.objects.order_by("pk").values_list("kind", "by"))
        assert (found.name, kinds) == (RIGHT, [("renamed", officer.pk), ("accepted", officer.pk)])
        with pytest.raises(organisations.CannotVerify, match="请退回"):
            accept(squatter)
        send_back(squatter)
        found.refresh_from_db()
        assert (found.name, found.status) == (RIGHT, "verified")

    def test_of_a_verified_organisation_are_not_changed_by_a_new_agent(self):
        accept(ask(name=RIGHT))
        with pytest.raises(organisations.CannotSignUp, match="单位改了名的"):
            ask(name=WRONG)

    def test_are_corrected_by_an_officer_of_the_county_with_the_ground_on_record(self):
        row = ask(name=WRONG)
        accept(row)
        given = {"organisation_id": row.organisation_id, "by": factories.staff(Role.CASEWORKER), "on": TODAY}
        for wrong, sentence in (
            ({"name": WRONG, "reason": "照营业执照更正"}, "更正后的名称"),
            ({"name": RIGHT, "reason": "x"}, "依据"),
            ({"name": RIGHT, "reason": "照执照", "by": factories.staff(Role.CASEWORKER, at="210202")}, "不能由您"),
        ):
            with pytest.raises(organisations.CannotVerify, match=sentence):
                organisations.correct_name(**(given | wrong))
        organisations.correct_name(**given, name=RIGHT, reason="照营业执照更正")
        record = OrganisationRecord.objects.get(kind="renamed")
        assert (record.by, record.reason) == (given["by"], f"由“{WRONG}”更正为“{RIGHT}”。照营业执照更正")
        events.run_consumers()
        assert InboxMessage.objects.filter(user=row.user, template="organisation_renamed").count() == 1


def test_a_department_signs_up_the_same_way_with_the_officer_s_check():
    row = ask(kind="department")
    accept(row)
    found = Organisation.objects.get(credit_code=CODE)
    assert (found.kind, found.status) == ("department", "verified")
    assert ("department", "政府部门") in OrganisationForm(user=factories.citizen()).fields["kind"].choices


class TestRechecks:
    def verified(self, until: date) -> Organisation:
        return factories.organisation(verified_until=until)

    def test_remind_the_agents_thirty_days_before_and_only_once(self):
        soon, later = self.verified(TODAY + timedelta(days=30)), self.verified(TODAY + timedelta(days=31))
        agent = factories.agent(soon)
        assert rechecks.remind(on=TODAY) == 1
        assert rechecks.remind(on=TODAY) == 0
        assert list(OrganisationRecord.objects.values_list("organisation", "kind")) == [(soon.pk, "asked")]
        assert rechecks.remind(on=TODAY + timedelta(days=1)) == 1
        assert OrganisationRecord.objects.filter(organisation=later).exists()
        events.run_consumers()
        assert InboxMessage.objects.filter(user=agent, template="organisation_recheck_soon").count() == 1

    def test_mark_what_ran_out_but_suspend_nothing(self):
        late, last_day = self.verified(TODAY - timedelta(days=1)), self.verified(TODAY)
        assert rechecks.mark_due(on=TODAY) == 1
        assert rechecks.mark_due(on=TODAY) == 0
        late.refresh_from_db()
        last_day.refresh_from_db()
        assert (late.status, late.recheck_since, late.status_text) == ("verified", TODAY, "已核验，待复核")
        assert last_day.recheck_since is None
        assert OrganisationRecord.objects.get().by is None

    def test_give_those_verified_earlier_the_end_of_their_term(self):
        old = factories.organisation()
        Organisation.objects.filter(pk=old.pk).update(verified_on=date(2026, 8, 31))
        assert rechecks.mark_due(on=TODAY) == 0
        old.refresh_from_db()
        assert old.verified_until == date(2027, 2, 28)

    @pytest.mark.no_audit_context
    def test_run_at_night_in_a_context_of_their_own(self, db):
        tasks.recheck_organisations()

    def test_begin_a_new_term_with_the_papers_of_the_last_time(self):
        row = ask()
        accept(row)
        organisation, agent = row.organisation, type(row.user).objects.get(pk=row.user_id)
        rechecks.mark_due(on=date(2027, 4, 1))
        again = organisations.ask_to_recheck(organisation_id=organisation.pk, user=agent, papers=Papers())
        assert (again.purpose, again.licence, again.authorisation) == ("recheck", row.licence, row.authorisation)
        accept(again, on=date(2027, 4, 2))
        organisation.refresh_from_db()
        assert (organisation.recheck_since, organisation.verified_until) == (None, date(2027, 10, 2))
        assert OrganisationRecord.objects.order_by("-pk").first().kind == "rechecked"

    def test_can_be_done_by_an_officer_s_own_look_with_a_written_ground(self):
        late = self.verified(TODAY - timedelta(days=1))
        rechecks.mark_due(on=TODAY)
        officer, elsewhere = factories.staff(Role.CASEWORKER), factories.staff(Role.CASEWORKER, at="210202")
        with pytest.raises(rechecks.CannotRecheck, match="怎么核的"):
            rechecks.confirm_recheck(organisation_id=late.pk, reason="", by=officer, on=TODAY)
        with pytest.raises(rechecks.CannotRecheck, match="不能由您"):
            rechecks.confirm_recheck(organisation_id=late.pk, reason="上门看过", by=elsewhere, on=TODAY)
        rechecks.confirm_recheck(organisation_id=late.pk, reason="上门看过", by=officer, on=TODAY)
        late.refresh_from_db()
        assert not late.waits_for_recheck

    def test_show_in_the_county_s_queue(self, as_staff):
        late = self.verified(TODAY - timedelta(days=1))
        rechecks.mark_due(on=TODAY)
        desk = as_staff(factories.staff(Role.CASEWORKER))
        assert late.name in desk.get("/work/organisations/").content.decode()


class TestSuspensions:
    def test_need_a_reason_that_can_be_answered_and_an_officer_of_the_county(self):
        organisation = factories.organisation()
        officer = factories.staff(Role.COUNTY_SUPERVISOR)
        with pytest.raises(suspensions.CannotSuspend, match="至少 10 个字"):
            suspensions.suspend_organisation(organisation_id=organisation.pk, reason="不实", by=officer, on=TODAY)
        with pytest.raises(suspensions.CannotSuspend, match="所在区县"):
            suspensions.suspend_organisation(
                organisation_id=organisation.pk,
                reason="收取求职者押金，已立案。",
                by=factories.staff(Role.CASEWORKER, at="210202"),
                on=TODAY,
            )
        with pytest.raises(IntegrityError, match="organisation_record_by_a_person"), transaction.atomic():
            OrganisationRecord.objects.create(organisation=organisation, kind="suspended", reason="机器", on=TODAY)

    def test_are_objected_to_by_the_agent_and_lifted_by_an_officer(self):
        row = ask()
        accept(row)
        officer = factories.staff(Role.CASEWORKER)
        reason = "收取求职者押金，已立案。"
        suspensions.suspend_organisation(organisation_id=row.organisation_id, reason=reason, by=officer, on=TODAY)
        events.run_consumers()
        told = InboxMessage.objects.get(user=row.user, template="organisation_suspended")
        assert reason in told.text
        assert "不同意见" in told.text
        agent = type(row.user).objects.get(pk=row.user_id)
        with pytest.raises(organisations.CannotSignUp, match="不同意见"):
            organisations.ask_to_recheck(organisation_id=row.organisation_id, user=agent, papers=Papers())
        objection = organisations.ask_to_recheck(
            organisation_id=row.organisation_id, user=agent, papers=Papers(), note="押金已全部退还，附收据。"
        )
        with pytest.raises(organisations.CannotVerify, match="解除暂停的理由"):
            accept(objection, by=officer)
        accept(objection, by=officer, reason="已退还押金，整改到位。")
        row.organisation.refresh_from_db()
        assert row.organisation.status == "verified"
        assert Event.objects.filter(name="people.organisation_lifted").exists()


def test_opens_an_agent_s_number_to_the_county_for_a_reason_that_stays():
    number = factories.id_number()
    row = ask(factories.user(name="吴经办"), agent_id=number)
    officer = factories.staff(Role.CASEWORKER)
    with pytest.raises(CannotReveal, match="请写明查看原因"):
        reveal_agent_id(application=row, by=officer, reason="看看")
    with pytest.raises(CannotReveal, match="所在区县"):
        reveal_agent_id(application=row, by=factories.staff(Role.CASEWORKER, at="210202"), reason="核对授权书")
    with pytest.raises(CannotReveal, match="所在区县"):
        reveal_agent_id(application=row, by=row.user, reason="看自己的号码")
    assert not AccessLog.objects.exists()
    assert reveal_agent_id(application=row, by=officer, reason="核对授权书") == number
    kept = AccessLog.objects.get()
    assert (kept.actor, kept.action, kept.subject) == (officer.pk, "reveal:agent_id", str(row.public_id))
    assert number not in f"{kept.reason}{row.agent_id}"


def test_has_no_number_to_open_of_an_agent_who_proved_their_name():
    row = ask(factories.citizen())
    with pytest.raises(CannotReveal, match="已经实名核验"):
        reveal_agent_id(application=row, by=factories.staff(Role.CASEWORKER), reason="核对授权书")
