"""An officer imports a table of postings: upload, columns with their first rows, start, what became of each row."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from jobs.models import ImportMapping, Posting
from people.roles import Role
from tests import factories
from tests.browser.conftest import EACH_WIDTH

TABLE = "岗位号,招什么人,哪家单位,地点,钱\n1,车工,演示机械厂,沈阳-铁西区,5-7千/月\n2,,演示机械厂,沈阳-铁西区,面议\n"


@pytest.mark.parametrize("width", EACH_WIDTH)
def test_an_officer_imports_a_table_with_strange_columns_and_reads_its_outcomes(walk, settings, tmp_path, width):
    settings.PRIVATE_ROOT = tmp_path
    page = walk(factories.staff(Role.CASEWORKER), width=width)
    page.goto("/work/jobs/imports/")
    page.get_by_role("link", name="导入一个文件").click()
    page.get_by_label("岗位从哪里来").fill("演示人才网")
    file = {"name": "岗位.csv", "mimeType": "text/csv", "buffer": TABLE.encode("gb18030")}
    page.get_by_label("岗位文件").set_input_files(file)
    page.get_by_role("button", name="上传，看看每一列").click()

    expect(page.get_by_role("row", name=re.compile("地点.*沈阳-铁西区"))).to_be_visible()
    for column, meaning in (("招什么人", "岗位名称"), ("哪家单位", "单位名称"), ("岗位号", "来源编号"), ("钱", "工资")):
        page.get_by_label(f"“{column}”是什么").select_option(label=meaning)
    page.get_by_role("button", name="记住这样的对应，开始导入").click()

    expect(page.get_by_text("已完成")).to_be_visible()
    with page.expect_download() as listing:
        page.get_by_role("link", name="下载逐行结果").click()
    outcomes = Path(listing.value.path()).read_text(encoding="utf-8-sig").splitlines()
    assert [line.split(",")[4] for line in outcomes[1:]] == ["新增", "未导入"]
    assert Posting.objects.get().title == "车工"
    assert ImportMapping.objects.get().columns["title"] == "招什么人"
