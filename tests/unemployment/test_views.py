import re

import pytest
from django.utils import timezone

from core.models import AccessLog
from people.models import Person
from people.roles import Role
from tests import factories
from tests.unemployment.conftest import form_values, page, registered, submitted
from unemployment import deregistration, followups
from unemployment.forms.application import ProgressForm
from unemployment.models import Deregistration, FollowUp, PrintedList, Registration

pytestmark = pytest.mark.django_db


@pytest.fixture
def today():
    return timezone.localdate()


def values_for(step, **changes):
    data = form_values(**changes)
    names = {
        "job": ("unemployed_on", "cause", "previous_employer", "claims_benefit"),
        "about": ("education", "household_kind", "nation", "political", "health"),
        "wishes": ("wants_job", "job_wish", "wants_training", "wants_business"),
    }[step]
    return {name: data[name] for name in names}


def test_shows_a_visitor_who_may_register_and_what_is_needed(client):
    text = page(client.get("/unemployment/"))
    assert "身份证或社保卡" in text
    assert "离职证明" in text


def test_sends_a_visitor_to_sign_in_and_an_unproved_account_to_the_proof(client, enter):
    assert client.post("/unemployment/apply/").status_code == 302
    response = enter(factories.user()).post("/unemployment/apply/")
    assert "/account/proof/" in response["Location"]


def test_leads_through_the_pages_to_the_receipt(enter, caseworker):
    citizen = factories.citizen()
    client = enter(citizen)
    first = client.post("/unemployment/apply/")["Location"]
    draft = Registration.objects.get()
    base = f"/unemployment/{draft.public_id}/apply"
    assert first == f"{base}/place/"
    assert "常住地" in page(client.get(first))

    def post(step, query="", **data):
        draft.refresh_from_db()
        return client.post(f"{base}/{step}/{query}", {"version": draft.version, **data})

    response = post("place", place_kind="residence", county="210106")
    assert response["Location"] == f"{base}/community/?county=210106"
    assert "selected" in page(client.get(response["Location"]))
    post("community", "?county=210106", region=factories.community().code)
    for step in ("job", "about", "wishes"):
        page(client.get(f"{base}/{step}/"))
        assert post(step, **values_for(step)).status_code == 302
    text = page(client.get(f"{base}/check/"))
    assert "演示机械厂" in text
    assert citizen.person.id_number.open() not in text
    assert "勾选" in page(post("check"), 422)
    response = post("check", pledged="on")
    show = page(client.get(response["Location"]))
    assert "已经收到" in show
    draft.refresh_from_db()
    assert draft.status == Registration.Status.SUBMITTED
    receipt = draft.papers.get(kind="receipt")
    assert draft.receipt_number in page(client.get(f"/unemployment/papers/{receipt.public_id}/"))


@pytest.mark.parametrize(
    ("step", "changes", "sentence"),
    [
        ("job", {"unemployed_on": "2099-01-01"}, "不能晚于今天"),
        ("job", {"unemployed_on": "上个月"}, "2026-11-03 这样"),
        ("job", {"cause": ""}, "请选择失业原因"),
        ("about", {"education": "xx"}, "请选择学历"),
        ("wishes", {"wants_job": ""}, "请选择想不想找工作"),
        ("wishes", {"job_wish": "焊" * 500}, "最多 200 个字"),
    ],
)
def test_answers_bad_input_with_a_sentence_and_saves_nothing(enter, step, changes, sentence):
    citizen = factories.citizen()
    client = enter(citizen)
    client.post("/unemployment/apply/")
    draft = Registration.objects.get()
    data = {**values_for(step), **changes, "version": draft.version}
    assert sentence in page(client.post(f"/unemployment/{draft.public_id}/apply/{step}/", data), 422)
    draft.refresh_from_db()
    assert draft.version == 1


