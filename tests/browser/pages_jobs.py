from datetime import date, timedelta

from django.utils import timezone

from jobs import fairs, posting_templates, postings
from jobs.models import (
    Alert,
    AlertRun,
    ApplicationMessage,
    Posting,
    PostingReport,
    SavedPosting,
    SavedSearch,
    TalentInvitation,
)
from jobs.resumes import sheet
from people import suspensions
from people.models import RoleAssignment, User
from people.roles import Role
from tests import factories
from tests.browser.pages import PageCase
from tests.jobs.factories import (
    application,
    call_back,
    fair,
    import_batch,
    interview,
    offer,
    partner_feed,
    partner_key,
    posting,
    resume,
    supply_list,
)


def _list() -> tuple[str, User | None]:
    posting(suits=["over_45"], shifts="白班 8:00–17:00")
    posting(title="物业维修电工", kind="part_time", education="31")
    return "/jobs/?q=电工&region=2101", None


def _nothing_found() -> tuple[str, User | None]:
    posting()
    return "/jobs/?q=电工&pay=15000", None


def _show() -> tuple[str, User | None]:
    posting(title="高压电工")
    made = posting(
        suits=["over_45"],
        requirement="有低压电工作业证。",
        skills=["低压电工证", "看电路图"],
        address="演示路 1 号",
        probation_months=1,
        probation_pay=5600,
        organisation=factories.organisation(name="演示人力", kind="hr_agency", agency_licence="210106001"),
        employer_name="演示机械有限公司",
        on_behalf=True,
    )
    return f"/jobs/{made.public_id}/", factories.citizen()


def _apply() -> tuple[str, User | None]:
    return f"/jobs/{posting().public_id}/apply/", factories.citizen()


def _apply_with_resume() -> tuple[str, User | None]:
    return f"/jobs/{posting().public_id}/apply/", resume().user


def _resume() -> tuple[str, User | None]:
    return "/jobs/resume/", resume(visibility="city").user


def _no_resume() -> tuple[str, User | None]:
    return "/jobs/resume/", factories.citizen()


def _resume_profile() -> tuple[str, User | None]:
    return "/jobs/resume/about/", factories.citizen()


def _resume_print() -> tuple[str, User | None]:
    return "/jobs/resume/print/", resume().user


def _resume_intention() -> tuple[str, User | None]:
    return "/jobs/resume/intention/new/", factories.citizen()


def _resume_work() -> tuple[str, User | None]:
    made = resume()
    return f"/jobs/resume/work/{made.works.get().public_id}/", made.user


def _applications() -> tuple[str, User | None]:
    who = factories.citizen()
    application(posting=posting(), applicant=who)
    application(posting=posting(title="保洁员"), applicant=who, status="unsuitable", reason="这个岗位要夜班。")
    return "/jobs/applications/", who


def _application_with_interview() -> tuple[str, User | None]:
    sent = application(posting=posting())
    interview(application=sent, bring="身份证", contact="王师傅")
    for author, employer in ((factories.agent(sent.posting.organisation), True), (sent.applicant, False)):
        ApplicationMessage.objects.create(application=sent, author=author, by_employer=employer, text="您好。")
    return f"/jobs/applications/{sent.public_id}/", sent.applicant


def _application_with_offer() -> tuple[str, User | None]:
    sent = application(posting=posting())
    offer(application=sent, terms="试用期 1 个月，五险入职当月缴。")
    return f"/jobs/applications/{sent.public_id}/", sent.applicant


def _hired() -> tuple[str, User | None]:
    who = factories.citizen()
    application(posting=posting(), applicant=who, status="hired")
    application(posting=posting(title="保洁员"), applicant=who)
    return "/jobs/applications/", who


def _saved() -> tuple[str, User | None]:
    who = factories.citizen()
    for status in ("published", "filled"):
        made = posting(title=f"电工 {status}")
        Posting.objects.filter(pk=made.pk).update(status=status)
        SavedPosting.objects.create(user=who, posting=made)
    return "/jobs/saved/", who


def _no_applications() -> tuple[str, User | None]:
    return "/jobs/applications/", factories.citizen()


def _desk() -> tuple[str, User | None]:
    employer = factories.organisation()
    application(posting=posting(organisation=employer))
    posting(title="仓库管理员", organisation=employer, published=False)
    returned = {"status": Posting.Status.RETURNED, "status_reason": "请写明上班地点。"}
    posting(title="叉车司机", organisation=employer, published=False, **returned)
    return "/employer/", factories.agent(employer)


