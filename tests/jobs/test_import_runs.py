"""An officer's import: upload, columns, run, outcomes; broken off and resumed; bad files answered with a sentence."""

import csv
import io
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from core import xlsx
from jobs import import_chunks, import_rows, import_runs, import_trial, imports, partner_keys, tasks
from jobs.import_files import guess
from jobs.import_lists import reject_file
from jobs.indexing import out_of_step
from jobs.models import ImportBatch, ImportMapping, PartnerFeed, Posting
from people.roles import Role
from tests import factories

pytestmark = pytest.mark.django_db
HEADER = ["编号", "招聘岗位名", "用人单位", "在哪", "待遇", "职责"]
ROWS = [
    ["1", "车工", "演示机械厂", "沈阳-铁西区", "5-7千/月", "看图加工零件。"],
    ["2", "保安", "演示机械厂", "沈阳-铁西区", "4-5千/月", "限男性。"],
    ["3", "", "演示机械厂", "沈阳", "面议", ""],
    ["4", "铣工", "演示机械厂", "沈阳-铁西区", "5-8千/月", "操作铣床。"],
]
RIGHT = {"column_0": "job_id", "column_1": "title", "column_2": "company", "column_3": "location_raw"}
RIGHT |= {"column_4": "salary_text", "column_5": "description"}


@pytest.fixture
def officer():
    return factories.staff(Role.CASEWORKER)


@pytest.fixture
def at_work(as_staff, officer):
    return as_staff(officer)


def table(*rows: list[str], name: str = "岗位.csv") -> SimpleUploadedFile:
    out = io.StringIO()
    csv.writer(out).writerows([HEADER, *(rows or ROWS)])
    return SimpleUploadedFile(name, out.getvalue().encode())


def upload(client, file: SimpleUploadedFile | None = None) -> ImportBatch:
    answer = client.post(reverse("jobs:import-new"), {"source": "演示人才网", "file": file or table()})
    assert answer.status_code == 302, answer.text
    return ImportBatch.objects.latest("pk")


def begin(client, batch: ImportBatch, capture, **changes: str):
    page = reverse("jobs:import-show", args=[batch.public_id])
    with capture(execute=True):
        return client.post(page, RIGHT | {"version": str(batch.version)} | changes)


def outcomes(client, batch: ImportBatch) -> list[list[str]]:
    answer = client.get(reverse("jobs:import-outcomes", args=[batch.public_id]))
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return [[row[0], row[4], row[5]] for row in list(csv.reader(io.StringIO(text)))[1:]]


def test_takes_a_file_from_upload_to_every_rows_outcome(at_work, django_capture_on_commit_callbacks) -> None:
    batch = upload(at_work)
    page = at_work.get(reverse("jobs:import-show", args=[batch.public_id])).text
    assert "在哪" in page
    assert "看图加工零件。" in page
    begin(at_work, batch, django_capture_on_commit_callbacks)
    batch.refresh_from_db()
    assert (batch.status, batch.added, batch.held, batch.rejected) == ("done", 3, 1, 1)
    assert Posting.objects.get(source_site="演示人才网", source_id="1").status == "published"
    assert outcomes(at_work, batch) == [
        ["2", "新增", ""],
        ["3", "新增", "转人工核验：限定性别"],
        ["4", "未导入", "没有岗位名称。"],
        ["5", "新增", ""],
    ]
    assert "去核验" in at_work.get(reverse("jobs:import-show", args=[batch.public_id])).text


def test_shows_what_the_first_rows_would_become_and_how_many_would_be_refused(at_work) -> None:
    batch = upload(at_work, table(*ROWS, ["5", "", "演示机械厂", "某地", "", ""]))
    page = reverse("jobs:import-show", args=[batch.public_id])
    assert "h-trial" not in at_work.get(page).text  # the columns' names are unknown yet
    answer = at_work.post(page, RIGHT | {"version": "1", "try": "1"})
    assert answer.status_code == 200
    for words in ("5,000–7,000 元/月", "沈阳市铁西区", "转人工核验", "限定性别", "没有岗位名称。"):
        assert words in answer.text
    trial = answer.context["trial"]
    assert (trial.read, trial.shown, trial.held, trial.refused, trial.is_whole) == (5, 2, 1, 2, True)
    assert trial.reasons == [("没有岗位名称。", 2)]
    batch.refresh_from_db()
    assert (batch.status, Posting.objects.exists(), ImportMapping.objects.exists()) == ("uploaded", False, False)