def test_tells_the_second_tab(enter):
    client = enter(factories.citizen())
    client.post("/unemployment/apply/")
    draft = Registration.objects.get()
    url = f"/unemployment/{draft.public_id}/apply/job/"
    data = {**values_for("job"), "version": draft.version}
    assert client.post(url, data).status_code == 302
    assert "刚被别人改过" in page(client.post(url, data), 422)


def test_hides_a_registration_from_other_people(enter, registration):
    client = enter(factories.citizen())
    for path in ("", "apply/check/", "leave/"):
        assert client.get(f"/unemployment/{registration.public_id}/{path}").status_code == 404


def test_answers_the_progress_to_whoever_knows_number_and_phone(client, registration):
    tail = registration.person.phone.open()[-4:]
    text = page(client.post("/unemployment/progress/", {"number": registration.receipt_number, "tail": tail}))
    assert "失业登记有效" in text
    assert registration.person.name not in text
    wrong = {"number": registration.receipt_number, "tail": f"{(int(tail) + 1) % 10000:04d}"}
    assert "没有查到" in page(client.post("/unemployment/progress/", wrong), 422)


def test_takes_a_number_of_the_zone_however_it_is_typed():
    form = ProgressForm({"number": "21sf01 2611 2300 0123", "tail": "0000"})
    assert form.is_valid()
    assert form.cleaned_data["number"] == "21SF01261123000123"
    assert "numeric" not in str(form["number"])


def test_limits_how_often_a_number_is_tried(client, registration):
    data = {"number": registration.receipt_number, "tail": "0000"}
    for _ in range(5):
        page(client.post("/unemployment/progress/", data), 422)
    assert "查得太勤" in page(client.post("/unemployment/progress/", data), 429)


def test_lets_a_citizen_withdraw_and_ask_to_leave(enter, caseworker, today):
    citizen = factories.citizen()
    registration = registered(by=caseworker, person=citizen.person, on=today)
    client = enter(citizen)
    page(client.get(f"/unemployment/{registration.public_id}/leave/"))
    data = {"note": "上班了", "version": registration.version}
    assert client.post(f"/unemployment/{registration.public_id}/leave/", data).status_code == 302
    assert "正在核实" in page(client.get(f"/unemployment/{registration.public_id}/"))
    assert Deregistration.objects.get().source == "self"


def test_lists_what_waits_with_a_pinned_number_of_queries(enter, caseworker, today, django_assert_max_num_queries):
    for _ in range(8):
        submitted(by=caseworker, on=today)
    client = enter(caseworker)
    client.get("/work/registrations/")
    with django_assert_max_num_queries(28):
        text = page(client.get("/work/registrations/"))
    assert text.count("data-row") == 8


def test_shows_the_panel_alone_to_htmx_and_the_whole_page_without(enter, caseworker, today):
    found = submitted(by=caseworker, on=today)
    client = enter(caseworker)
    url = f"/work/registrations/?id={found.public_id}"
    part = page(client.get(url, headers={"HX-Request": "true"}))
    assert "<html" not in part
    assert found.person.name in part
    assert "部门数据核验" in page(client.get(url))
    assert found.person.id_number.open() not in part


def test_registers_somebody_new_at_the_counter(enter, caseworker):
    client = enter(caseworker)
    number = factories.id_number()
    assert "照证件建一份" in page(client.post("/work/registrations/new/find/", {"number": number}))
    data = {**counter_data(), "name": "赵演示", "number": number, "phone": factories.phone()}
    response = client.post("/work/registrations/new/register/", data)
    assert response.status_code == 302, re.findall(r"field__error.*?</p>", response.content.decode())
    made = Registration.objects.get()
    assert made.person.proof == Person.Proof.COUNTER
    assert number not in response["Location"]
    text = page(client.get(response["Location"]))
    assert "办结，登记有效" in text
    again = page(client.post("/work/registrations/new/find/", {"number": number}))
    assert "已经有一份失业登记" in again


def counter_data(**changes):
    values = {**form_values(), "region": factories.community().code, "card_seen": "on", "pledged": "on", **changes}
    return {name: str(value) for name, value in values.items()}


