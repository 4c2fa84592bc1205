import pytest

from core.models import AccessLog
from people.models import AccountRequest, Group, GroupMembership, Person, User
from people.roles import Role
from tests import factories
from tests.jobs.factories import application, posting, resume

pytestmark = pytest.mark.django_db


@pytest.fixture
def person() -> Person:
    made = factories.person(name="郑档案")
    for group in (Group.DISABLED, Group.GRADUATE):
        GroupMembership.objects.create(person=made, group=group, valid=("2026-01-01", None), source="测试")
    return made


class TestSearch:
    def test_finds_by_name_within_the_region_only(self, as_staff, person):
        here = as_staff(factories.staff(Role.CASEWORKER)).post("/work/people/", {"q": "郑档"})
        assert "郑*" in here.content.decode()
        there = as_staff(factories.staff(Role.CASEWORKER, at="210202")).post("/work/people/", {"q": "郑档案"})
        assert "没有找到" in there.content.decode()

    def test_finds_a_full_number_in_the_whole_province_but_shows_only_who_and_where(self, as_staff, person):
        number = person.id_number.open()
        page = as_staff(factories.staff(Role.CASEWORKER, at="210202")).post("/work/people/", {"q": number})
        text = page.content.decode()
        assert "外区县居民" in text
        assert person.masked_id not in text
        assert AccessLog.objects.filter(action="lookup:id_number", subject=str(person.public_id)).exists()

    def test_finds_by_a_full_phone(self, as_staff, person):
        page = as_staff(factories.staff(Role.CASEWORKER)).post("/work/people/", {"q": person.phone.open()})
        assert person.masked_id in page.content.decode()

    @pytest.mark.parametrize("text", ["1390000", "郑", "21990119800517001X", ""])
    def test_says_what_to_type_instead(self, as_staff, text):
        assert as_staff(factories.staff(Role.CASEWORKER)).post("/work/people/", {"q": text}).status_code == 422


class TestFile:
    def test_shows_masks_and_leaves_a_record_that_the_person_sees(self, as_staff, client, person):
        page = as_staff(factories.staff(Role.CASEWORKER)).get(f"/work/people/{person.public_id}/")
        text = page.content.decode()
        assert person.masked_id in text
        assert person.id_number.open() not in text
        assert "残疾人" in text
        client.force_login(factories.user(person=person))
        assert "失业登记经办人查看了您的档案" in client.get("/account/").content.decode()

    def test_hides_sensitive_groups_from_those_who_need_not_know(self, as_staff, person):
        text = as_staff(factories.staff(Role.STATION_STAFF)).get(f"/work/people/{person.public_id}/").content.decode()
        assert "残疾人" not in text
        assert "高校毕业生" in text

    def test_does_not_exist_for_another_county(self, as_staff, person):
        other = as_staff(factories.staff(Role.CASEWORKER, at="210202"))
        for method, path in (("get", ""), ("get", "edit/"), ("post", "edit/"), ("post", "reveal/")):
            assert getattr(other, method)(f"/work/people/{person.public_id}/{path}").status_code == 404

    def test_reveals_one_value_for_a_reason(self, as_staff, person):
        desk = as_staff(factories.staff(Role.CASEWORKER))
        url = f"/work/people/{person.public_id}/reveal/"
        refused = desk.post(url, {"field": "phone", "reason": ""})
        assert (refused.status_code, person.phone.open() in refused.content.decode()) == (422, False)
        answer = desk.post(url, {"field": "phone", "reason": "电话核对材料"}, headers={"HX-Request": "true"})
        assert person.phone.open() in answer.content.decode()
        assert "<html" not in answer.content.decode()
        assert "no-store" in answer["Cache-Control"]
        assert AccessLog.objects.filter(action="reveal:phone", reason="电话核对材料").exists()

    def test_reveals_nothing_beyond_ones_role(self, as_staff, person):
        desk = as_staff(factories.staff(Role.STATION_STAFF))
        answer = desk.post(f"/work/people/{person.public_id}/reveal/", {"field": "id_number", "reason": "就想看看"})
        assert answer.status_code == 422
        assert person.id_number.open() not in answer.content.decode()

    def test_is_kept_up_to_date_and_tells_a_stale_page(self, as_staff, person):
        desk = as_staff(factories.staff(Role.CASEWORKER))
        url = f"/work/people/{person.public_id}/edit/"
        form = {"version": person.version, "phone": "13911112222", "address": "", "education": "31"}
        assert desk.post(url, form).status_code == 302
        person.refresh_from_db()
        assert (person.masked_phone, person.education) == ("139****2222", "31")
        assert "刚被别人改过" in desk.post(url, form).content.decode()


class TestRequests:
    def test_are_answered_by_an_officer_of_the_region(self, client, as_staff):
        citizen = factories.citizen()
        client.force_login(citizen)
        form = {"kind": "correct", "text": "常住地址改为铁西区"}
        assert client.post("/account/requests/new/", form).status_code == 302
        assert client.post("/account/requests/new/", form).status_code == 422
        desk = as_staff(factories.staff(Role.CASEWORKER))
        row = AccountRequest.objects.get()
        assert "更正我的信息" in desk.get("/work/people/requests/").content.decode()
        assert (
            desk.post(f"/work/people/requests/{row.public_id}/", {"done": "1", "answer": "改好了"}).status_code == 302
        )
        assert "改好了" in client.get("/account/").content.decode()

    def test_close_an_account(self, client, as_staff):
        citizen = factories.citizen()
        client.force_login(citizen)
        client.post("/account/requests/new/", {"kind": "close", "text": ""})
        row = AccountRequest.objects.get()
        desk = as_staff(factories.staff(Role.CASEWORKER))
        desk.post(f"/work/people/requests/{row.public_id}/", {"done": "1", "answer": "已注销"})
        closed = User.objects.get(pk=citizen.pk)
        assert (closed.is_active, closed.person) == (False, None)
        assert client.get("/account/").status_code == 302

    def test_hand_out_a_copy_at_once(self, client):
        citizen = factories.citizen()
        client.force_login(citizen)
        copy = client.post("/account/copy/").json()
        assert copy["本人"]["证件号码"] == citizen.person.id_number.open()

    def test_copy_what_every_app_has_on_record(self, client):
        sent = application(posting=posting(title="低压电工"), applicant=resume().user)
        client.force_login(sent.applicant)
        copy = client.post("/account/copy/").json()
        assert copy["工作经历"][0]["单位"] == "演示机电厂"
        assert (copy["投递"][0]["岗位"], copy["投递"][0]["联系电话"]) == ("低压电工", "13900001234")
        assert {"失业登记", "补贴申请", "服务站服务", "保存的搜索"} <= set(copy)