def test_tries_a_long_file_for_a_moment_only(officer, tmp_path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("title,company\n" + "车工,演示厂\n" * 50)
    columns = {"title": "title", "company": "company"}
    trial = import_trial.attempt(path, columns=columns, source="网", on=timezone.localdate(), seconds=0)
    assert (trial.read, trial.is_whole) == (3, False)


def test_reads_the_sources_next_file_as_it_was_settled(at_work, django_capture_on_commit_callbacks) -> None:
    begin(at_work, upload(at_work), django_capture_on_commit_callbacks)
    assert ImportMapping.objects.get().columns["title"] == "招聘岗位名"
    again = upload(at_work)
    assert again.columns["location_raw"] == "在哪"
    begin(at_work, again, django_capture_on_commit_callbacks)
    again.refresh_from_db()
    assert (again.added, again.unchanged) == (0, 3)


def test_ends_what_a_full_file_lacks(at_work, django_capture_on_commit_callbacks) -> None:
    begin(at_work, upload(at_work), django_capture_on_commit_callbacks)
    batch = upload(at_work, table(*ROWS[:3]))
    begin(at_work, batch, django_capture_on_commit_callbacks, full="on")
    batch.refresh_from_db()
    assert batch.gone == 1
    assert Posting.objects.get(source_id="4").status == "expired"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"column_1": ""}, "请指出哪一列是岗位名称"),
        ({"column_3": "title"}, "都选成了岗位名称"),
        ({"column_3": "nonsense"}, "请从列表里选"),
        ({"version": "99"}, "已经"),
    ],
)
def test_says_what_is_wrong_with_the_columns(
    at_work, django_capture_on_commit_callbacks, changes: dict[str, str], sentence: str
) -> None:
    answer = begin(at_work, upload(at_work), django_capture_on_commit_callbacks, **changes)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert not Posting.objects.exists()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 100, "不是文字表格"),
        (b"PK\x03\x04" + b"1" * 100, "已损坏"),
        (b'[{"title": 1', "不是正确的 JSON"),
        (b",,,\n1,2,3,4\n", "第一行要写列名"),
    ],
)
def test_answers_a_useless_file_with_a_sentence(at_work, content: bytes, sentence: str) -> None:
    given = {"source": "演示人才网", "file": SimpleUploadedFile("x.csv", content)}
    answer = at_work.post(reverse("jobs:import-new"), given)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert not ImportBatch.objects.exists()


def test_refuses_a_file_that_is_too_large(at_work, monkeypatch) -> None:
    monkeypatch.setattr(import_runs, "MAX_BYTES", 50)
    answer = at_work.post(reverse("jobs:import-new"), {"source": "演示人才网", "file": table()})
    assert "文件超过" in answer.text


def test_reads_xlsx_and_json_by_their_columns(at_work, django_capture_on_commit_callbacks) -> None:
    book = SimpleUploadedFile("x.xlsx", xlsx.write(ROWS[:1], HEADER).read())
    begin(at_work, upload(at_work, book), django_capture_on_commit_callbacks)
    lines = json.dumps([dict(zip(HEADER, ["9", *ROWS[3][1:]], strict=True))], ensure_ascii=False).encode()
    begin(at_work, upload(at_work, SimpleUploadedFile("x.json", lines)), django_capture_on_commit_callbacks)
    assert set(Posting.objects.values_list("source_id", flat=True)) == {"1", "9"}


def test_lets_only_the_uploader_begin(at_work, as_staff) -> None:
    batch = upload(at_work)
    client = as_staff(factories.staff(Role.CASEWORKER))
    page = reverse("jobs:import-show", args=[batch.public_id])
    assert client.get(page).status_code == 200
    assert client.post(page, RIGHT | {"version": "1"}).status_code == 403


def test_goes_on_where_a_dead_worker_stopped(at_work, officer, monkeypatch) -> None:
    monkeypatch.setattr(import_chunks, "CHUNK", 2)
    batch = upload(at_work)
    mapping = {field: HEADER[int(name[-1])] for name, field in RIGHT.items()}
    import_runs.start(batch_id=batch.pk, columns=mapping, full=False, version=1, by=officer)
    real, taken = imports._take, []

    def dies(*args, **kwargs):
        if taken:
            raise KeyboardInterrupt
        taken.append(1)
        return real(*args, **kwargs)

    monkeypatch.setattr(imports, "_take", dies)
    with pytest.raises(KeyboardInterrupt):
        import_runs.run(batch_id=batch.pk, on=timezone.localdate())
    monkeypatch.setattr(imports, "_take", real)
    batch.refresh_from_db()
    assert (batch.status, batch.position, batch.added) == ("running", 3, 2)
    tasks.resume_imports()
    batch.refresh_from_db()
    assert (batch.status, batch.added, batch.unchanged, batch.rejected) == ("done", 3, 0, 1)
    assert [row[0] for row in outcomes(at_work, batch)] == ["2", "3", "4", "5"]
    tasks.resume_imports()