def test_half_saves_nothing_at_the_counter(enter, caseworker):
    client = enter(caseworker)
    data = {**counter_data(unemployed_on="2099-01-01"), "name": "赵演示", "number": factories.id_number(), "phone": ""}
    assert "不能晚于今天" in page(client.post("/work/registrations/new/register/", data), 422)
    young = factories.id_number(birth=timezone.localdate().replace(year=timezone.localdate().year - 12))
    data = {**counter_data(), "name": "赵演示", "number": young, "phone": ""}
    assert "满 16 周岁" in page(client.post("/work/registrations/new/register/", data), 422)
    assert not Person.objects.filter(name="赵演示").exists()


def test_serves_an_outsider_found_province_wide(enter, caseworker):
    outsider = factories.person(name="钱外县", residence_region=factories.community(county="210202"))
    client = enter(caseworker)
    text = page(client.post("/work/registrations/new/find/", {"number": outsider.id_number.open()}))
    assert "钱*" in text
    assert "钱外县" not in text
    sealed = re.search(r'name="person" value="([^"]+)"', text)[1]
    response = client.post("/work/registrations/new/register/", {**counter_data(), "person": sealed})
    assert response.status_code == 302
    assert Registration.objects.get().person == outsider


@pytest.mark.parametrize("number", ["", "123", "219900198005170011", "x" * 30])
def test_answers_a_bad_number_with_a_sentence(enter, caseworker, number):
    text = page(enter(caseworker).post("/work/registrations/new/find/", {"number": number}), 422)
    assert "请" in text


def test_decides_with_every_button(enter, caseworker, today):
    client = enter(caseworker)
    first = submitted(by=caseworker, on=today)
    url = f"/work/registrations/{first.public_id}"
    page(client.get(f"{url}/"))
    assert client.post(f"{url}/checks/").status_code == 302
    first.refresh_from_db()
    check = first.checks.get(kind="insurance")
    check.verdict, check.detail = "hit", "演示公司正在缴费"
    check.save()
    assert "演示公司正在缴费" in page(client.get(f"{url}/"))
    assert "先核实" in page(client.post(f"{url}/accept/", {"version": first.version, "note": ""}), 422)
    answer = {"review": "explained", "note": "原单位 9 月已停保"}
    assert client.post(f"{url}/checks/insurance/", answer).status_code == 302
    first.refresh_from_db()
    data = {"version": first.version, "item_cause": "请选离职的真实原因"}
    assert client.post(f"{url}/correction/", data).status_code == 302
    assert "一次性补正告知书" in page(client.get(f"{url}/"))
    second = submitted(by=caseworker, on=today)
    url = f"/work/registrations/{second.public_id}"
    assert "请写明" in page(client.post(f"{url}/refuse/", {"version": second.version, "reason": ""}), 422)
    data = {"version": second.version, "reason": "本人确认仍在原单位上班，没有失业。"}
    assert client.post(f"{url}/refuse/", data).status_code == 302
    assert "不予失业登记决定书" in page(client.get(f"{url}/"))


def test_shows_the_phone_to_the_officer_who_decides_and_leaves_a_record(enter, caseworker, today):
    found = submitted(by=caseworker, on=today)
    text = page(enter(caseworker).post(f"/work/registrations/{found.public_id}/phone/"))
    assert found.person.phone.open() in text
    assert AccessLog.objects.filter(action="task:phone").count() == 1


def test_keeps_the_register_from_readers_without_the_right_to_act(enter, registration):
    station = enter(factories.staff(Role.STATION_STAFF))
    url = f"/work/registrations/{registration.public_id}"
    page(station.get(f"{url}/"))
    assert station.post(f"{url}/accept/", {"version": 1}).status_code == 403
    assert station.get("/work/followups/").status_code == 403


