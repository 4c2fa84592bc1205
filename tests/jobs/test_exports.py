"""What an employer takes away says who took it, and the people in it can see that it was taken."""

import zipfile
from io import BytesIO
from urllib.parse import quote

import pytest
from django.utils import timezone

from core import xlsx
from core.models import AccessLog
from jobs import exports
from jobs.models import Application
from people.accesses import accesses_of
from people.models import GroupMembership
from people.models.person import Group
from tests import factories
from tests.jobs.factories import application, posting, resume
from tests.jobs.test_views import login

pytestmark = pytest.mark.django_db


def test_the_months_table_names_who_took_it_and_holds_no_phone(client):
    row = application(posting=posting(), name="=危险公式")
    agent = factories.agent(row.posting.organisation)
    login(client, agent)
    answer = client.get(f"/employer/applications/month.xlsx?month={timezone.localdate():%Y-%m}")
    table = list(xlsx.read_rows(BytesIO(b"".join(answer))))
    assert table[1][1] == "=危险公式"
    assert agent.username in table[1][-1]
    assert "13900001234" not in str(table)
    assert {access.what for access in accesses_of(row.applicant)} == {"下载的应聘表里有您"}
    assert AccessLog.objects.get(action="applications:table").subject == str(row.posting.organisation.public_id)
    assert client.get("/employer/applications/month.xlsx?month=x", follow=True).status_code == 200


def test_the_zip_marks_every_resume_logs_every_person_and_holds_no_group(client):
    mine, made = resume(), posting()
    person = mine.user.person
    GroupMembership.objects.create(person=person, group=Group.MINIMUM_LIVING, valid=("2020-01-01", None), source="民政")
    login(client, mine.user)
    client.post(f"/jobs/{made.public_id}/apply/", {"quick": "1"})
    application(posting=posting())
    agent = factories.agent(made.organisation)
    login(client, agent)
    answer = client.get("/employer/applications/resumes.zip")
    with zipfile.ZipFile(BytesIO(b"".join(answer))) as archive:
        assert archive.namelist() == ["名单.html", f"{person.name}.html"]
        listed, page = (archive.read(name).decode() for name in archive.namelist())
    assert listed.count(agent.username) == 2
    for shown in (person.name, person.phone.open(), made.title, "已投递", f'href="{quote(person.name)}.html"'):
        assert shown in listed
    assert "低保" not in listed
    assert page.count(agent.username) == 2
    assert "看电路图" in page
    for hidden in ("低保", person.id_mask, person.phone.open()):
        assert hidden not in page
    assert AccessLog.objects.filter(action="resume:download", subject=str(person.public_id)).count() == 1
    assert [access.what for access in accesses_of(mine.user)] == ["下载了您投递的简历"]


def test_tells_an_account_without_real_name_proof_too():
    row = application(posting=posting(), applicant=factories.user())
    exports.resume_files(
        by=factories.agent(row.posting.organisation), rows=Application.objects.all(), now=timezone.now()
    )
    assert [access.why for access in accesses_of(row.applicant)] == [f"单位下载简历和电话：{row.posting}"]


def test_logs_each_person_of_a_table_with_one_statement_for_all(django_assert_max_num_queries):
    made = posting()
    agent = factories.agent(made.organisation)
    agent.organisation_ids()
    for _ in range(5):
        application(posting=made)
    with django_assert_max_num_queries(9):
        exports.month_table(by=agent, month=timezone.localdate().replace(day=1), now=timezone.now())
    assert AccessLog.objects.filter(action="resume:table").count() == 5


@pytest.mark.parametrize(
    ("names", "files"),
    [
        (["张三", "李四"], ["张三", "李四"]),
        (["张三", "张三", "张三"], ["张三", "张三（2）", "张三（3）"]),
        (["张三（2）", "张三", "张三"], ["张三（2）", "张三", "张三（3）"]),
        (["Anna", "ANNA"], ["Anna", "ANNA（2）"]),
        (["名单"], ["名单（2）"]),
        (["../a/b", 'x<>:"|?*\\y', "阿不都.", "\u202e三张"], ["ab", "xy", "阿不都", "三张"]),
        (["CON", "com1.txt", "  ", "..."], ["_CON", "_com1.txt", "_", "_（2）"]),
        (["长" * 200], ["长" * 40]),
    ],
)
def test_names_files_so_that_windows_takes_them_and_none_hides_another(names, files):
    assert exports.file_names(names) == [f"{name}.html" for name in files]


def test_the_zip_is_bounded_and_says_what_to_do(client, monkeypatch):
    made = posting()
    login(client, factories.agent(made.organisation))
    path = "/employer/applications/resumes.zip"
    assert "没有可以下载的简历" in client.get(path, follow=True).text
    monkeypatch.setattr(exports, "limit", lambda code, on: 2)
    for _ in range(2):
        application(posting=made)
    assert client.get(path).status_code == 200
    application(posting=made)
    assert "一次最多下载 2 份" in client.get(path, follow=True).text
