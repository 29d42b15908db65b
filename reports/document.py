"""Word reports in the layout of official documents (GB/T 9704-2012): page, fonts, numbered headings and tables."""

from __future__ import annotations

import io
import re
from pathlib import Path

import docx
import docx.table
import docx.text.paragraph
import docx.text.run
import numpy as np
from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from components.numbers import show_exact, show_number, show_percent
from kernel.clock import from_stored
from kernel.words import t
from reports.content import Content, Kind, Section, Table
from reports.picture import draw_picture
from reports.tables import clean_text, shown_width

# Chinese face of each part; the Latin one stands beside it in the same run.
SONG, HEI, KAI, FANG = "宋体", "黑体", "楷体_GB2312", "仿宋_GB2312"
LATIN = "Times New Roman"
# Type sizes of the standard: 二号, 三号, 四号, 五号, 小五号.
TITLE_PT, BODY_PT, FOOT_PT, TABLE_PT, NOTE_PT = 22, 16, 14, 10.5, 9
LINE_PT = 28
# Between the margins of the page.
PAGE_MM = 156.0
PICTURE_WIDTH = Mm(PAGE_MM)
# Words of so many Latin characters are not divided over lines.
_UNDIVIDED = re.compile(r"[!-~]{24,}")
# Widths of a table: half a Chinese character at 9 points, both margins of a cell, and limits in half characters.
_MM_PER_CHARACTER, _CELL_MARGIN_MM, _NARROWEST, _WIDEST = 1.62, 2.6, 6, 24
# Words that share what numbers leave get at least so much each.
_LEAST_TEXT_MM = 14.0
# From so much on, decimals of a figure say nothing to a reader.
_LARGE = 10_000
DIGITS: dict[Kind, int] = {"precise": 4, "precise_change": 4, "degree": 6}
# A document is for reading: longer tables belong into the workbook, and the report says so.
MOST_ROWS = 120
# A column of words up to so long, like years, is not broken either.
_LONGEST_CODE = 8
# More sources than these are named once at the end, not below every table.
MOST_SOURCES = 5
_DEMO = RGBColor(0x85, 0x4D, 0x0E)
CELL_STYLE = "Cell"
_CHINESE_NUMBERS = "一二三四五六七八九十"


def write_document(content: Content, path: Path) -> None:
    """Write the sections of an export.

    Parameters
    ----------
    content : Content
        Title, sections, definitions and provenance; the picture stands where a section asks for it.
    path : Path
        File to write.
    """
    document = docx.Document()
    _page(document)
    _properties(document, content)
    _header_and_footer(document, content)
    title = _paragraph(document, content.title, face=SONG, size=TITLE_PT, bold=True, is_centred=True)
    title.paragraph_format.space_before = Pt(LINE_PT)
    _paragraph(document, content.subtitle, face=KAI, size=FOOT_PT, is_centred=True).paragraph_format.space_after = Pt(
        14
    )
    if content.provenance.mark:
        _paragraph(document, content.provenance.mark_meaning, face=HEI, size=FOOT_PT, is_centred=True, ink=_DEMO)
    counter = _Counter(content.lang)
    for section in content.sections:
        _section(document, section, content, counter)
    _closing(document, content, counter)
    document.save(str(path))


class _Counter:
    """Numbers headings, tables and figures in the order in which they come."""

    def __init__(self, lang: str) -> None:
        self.lang = lang
        self.headings = self.tables = self.figures = 0

    def heading(self, text: str) -> str:
        self.headings += 1
        number = _CHINESE_NUMBERS[self.headings - 1] + "、" if self.lang == "zh" else f"{self.headings}. "
        return number + text

    def table(self, text: str) -> str:
        self.tables += 1
        return t("export.table_caption", self.lang, number=self.tables, title=text)

    def figure(self, text: str) -> str:
        self.figures += 1
        return t("export.figure_caption", self.lang, number=self.figures, title=text)