def test_refuses_to_close_for_refusals_in_the_form_and_quotes_the_article(enter, caseworker, registration, today):
    client = enter(caseworker)
    url = f"/work/registrations/{registration.public_id}/end/"
    text = page(client.get(url))
    assert "绝不能简单以连续3次拒绝接受公共就业服务" in text
    assert 'value="311"' not in text
    data = {"ground": "311", "happened_on": today.isoformat(), "evidence": "连续三次拒绝服务"}
    answer = client.post(url, data)
    page(answer, 422)
    assert "辽人社建〔2025〕21号" in answer.context["form"].errors["ground"][0]
    assert not Deregistration.objects.exists()


def test_ends_by_two_officers_and_prints_the_notice(enter, caseworker, colleague, today):
    citizen = factories.citizen()
    registration = registered(by=caseworker, on=today, person=citizen.person)
    url = f"/work/registrations/{registration.public_id}/end/"
    data = {"ground": "12", "happened_on": today.isoformat(), "evidence": "营业执照 2026-11 登记，本人确认"}
    decision = enter(caseworker).post(url, data)["Location"]
    text = page(enter(caseworker).get(decision))
    assert "另一位工作人员决定" in text
    client = enter(colleague)
    assert "期满以后才能决定" in page(client.get(decision))
    version = Deregistration.objects.get().version
    assert "期满" in page(client.post(decision, {"act": "decide", "version": version, "note": ""}), 422)
    proposal = Deregistration.objects.get()
    deregistration.hear(proposal_id=proposal.pk, statement="", agrees=True, by=citizen)
    version = Deregistration.objects.get().version
    assert client.post(decision, {"act": "decide", "version": version, "note": ""}).status_code == 302
    registration.refresh_from_db()
    assert registration.status == Registration.Status.DEREGISTERED
    paper = registration.papers.get(kind="end")
    assert "行政复议" in page(client.get(f"/work/registrations/papers/{paper.public_id}/"))


def test_shows_a_machines_proposal_as_a_question(enter, registration, caseworker):
    proposal = deregistration.propose_from_data(
        registration=registration, ground="11", evidence="岗位系统记录：录用", happened_on=registration.registered_on
    )
    text = page(enter(caseworker).get(f"/work/registrations/ends/{proposal.public_id}/"))
    assert "机器不能注销任何人" in text
    assert "同意，注销登记" not in text


def test_lists_the_month_with_a_pinned_number_of_queries(
    enter, caseworker, worker, today, django_assert_max_num_queries
):
    for _ in range(8):
        registered(by=caseworker, on=today)
    client = enter(worker)
    client.get("/work/followups/")
    with django_assert_max_num_queries(32):
        text = page(client.get("/work/followups/"))
    assert text.count("data-row") == 8


def test_shows_no_phone_until_the_worker_opens_the_task(enter, caseworker, worker, today):
    registration = registered(by=caseworker, on=today)
    task = registration.follow_ups.get()
    phone = registration.person.phone.open()
    client = enter(worker)
    assert phone not in page(client.get("/work/followups/"))
    assert phone in page(client.get(f"/work/followups/?id={task.public_id}"))
    log = AccessLog.objects.get(action="task:phone")
    assert (log.actor, log.subject) == (worker.pk, str(registration.person.public_id))
    assert phone not in page(
        enter(factories.staff(Role.COUNTY_SUPERVISOR)).get(f"/work/followups/?id={task.public_id}")
    )


def contact_data(task, **changes):
    return {
        "version": task.version,
        "view": "pending",
        "channel": "phone",
        "outcome": "self",
        "situation": "seeking",
        "job": "yes",
        "job_trade": "焊工",
        "training": "no",
        "business": "not_asked",
        "business_reason": "本人赶时间",
        **changes,
    }