def _new_posting() -> tuple[str, User | None]:
    return "/employer/postings/new/", factories.agent(factories.organisation())


def _new_posting_from_a_template() -> tuple[str, User | None]:
    agency = factories.organisation(name="演示人力", kind="hr_agency", agency_licence="210106001")
    made = posting(occupation="6-31-01-03", organisation=agency, skills=["低压电工证"])
    agent = factories.agent(agency)
    RoleAssignment.objects.create(
        user=agent, role=Role.EMPLOYER_AGENT, organisation=factories.organisation(), valid=(date(2020, 1, 1), None)
    )
    values = {"posting_id": made.pk, "by": agent, "on": timezone.localdate()}
    kept = posting_templates.keep_template(name="车间电工", **values)
    return f"/employer/postings/new/?template={kept.public_id}", agent


def _posting_history() -> tuple[str, User | None]:
    made = posting(published=False, requirement="五官端正，能上夜班。")
    agent, officer = factories.agent(made.organisation), factories.staff(Role.CASEWORKER)
    postings.submit_posting(posting_id=made.pk, by=agent, on=timezone.localdate())
    postings.return_posting(posting_id=made.pk, reason="请写明上班地点。", by=officer)
    application(posting=made)
    return f"/employer/postings/{made.public_id}/history/", agent


def _applicants() -> tuple[str, User | None]:
    made = posting()
    application(posting=made)
    return f"/employer/postings/{made.public_id}/applicants/", factories.agent(made.organisation)


def _applicant_list() -> tuple[str, User | None]:
    made = posting()
    for status in ("submitted", "viewed", "interview", "hired"):
        application(posting=made, status=status, experience="做过三年维修电工。")
    return "/employer/applications/", factories.agent(made.organisation)


def _applicant_board() -> tuple[str, User | None]:
    return f"{_applicant_list()[0]}?view=board", _applicant_list()[1]


def _talent_list() -> tuple[str, User | None]:
    resume(visibility="province")
    return "/employer/talent/?q=电工", factories.agent(factories.organisation())


def _talent() -> tuple[str, User | None]:
    made = posting()
    return f"/employer/talent/{resume(visibility='province').public_id}/", factories.agent(made.organisation)


def _invitations() -> tuple[str, User | None]:
    mine, made = resume(visibility="province"), posting()
    by = factories.agent(made.organisation)
    TalentInvitation.objects.create(user=mine.user, posting=made, invited_by=by, text="想请您来。")
    return "/jobs/invitations/", mine.user


def _call_backs() -> tuple[str, User | None]:
    call_back()
    call_back(due_on=timezone.localdate() - timedelta(days=3))
    return "/work/callbacks/", factories.staff(Role.CASEWORKER)


def _call_back() -> tuple[str, User | None]:
    return f"/work/callbacks/{call_back().public_id}/", factories.staff(Role.CASEWORKER)


def _answer_with_interview() -> tuple[str, User | None]:
    mine = resume()
    sent = application(posting=posting(), applicant=mine.user, resume=sheet(mine))
    interview(application=sent)
    return f"/employer/applications/{sent.public_id}/", factories.agent(sent.posting.organisation)


def _answer() -> tuple[str, User | None]:
    sent = application(posting=posting(), experience="做过三年维修电工。")
    return f"/employer/applications/{sent.public_id}/", factories.agent(sent.posting.organisation)


def _review() -> tuple[str, User | None]:
    for title in ("仓库管理员", "叉车司机"):
        posting(
            title=title,
            published=False,
            status=Posting.Status.SUBMITTED,
            submitted_at="2026-11-20T09:00+08:00",
            requirement="有叉车证。\n35 岁以下优先。",
        )
    return "/work/jobs/", factories.staff(Role.CASEWORKER)


def _review_of_an_import() -> tuple[str, User | None]:
    found = {"code": "sex_limit", "name": "限定性别", "action": "block", "field": "requirement", "words": "限男性"}
    posting(
        title="仓库管理员",
        published=False,
        status=Posting.Status.SUBMITTED,
        submitted_at="2026-11-20T09:00+08:00",
        imported_at=timezone.now(),
        employer_name="演示物流公司",
        source_site="演示人才网",
        requirement="限男性。",
        findings=[found],
    )
    return "/work/jobs/", factories.staff(Role.CASEWORKER)


def _imports() -> tuple[str, User | None]:
    officer = factories.staff(Role.CASEWORKER)
    import_batch(by=officer)
    import_batch(by=officer, done=False, status="running", position=5000, added=4800)
    return "/work/jobs/imports/", officer