def _page(document: Document) -> None:
    section = document.sections[0]
    section.orientation = WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    style = document.styles["Normal"]
    style.font.name, style.font.size = LATIN, Pt(BODY_PT)
    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), FANG)
    cell = document.styles.add_style(CELL_STYLE, WD_STYLE_TYPE.PARAGRAPH)
    cell.base_style, cell.font.size, cell.paragraph_format.line_spacing = style, Pt(NOTE_PT), 1.0
    heading = document.styles["Heading 1"]
    heading.font.name, heading.font.size, heading.font.bold = LATIN, Pt(BODY_PT), False
    heading.font.color.rgb = RGBColor(0, 0, 0)
    fonts = heading.element.get_or_add_rPr().get_or_add_rFonts()
    for name in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
        fonts.attrib.pop(qn(name), None)
    fonts.set(qn("w:eastAsia"), HEI)


def _properties(document: Document, content: Content) -> None:
    source = content.provenance
    facts = document.core_properties
    facts.title = clean_text(content.title)[:255]
    facts.subject = clean_text(content.subtitle)[:255]
    facts.author = source.product
    facts.comments = source.mark_meaning[:255]
    facts.keywords = f"{source.build.build_id} {source.build.content_hash}"
    facts.language = "zh-CN" if content.lang == "zh" else "en-GB"
    facts.created = facts.modified = from_stored(source.created_at).replace(tzinfo=None)


def _header_and_footer(document: Document, content: Content) -> None:
    source = content.provenance
    section = document.sections[0]
    head = section.header.paragraphs[0]
    head.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    if source.mark:
        _run(head, f"{source.mark}　", face=HEI, size=TABLE_PT, bold=True, ink=_DEMO)
    _run(head, f"{source.product} · {source.build.build_id}", face=SONG, size=NOTE_PT)
    foot = section.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _run(foot, "— ", face=SONG, size=FOOT_PT)
    _page_number(_run(foot, "", face=SONG, size=FOOT_PT))
    _run(foot, " —", face=SONG, size=FOOT_PT)


def _section(document: Document, section: Section, content: Content, counter: _Counter) -> None:
    _heading(document, counter.heading(section.heading))
    for text in section.paragraphs:
        _body(document, text, content.lang)
    if section.has_picture and content.picture is not None:
        _picture(document, content, counter)
    for table in section.tables:
        _table(document, table, content, counter)


def _closing(document: Document, content: Content, counter: _Counter) -> None:
    """Write what the figures mean and where they come from."""
    source, lang = content.provenance, content.lang
    if content.definitions:
        _heading(document, counter.heading(t("export.definitions", lang)))
        for term, meaning in content.definitions.items():
            _body(document, f"{term}{t('export.mark_join', lang)}{meaning}", lang)
    _heading(document, counter.heading(t("export.datasets", lang)))
    for label, text in source.lines():
        _body(document, f"{label}{t('export.mark_join', lang)}{text}", lang, is_small=True)
    heads = ("dataset", "data_origin", "publisher", "licence", "delivered_at", "rows")
    cells = [[*row[:-1], show_exact(row[-1], lang)] for row in source.dataset_rows()]
    _caption(document, counter.table(t("export.datasets", lang)))
    _grid(document, [t(f"export.{key}", lang) for key in heads], cells, numbers={5})


def _picture(document: Document, content: Content, counter: _Counter) -> None:
    body = io.BytesIO()
    draw_picture(content, body)
    paragraph = document.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.keep_with_next = True
    body.seek(0)
    shape = paragraph.add_run().add_picture(body, width=PICTURE_WIDTH)
    shape._inline.docPr.set("descr", f"{content.title} {content.subtitle}")
    _caption(document, counter.figure(content.title), keeps_next=False)