def test_saves_a_contact_and_goes_on_to_the_next(enter, caseworker, worker, today):
    first, second = (registered(by=caseworker, on=today).follow_ups.get() for _ in range(2))
    client = enter(worker)
    url = f"/work/followups/{first.public_id}/"
    assert "请写明原因" in page(client.post(url, contact_data(first, business_reason="")), 422)
    response = client.post(url, contact_data(first, go="next"))
    assert response["Location"].endswith(f"id={second.public_id}")
    first.refresh_from_db()
    assert first.details == {"job": {"trade": "焊工"}, "business": {"reason": "本人赶时间"}}
    assert "本月联系记好了" in page(client.get(response["Location"]))
    page(client.get(f"/work/followups/?view=done&id={first.public_id}"))


def test_saves_a_draft_and_offers_it_again(enter, caseworker, worker, today):
    task = registered(by=caseworker, on=today).follow_ups.get()
    client = enter(worker)
    answer = client.post(f"/work/followups/{task.public_id}/draft/", {"note": "聊到一半", "job": "yes", "evil": "x"})
    assert "已自动存" in answer.content.decode()
    task.refresh_from_db()
    assert task.draft == {"job": "yes", "note": "聊到一半"}
    assert "聊到一半" in page(client.get(f"/work/followups/?id={task.public_id}"))


def test_narrows_the_list(enter, caseworker, worker, today):
    registered(by=caseworker, on=today, person=factories.person(name="孙甲"))
    registered(by=caseworker, on=today, person=factories.person(name="李乙"))
    client = enter(worker)
    assert page(client.get("/work/followups/?q=孙")).count("data-row") == 1
    assert page(client.get("/work/followups/?kind=disabled")).count("data-row") == 0
    assert page(client.get(f"/work/followups/?place={factories.community().code}")).count("data-row") == 2
    assert page(client.get("/work/followups/?view=nonsense&kind=x&place=%00&id=y&cursor=z")).count("data-row") >= 0


def test_prints_a_list_with_the_serial_number(enter, caseworker, worker, today):
    task = registered(by=caseworker, on=today).follow_ups.get()
    client = enter(worker)
    response = client.post("/work/followups/print/", {"pick": str(task.public_id), "view": "pending"})
    text = page(client.get(response["Location"]))
    assert PrintedList.objects.get().serial in text
    assert task.registration.person.phone.open() in text
    assert response.status_code == 302
    other = enter(factories.staff(Role.COMMUNITY_WORKER, at=factories.community(county="210202")))
    assert other.get(response["Location"]).status_code == 404


def test_hands_people_to_another_worker(enter, caseworker, worker, supervisor, today):
    task = registered(by=caseworker, on=today).follow_ups.get()
    second = factories.staff(Role.COMMUNITY_WORKER, at=factories.community().parent)
    client = enter(supervisor)
    client.post("/work/followups/assign/", {"pick": str(task.public_id), "worker": str(second.public_id)})
    task.refresh_from_db()
    assert task.assignee == second


def test_walks_matters(enter, caseworker, worker, today):
    task = registered(by=caseworker, on=today).follow_ups.get()
    for _ in range(2):
        task.refresh_from_db()
        followups.record_contact(
            follow_up_id=task.pk,
            values={"channel": "phone", "outcome": "no_answer"},
            version=task.version,
            by=worker,
            on=today,
        )
    client = enter(worker)
    text = page(client.get("/work/registrations/matters/"))
    assert "数据比对" in text
    assert "两次没接" in page(client.get("/work/followups/?view=missed"))
    url = re.search(r'action="(/work/registrations/matters/[^"]+)"', text)[1]
    assert client.post(url, {"result": "查社保，没有参保"}).status_code == 302
    assert "上门走访" in page(client.get("/work/registrations/matters/"))


def test_counts_what_waits_on_the_workbench(enter, caseworker, worker, today):
    registered(by=caseworker, on=today)
    submitted(by=caseworker, on=today)
    assert "本月跟进" in page(enter(worker).get("/work/"))
    assert "失业登记" in page(enter(caseworker).get("/work/"))
    assert FollowUp.objects.visible_to(worker).count() == 1