def _no_imports() -> tuple[str, User | None]:
    return "/work/jobs/imports/", factories.staff(Role.CASEWORKER)


def _import_new() -> tuple[str, User | None]:
    return "/work/jobs/imports/new/", factories.staff(Role.CASEWORKER)


def _import_columns() -> tuple[str, User | None]:
    officer = factories.staff(Role.CASEWORKER)
    return f"/work/jobs/imports/{import_batch(by=officer, done=False).public_id}/", officer


def _import_done() -> tuple[str, User | None]:
    officer = factories.staff(Role.CASEWORKER)
    return f"/work/jobs/imports/{import_batch(by=officer).public_id}/", officer


def _import_failed() -> tuple[str, User | None]:
    officer = factories.staff(Role.CASEWORKER)
    failed = import_batch(by=officer, status="failed", problem="这个来源原有 40 个岗位，文件里没有其中 38 个。")
    return f"/work/jobs/imports/{failed.public_id}/", officer


def _several_sources() -> tuple[str, User | None]:
    shown = posting(title="高压电工")
    posting(
        title="高压电工",
        canonical=shown,
        imported_at=timezone.now(),
        employer_name="演示厂",
        source_site="演示人才网",
        source_id="1",
        source_url="https://jobs.example/1",
    )
    return f"/jobs/{shown.public_id}/", None


def _report() -> tuple[str, User | None]:
    return f"/jobs/{posting().public_id}/report/", None


def _reports() -> tuple[str, User | None]:
    for text in ("要先交 300 元押金。", ""):
        PostingReport.objects.create(posting=posting(), reason="money", text=text)
    return "/work/jobs/reports/", factories.staff(Role.CASEWORKER)


def _take_down() -> tuple[str, User | None]:
    return f"/work/jobs/{posting().public_id}/take-down/", factories.staff(Role.CASEWORKER)


def _doubtful_draft() -> tuple[str, User | None]:
    draft = posting(published=False, requirement="限男性，35 岁以下优先。", pay_min=1000, pay_max=1200)
    return f"/employer/postings/{draft.public_id}/", factories.agent(draft.organisation)


def _employer_file() -> tuple[str, User | None]:
    employer, officer = factories.organisation(), factories.staff(Role.CASEWORKER)
    factories.agent(employer)
    posting(organisation=employer)
    values = {"organisation_id": employer.pk, "by": officer, "on": timezone.localdate()}
    suspensions.suspend_organisation(reason="收取求职者押金，已立案调查。", **values)
    suspensions.lift_suspension(reason="押金已退还。", **values)
    return f"/work/employers/{employer.public_id}/", officer


def _employers() -> tuple[str, User | None]:
    factories.organisation(verified_until=timezone.localdate())
    factories.organisation(status="suspended", status_reason="收取求职者押金。")
    return "/work/employers/", factories.staff(Role.CASEWORKER)


def _nothing_to_review() -> tuple[str, User | None]:
    return "/work/jobs/", factories.staff(Role.CASEWORKER)


def _searches() -> tuple[str, User | None]:
    user = resume().user
    SavedSearch.objects.create(user=user, query="q=电工&region=2101&pay=4000")
    _alert_of(user)
    return "/jobs/searches/", user


def _alert_of(user: User) -> Alert:
    now = timezone.now()
    run = AlertRun.objects.create(frequency="daily", day=now.date(), since=now - timedelta(days=1), until=now)
    return Alert.objects.create(run=run, user=user, postings=[posting().pk], total=25)


def _alert() -> tuple[str, User | None]:
    user = factories.citizen()
    return f"/jobs/alerts/{_alert_of(user).public_id}/", user


def _save_search() -> tuple[str, User | None]:
    return "/jobs/searches/new/?q=电工&region=2101", factories.citizen()


def _supply() -> tuple[str, User | None]:
    posting()
    for code in ("2101", "210106", "210102"):
        supply_list(region=code)
    return "/jobs/supply/", None


def _api() -> tuple[str, User | None]:
    return "/jobs/api/", None


def _fairs() -> tuple[str, User | None]:
    fair(kind="disabled", name="铁西区残疾人专场招聘会", phone="024-25000000")
    over = timezone.now() - timedelta(days=20)
    fair(name="铁西区春季招聘会", starts_at=over, ends_at=over + timedelta(hours=3))
    return "/jobs/fairs/", None