def _table(document: Document, table: Table, content: Content, counter: _Counter) -> None:
    lang = content.lang
    _caption(document, counter.table(table.title))
    kinds = [column.kind for column in table.columns]
    shown = table.rows[:MOST_ROWS]
    cells = [[show_value(value, kind, lang) for value, kind in zip(row, kinds, strict=True)] for row in shown]
    _grid(
        document,
        [column.heading for column in table.columns],
        cells,
        numbers={at for at, kind in enumerate(kinds) if kind != "text"},
    )
    notes = [content.provenance.source_line(most=MOST_SOURCES), table.note]
    if len(table.rows) > MOST_ROWS:
        notes.insert(0, t("export.cut_rows", lang, shown=MOST_ROWS, rows=len(table.rows)))
    for note in notes:
        if note:
            below = _paragraph(document, note, face=SONG, size=NOTE_PT).paragraph_format
            below.space_before, below.space_after = Pt(2), Pt(2)


def show_value(value: object, kind: Kind, lang: str) -> str:
    """Return a value of a table as a person reads it."""
    if value is None or (isinstance(value, (float, np.floating)) and not np.isfinite(value)):
        return "—"
    if kind == "text" or not isinstance(value, (int, float, np.integer, np.floating)):
        return clean_text(value)
    number = float(value)
    sign = "+" if kind.endswith("_change") and number > 0 else ""
    if kind in {"share", "share_change"}:
        return sign + show_percent(number, lang, digits=1 if kind == "share" else 2)
    if kind in {"count", "count_change"}:
        return sign + show_exact(number, lang)
    if kind in {"any", "decimal"}:
        is_whole = abs(number) >= _LARGE or (kind == "any" and number.is_integer())
        return show_number(number, lang, digits=0 if is_whole else 2)
    return sign + show_number(number, lang, digits=DIGITS[kind])


def _grid(document: Document, heads: list[str], cells: list[list[str]], *, numbers: set[int]) -> None:
    grid = document.add_table(rows=1, cols=len(heads))
    grid.style = "Table Grid"
    grid.alignment = WD_TABLE_ALIGNMENT.CENTER
    grid.autofit = False
    _draw_in_margins(grid)
    widths = column_widths_mm(heads, cells, numbers)
    for column, width in zip(grid.columns, widths, strict=True):
        column.width = Mm(width)
    for cell, text in zip(grid.rows[0].cells, heads, strict=True):
        _fill_cell(cell, text, is_head=True, is_number=False)
    _repeat_at_each_page(grid.rows[0])
    for row in cells:
        line = grid.add_row()
        line._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        for at, (cell, text) in enumerate(zip(line.cells, row, strict=True)):
            _fill_cell(cell, text, is_head=False, is_number=at in numbers)
    for row in grid.rows:
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Mm(width)


def _draw_in_margins(grid: docx.table.Table) -> None:
    """Leave less room beside the words of cells than is usual: tables of ten columns stand on an upright page."""
    margins = OxmlElement("w:tblCellMar")
    for side in ("w:left", "w:right"):
        margin = OxmlElement(side)
        margin.set(qn("w:w"), str(round(_CELL_MARGIN_MM / 2 * 1440 / 25.4)))
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    grid._tbl.tblPr.insert_element_before(margins, "w:tblLook", "w:tblCaption", "w:tblDescription")