def test_gives_up_after_some_attempts_keeps_what_was_done_and_goes_on_when_asked(
    at_work, officer, monkeypatch, django_capture_on_commit_callbacks
) -> None:
    monkeypatch.setattr(import_chunks, "CHUNK", 2)
    batch, real = upload(at_work), imports._take

    def breaks(chunk, *args):
        if chunk.position > 3:
            raise RuntimeError("disk full")
        return real(chunk, *args)

    monkeypatch.setattr(imports, "_take", breaks)
    begin(at_work, batch, django_capture_on_commit_callbacks)
    for attempt in (1, 2):
        tasks.resume_imports()
        batch.refresh_from_db()
        assert (batch.status, batch.attempts, batch.added) == ("running", attempt, 2)
    tasks.resume_imports()
    batch.refresh_from_db()
    assert (batch.status, batch.added, batch.position) == ("failed", 2, 3)
    assert "停在第 3 行之后" in batch.problem
    assert [row[0] for row in outcomes(at_work, batch)] == ["2", "3"]
    assert import_runs.waiting() == []

    monkeypatch.setattr(imports, "_take", real)
    page = reverse("jobs:import-show", args=[batch.public_id])
    assert "接着导入" in at_work.get(page).text
    with django_capture_on_commit_callbacks(execute=True):
        assert at_work.post(page, {"version": batch.version}, follow=True).status_code == 200
    batch.refresh_from_db()
    assert (batch.status, batch.problem, batch.added, batch.unchanged, batch.rejected) == ("done", "", 3, 0, 1)
    assert [row[0] for row in outcomes(at_work, batch)] == ["2", "3", "4", "5"]


def test_gives_up_when_the_worker_is_killed_each_time(at_work, officer) -> None:
    batch = upload(at_work)
    ImportBatch.objects.filter(pk=batch.pk).update(status="running", attempts=3)
    tasks.resume_imports()
    batch.refresh_from_db()
    assert (batch.status, "接着导入" in batch.problem) == ("failed", True)


def test_lists_the_row_that_the_database_refuses_and_takes_the_others(
    at_work, monkeypatch, django_capture_on_commit_callbacks
) -> None:
    real, pay = import_rows.experience_years, import_rows._pay
    monkeypatch.setattr(import_rows, "experience_years", lambda text: (2**20, None) if text == "太多" else real(text))
    monkeypatch.setattr(import_rows, "_pay", lambda text: (5, 3, "month", 12) if text == "反了" else pay(text))
    rows = [[f"{n}", f"{n}号车工", "演示机械厂", "沈阳-铁西区", "5千", "3年"] for n in range(10)]
    rows[4][5], rows[6][4], rows[9][1] = "太多", "反了", ""
    batch = upload(at_work, table(*rows))
    begin(at_work, batch, django_capture_on_commit_callbacks, column_5="experience")
    batch.refresh_from_db()
    assert (batch.status, batch.added, batch.rejected) == ("done", 7, 3)
    said = {row[0]: row[1:] for row in outcomes(at_work, batch)}
    assert list(said) == [f"{n}" for n in range(2, 12)]
    assert said["6"] == ["未导入", "数据库不收这一行：有数字太大。请核对工资、人数、年限等列，改好后再导入。"]
    assert said["8"] == ["未导入", "数据库不收这一行：工资上限不能低于下限。请核对工资、人数、年限等列，改好后再导入。"]
    assert said["7"] == ["新增", ""]
    assert out_of_step() == []


def test_takes_no_file_under_the_name_of_a_source_that_hands_over_by_machine(at_work, officer, tmp_path) -> None:
    employer = factories.organisation()
    partner_keys.make_key(organisation_id=employer.pk, by=factories.agent(employer))
    PartnerFeed.objects.create(source="邻市门户", address="https://jobs.example.org/", made_by=officer)
    for source in (employer.name, "邻市门户"):
        answer = at_work.post(reverse("jobs:import-new"), {"source": source, "file": table()})
        assert (answer.status_code, "不能用文件导入" in answer.text) == (422, True)
        with pytest.raises(IntegrityError), transaction.atomic():
            ImportBatch.objects.create(source=source, file_name="x.csv", started_at=timezone.now())
    upload(at_work)
    path = tmp_path / "x.csv"
    path.write_text("title,company,source,job_id\n车工,演示厂,邻市门户,1\n铣工,演示厂,别的网,2\n")
    with reject_file(tmp_path / "rejects.csv") as rejects:
        outcome = imports.import_file(path=path, rejects=rejects, on=timezone.localdate())
    assert (outcome.added, outcome.rejected) == (1, 1)


def test_gives_no_feed_the_name_of_another_source(as_staff) -> None:
    employer = factories.organisation()
    partner_keys.make_key(organisation_id=employer.pk, by=factories.agent(employer))
    form = {"source": employer.name, "address": "https://jobs.example.org/api/v1/jobs/snapshot/"}
    answer = as_staff(factories.staff(Role.SYSTEM_ADMIN, at=None)).post(reverse("jobs:partner-feed-add"), form)
    assert (answer.status_code, "已经有单位在推送" in answer.text) == (422, True)


def test_guesses_columns_by_their_usual_names() -> None:
    assert guess(["岗位名称", "公司", "薪资（元）", "别的"]) == {
        "title": "岗位名称",
        "company": "公司",
        "salary_text": "薪资（元）",
    }
    assert guess(["最低薪资", "薪资上限"]) == {"salary_min": "最低薪资", "salary_max": "薪资上限"}
    assert guess(["职位名称*", "用人单位：", "月薪"])["salary_text"] == "月薪"