def _fair() -> tuple[str, User | None]:
    made = fair(kind="veterans", name="退役军人专场招聘会", note="请带退役证。")
    row = posting()
    agent = factories.agent(row.organisation)
    fairs.bring_postings(fair_id=made.pk, postings=[row], by=agent, at=timezone.now())
    return f"/jobs/fairs/{made.public_id}/", None


def _fair_choice() -> tuple[str, User | None]:
    fair()
    return "/employer/fairs/", factories.agent(factories.organisation())


def _fair_join() -> tuple[str, User | None]:
    row = posting()
    return f"/employer/fairs/{fair().public_id}/", factories.agent(row.organisation)


def _fair_desk() -> tuple[str, User | None]:
    fair()
    fair(approved=False, kind="disabled", name="残疾人专场招聘会")
    return "/work/fairs/", factories.staff(Role.CASEWORKER)


def _fair_new() -> tuple[str, User | None]:
    return "/work/fairs/new/", factories.staff(Role.CASEWORKER)


def _own_key() -> tuple[str, User | None]:
    owner = factories.organisation()
    now = timezone.now()
    agent = factories.agent(owner)
    partner_key(organisation=owner, revoked_at=now, revoked_by=agent, revoke_reason="换系统了", digest="1" * 64)
    partner_key(organisation=owner)
    return "/employer/key/", agent


def _no_key() -> tuple[str, User | None]:
    return "/employer/key/", factories.agent(factories.organisation())


def _partners() -> tuple[str, User | None]:
    partner_key(last_used_on=timezone.localdate())
    partner_feed(last_done_at=timezone.now(), taken=1200)
    partner_feed(source="另一个门户", problem="jobs.example.org 没有按时答复。稍后会再试。")
    return "/work/partners/", factories.staff(Role.SYSTEM_ADMIN, at=None)


PAGES = [
    PageCase("supply lists", _supply),
    PageCase("job data interface", _api),
    PageCase("fairs", _fairs),
    PageCase("fair", _fair),
    PageCase("fairs, employer's choice", _fair_choice),
    PageCase("fair, employer's postings", _fair_join),
    PageCase("fairs, officers' desk", _fair_desk),
    PageCase("fair, new", _fair_new),
    PageCase("employer, key", _own_key),
    PageCase("employer, no key yet", _no_key),
    PageCase("partners", _partners),
    PageCase("job list", _list),
    PageCase("job list, nothing found", _nothing_found),
    PageCase("job", _show),
    PageCase("job, applying", _apply),
    PageCase("job, applying with a resume", _apply_with_resume),
    PageCase("saved searches", _searches),
    PageCase("saving a search", _save_search),
    PageCase("alert", _alert),
    PageCase("resume", _resume),
    PageCase("resume, none yet", _no_resume),
    PageCase("resume, about", _resume_profile),
    PageCase("resume, print", _resume_print),
    PageCase("resume, new intention", _resume_intention),
    PageCase("resume, changing a job", _resume_work),
    PageCase("applications", _applications),
    PageCase("application with an interview", _application_with_interview),
    PageCase("application with an offer", _application_with_offer),
    PageCase("applications after a hire", _hired),
    PageCase("saved postings", _saved),
    PageCase("applications, none yet", _no_applications),
    PageCase("employer desk", _desk),
    PageCase("employer, new posting", _new_posting),
    PageCase("employer, new posting from a template", _new_posting_from_a_template),
    PageCase("employer, history of a posting", _posting_history),
    PageCase("employer, applicants", _applicants),
    PageCase("employer, all applicants", _applicant_list),
    PageCase("employer, board of applicants", _applicant_board),
    PageCase("employer, answering", _answer),
    PageCase("employer, talent search", _talent_list),
    PageCase("employer, one talent", _talent),
    PageCase("invitations of employers", _invitations),
    PageCase("call-backs", _call_backs),
    PageCase("call-back", _call_back),
    PageCase("employer, answering about an interview", _answer_with_interview),
    PageCase("employer file", _employer_file),
    PageCase("employer list", _employers),
    PageCase("posting review", _review),
    PageCase("posting review of an import", _review_of_an_import),
    PageCase("imports", _imports),
    PageCase("imports, none", _no_imports),
    PageCase("import, upload", _import_new),
    PageCase("import, columns", _import_columns),
    PageCase("import, done", _import_done),
    PageCase("import, failed", _import_failed),
    PageCase("posting of several sources", _several_sources),
    PageCase("posting review, nothing waits", _nothing_to_review),
    PageCase("posting, taking down", _take_down),
    PageCase("posting, reporting", _report),
    PageCase("posting reports", _reports),
    PageCase("employer, doubtful draft", _doubtful_draft),
]