def column_widths_mm(heads: list[str], cells: list[list[str]], numbers: set[int]) -> list[float]:
    """Return widths that fill the page: numbers, codes and short words stay whole, texts share the rest by length."""
    count = len(heads)
    longest = [max([shown_width(row[at]) for row in cells], default=1) for at in range(count)]
    short = {at for at in range(count) if max(longest[at], shown_width(heads[at])) <= _NARROWEST}
    kept = numbers | short | {at for at in range(count) if all(_is_code(row[at]) for row in cells)}
    needed = [
        (
            # A heading may take three lines.
            max(longest[at], -(-shown_width(heads[at]) // 3), _NARROWEST)
            if at in kept
            else min(max(longest[at], shown_width(heads[at])), _WIDEST)
        )
        * _MM_PER_CHARACTER
        + _CELL_MARGIN_MM
        for at in range(count)
    ]
    fixed = sum(width for at, width in enumerate(needed) if at in kept)
    free = sum(needed) - fixed
    if fixed + free <= PAGE_MM or PAGE_MM - fixed < _LEAST_TEXT_MM * (count - len(kept)) or not free:
        return [width * PAGE_MM / (fixed + free) for width in needed]
    return [width if at in kept else width * (PAGE_MM - fixed) / free for at, width in enumerate(needed)]


def _is_code(text: str) -> bool:
    """Return whether a text is one short word, as numbers of items, years and months are."""
    return len(text) <= _LONGEST_CODE and text.isascii() and " " not in text


def _fill_cell(cell: docx.table._Cell, text: str, *, is_head: bool, is_number: bool) -> None:
    paragraph = cell.paragraphs[0]
    # The style decides how tall an empty cell is.
    paragraph.style = CELL_STYLE
    centred = WD_ALIGN_PARAGRAPH.CENTER if is_head else WD_ALIGN_PARAGRAPH.LEFT
    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT if is_number else centred
    _run(paragraph, text, face=HEI if is_head else SONG, size=TABLE_PT if is_head else NOTE_PT)
    if is_head:
        shade = OxmlElement("w:shd")
        shade.set(qn("w:val"), "clear")
        shade.set(qn("w:fill"), "E8EEFC")
        cell._tc.get_or_add_tcPr().append(shade)


def _repeat_at_each_page(row: docx.table._Row) -> None:
    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)


def _heading(document: Document, text: str) -> None:
    paragraph = document.add_heading(level=1)
    paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(6)
    paragraph.paragraph_format.first_line_indent = Pt(2 * BODY_PT)
    _run(paragraph, text, face=HEI, size=BODY_PT)


def _body(document: Document, text: str, lang: str, *, is_small: bool = False) -> None:
    size = TABLE_PT if is_small else BODY_PT
    paragraph = _paragraph(document, text, face=SONG if is_small else FANG, size=size)
    # A hash or an address cannot be divided: justified, the line before it would be stretched.
    is_even = lang == "zh" and not is_small and not _UNDIVIDED.search(text)
    paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY if is_even else WD_ALIGN_PARAGRAPH.LEFT
    paragraph.paragraph_format.first_line_indent = Pt(2 * size)
    if not is_small:
        paragraph.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
        paragraph.paragraph_format.line_spacing = Pt(LINE_PT)


def _caption(document: Document, text: str, *, keeps_next: bool = True) -> None:
    paragraph = _paragraph(document, text, face=HEI, size=TABLE_PT, is_centred=True)
    paragraph.paragraph_format.space_before = Pt(8)
    paragraph.paragraph_format.space_after = Pt(4)
    paragraph.paragraph_format.keep_with_next = keeps_next


def _paragraph(
    document: Document,
    text: str,
    *,
    face: str,
    size: float,
    bold: bool = False,
    is_centred: bool = False,
    ink: RGBColor | None = None,
) -> docx.text.paragraph.Paragraph:
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.space_after = Pt(0)
    if is_centred:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _run(paragraph, text, face=face, size=size, bold=bold, ink=ink)
    return paragraph


def _run(
    paragraph: docx.text.paragraph.Paragraph,
    text: str,
    *,
    face: str,
    size: float,
    bold: bool = False,
    ink: RGBColor | None = None,
) -> docx.text.run.Run:
    run = paragraph.add_run(clean_text(text))
    run.font.name, run.font.size, run.font.bold = LATIN, Pt(size), bold
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), face)
    if ink is not None:
        run.font.color.rgb = ink
    return run


def _page_number(run: docx.text.run.Run) -> None:
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        part = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            part.set(qn("w:fldCharType"), kind)
        else:
            part.text = text
        run._element.append(part)
