"""Word reports, read back by python-docx and, where it is installed, rendered by LibreOffice."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace

import docx
import pytest
from docx.oxml.ns import qn
from docx.shared import Mm

from reports import document as writer
from reports.document import column_widths_mm, show_value, write_document
from tests.reports.sample import content


@pytest.fixture
def written(tmp_path):
    write_document(content(), tmp_path / "a.docx")
    return docx.Document(str(tmp_path / "a.docx"))


def test_headings_tables_and_figures_are_numbered(written) -> None:
    texts = [paragraph.text for paragraph in written.paragraphs]
    headings = [paragraph.text for paragraph in written.paragraphs if paragraph.style.name == "Heading 1"]
    assert headings == ["一、主要结果", "二、分地区", "三、口径", "四、数据来源"]
    assert texts[0] == "=示例 <导出>"
    assert "图1　=示例 <导出>" in texts
    assert "表1　分地区/覆盖" in texts
    assert "表2　数据来源" in texts
    assert len(written.inline_shapes) == 1


def test_the_page_is_that_of_the_standard_with_its_faces(written) -> None:
    section = written.sections[0]
    margins = (section.top_margin, section.left_margin, section.bottom_margin, section.right_margin)
    assert [round(margin.mm) for margin in margins] == [37, 28, 35, 26]
    assert abs(section.page_width - Mm(210)) < Mm(1)
    faces = {
        fonts.get(qn("w:eastAsia")) for paragraph in written.paragraphs for fonts in paragraph._p.iter(qn("w:rFonts"))
    }
    assert {"宋体", "黑体", "仿宋_GB2312"} <= faces
    assert None not in faces, "every run names its Chinese face"


def test_tables_hold_the_figures_and_repeat_their_head(written) -> None:
    table = written.tables[0]
    cells = [[cell.text for cell in row.cells] for row in table.rows]
    assert cells[0] == ["区划代码", "地区", "常住人口 (人)", "覆盖率", "变化 (人)"]
    assert cells[1] == ["320101", "甲县", "1,235", "33.3%", "-12"]
    assert cells[2][-1] == "+3"
    assert cells[3][1:] == ["—", "0", "—", "—"]
    assert table.rows[0]._tr.find(f".//{qn('w:tblHeader')}") is not None
    texts = [paragraph.text for paragraph in written.paragraphs]
    assert any(text.startswith("演示数据 · 来源：") for text in texts), "a source line below the table"


def test_mark_and_provenance_are_in_header_body_and_properties(written) -> None:
    assert "演示数据" in written.sections[0].header.paragraphs[0].text
    body = "\n".join(paragraph.text for paragraph in written.paragraphs)
    for expected in ("000007-abc", "f" * 64, "/api/export/x.xlsx?fee=free&minutes=10", "演示数据"):
        assert expected in body
    assert written.core_properties.title == "=示例 <导出>"
    assert "000007-abc" in written.core_properties.keywords
    assert "PAGE" in written.sections[0].footer._element.xml


def test_english_documents_are_english_and_delivered_ones_unmarked(tmp_path) -> None:
    write_document(content(origin="delivered", lang="en"), tmp_path / "a.docx")
    found = docx.Document(str(tmp_path / "a.docx"))
    texts = [paragraph.text for paragraph in found.paragraphs]
    assert "3. Definitions" in texts
    assert "Table 2. Data sources" in texts
    assert found.sections[0].header.paragraphs[0].text == "Sports One Map · 000007-abc"
    assert not any("Demo data" in text for text in texts)


def test_long_tables_are_cut_and_say_so(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(writer, "MOST_ROWS", 2)
    write_document(content(), tmp_path / "a.docx")
    found = docx.Document(str(tmp_path / "a.docx"))
    assert len(found.tables[0].rows) == 3
    assert any("前 2 行，共 3 行" in paragraph.text for paragraph in found.paragraphs)


@pytest.mark.parametrize(
    ("value", "kind", "shown"),
    [
        (0.1236, "share_change", "+12.36%"),
        (-0.0004, "share_change", "-0.04%"),
        (0, "count_change", "0"),
        (118.1234567, "degree", "118.123457"),
        (12.5, "decimal", "12.50"),
        (12.5, "any", "12.50"),
        (12.0, "any", "12"),
        (-1_279_421.03, "any", "-1,279,421"),
        (12_138.31, "decimal", "12,138"),
        (0.12345, "precise_change", "+0.1234"),
        (None, "count", "—"),
        (float("nan"), "share", "—"),
        ("=1\x00", "text", "=1"),
    ],
)
def test_values_are_written_as_people_read_them(value, kind, shown) -> None:
    assert show_value(value, kind, "zh") == shown


def test_columns_fill_the_page_and_never_break_a_number() -> None:
    heads = ["地区", "常住人口 (人)", "说明"]
    cells = [["江苏省", "84,748,016", "长" * 60]]
    widths = column_widths_mm(heads, cells, {1})
    assert sum(widths) == pytest.approx(156)
    assert widths[1] >= len("84,748,016") * 1.6
    assert widths[2] > widths[0]
    coded = column_widths_mm(["No.", *"abcde"], [["J001", *["a " * 40] * 5], ["J002", *[""] * 5]], set())
    assert coded[0] == pytest.approx(6 * 1.62 + 2.6)
    assert sum(coded) == pytest.approx(156)
    short = column_widths_mm(["逾期", *"abcde"], [["逾期", *["a " * 40] * 5], ["", *[""] * 5]], set())
    assert short[0] >= len("逾期") * 2 * 1.62
    crowded = column_widths_mm(["x"] * 14, [["84,748,016"] * 14], set(range(14)))
    assert sum(crowded) == pytest.approx(156)


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_opens_it(tmp_path) -> None:
    write_document(replace(content(), picture=None), tmp_path / "a.docx")
    home = f"-env:UserInstallation=file://{tmp_path / 'home'}"
    command = [
        "soffice",
        home,
        "--headless",
        "--convert-to",
        "pdf",
        "--outdir",
        str(tmp_path),
        str(tmp_path / "a.docx"),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    assert (tmp_path / "a.pdf").read_bytes().startswith(b"%PDF")
