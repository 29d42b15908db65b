"""A delivery as people make it: sent with two bad rows, read, mended, sent again, approved by somebody else."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.application import Application, Watch, open_page, serving, sign_in

pytestmark = pytest.mark.journey
HEAD = "小区名称,经度,纬度,区划代码,户数\n"
GOOD = "".join(f"小区{n},120.{600 + n},31.30,320506,{300 + n}\n" for n in range(8))
BAD = "坏坐标,31.30,120.60,320506,200\n坏户数,120.61,31.30,320506,很多\n"


@pytest.fixture(scope="module")
def fresh(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Application]:
    """An application of its own without any data: what is delivered here must not change what other journeys see."""
    with serving(tmp_path_factory.mktemp("uploads")) as running:
        yield running


def choose_file(page: Page, path: Path) -> None:
    with page.expect_file_chooser() as chooser:
        page.locator("#upload-choose").click()
    chooser.value.set_files(path)
    page.wait_for_url(re.compile("delivery=[0-9a-f]{20}"))


def counts(page: Page) -> list[str]:
    return [
        page.locator(f"#upload-count-{name}").inner_text() for name in ("delivered", "accepted", "refused", "duplicate")
    ]


def test_bad_rows_are_read_mended_sent_again_and_approved(browser: Browser, fresh: Application, tmp_path: Path) -> None:
    sender = sign_in(browser, fresh, "analyst")
    page = sender.new_page()
    watch = Watch(page, fresh.base)
    open_page(page, fresh, "/data/uploads")
    first = tmp_path / "小区.csv"
    first.write_text(HEAD + GOOD + BAD, "utf-8")
    page.locator("#upload-dataset").select_option("residential_compound")
    expect(page.locator("#upload-template")).to_have_attribute("href", "/api/template/residential_compound.xlsx")
    choose_file(page, first)
    expect(page.locator(".upload-chip").first).to_have_text("待审核")
    assert counts(page) == ["10", "8", "2", "0"]
    rows = page.locator("#upload-refused tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.nth(0)).to_contain_text("核对经纬度")
    expect(rows.nth(1)).to_contain_text("很多")
    first_address = page.url

    with page.expect_download() as download:
        page.get_by_role("link", name="下载退回行").click()
    sheet = openpyxl.load_workbook(io.BytesIO(Path(download.value.path()).read_bytes())).active
    head = [cell.value for cell in sheet[1]]
    assert [sheet.cell(row, head.index("小区名称") + 1).value for row in (2, 3)] == ["坏坐标", "坏户数"]
    for place, value in (("经度", "120.60"), ("纬度", "31.30")):
        sheet.cell(2, head.index(place) + 1, value)
    sheet.cell(3, head.index("户数") + 1, "250")
    mended = tmp_path / "修改后.xlsx"
    sheet.parent.save(mended)

    page.get_by_role("link", name="修改后再报送").click()
    expect(page.locator("#upload-dataset")).to_have_value("residential_compound")
    choose_file(page, mended)
    assert counts(page) == ["2", "2", "0", "0"]
    expect(page.get_by_text("修改自报送")).to_be_visible()
    assert page.locator("[data-upload-act=approve]").count() == 0
    watch.assert_clean()

    judge = sign_in(browser, fresh, "administrator").new_page()
    for address in (first_address, page.url):
        judge.goto(address)
        judge.locator("[data-upload-act=approve]").click()
        expect(judge.locator(".upload-chip").first).to_have_text("已入库")
    page.goto(f"{fresh.base}/data/uploads")
    expect(page.locator(".uploads table").last.locator("tbody tr").first).to_contain_text("已修改")
    expect(page.locator("#upload-build")).not_to_be_empty()
    judge.context.close()
    sender.close()
