"""Generated bad files: ``python -m tests.faults.bad_files 10000``.

Good deliveries as CSV, Excel and GeoJSON are spoiled by one to four seeded mutations each: cells, rows, headers,
shapes, encodings, bytes. Whatever comes out is checked as a delivery. It is refused with a rule, or its rows add up:
accepted + refused + duplicate = delivered. Anything else is a crash.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl

from kernel.errors import DataRejected
from warehouse.delivery import CheckContext, DeliveryOptions
from warehouse.ingest import check_delivery

Rows = list[list[Any]]
NASTY = (
    "",
    " ",
    "NA",
    "null",
    "None",
    "NaN",
    "inf",
    "-inf",
    "1e308",
    "-0",
    "１２３",
    "1,234",
    "12.5亿",
    "3.20102E+17",
    "0012",
    "45292",
    "2025-02-30",
    "2025/1/5",
    "25:61",
    "合计",
    "总 计",
    "TOTAL",
    "=1+1",
    '=HYPERLINK("x")',
    "@SUM(1)",
    "'; DROP TABLE venue;--",
    "<script>alert(1)</script>",
    "a\x00b",
    "a\x0bb",
    "\u202eabc",
    "\ufffd",
    "😀",
    "𠮷",
    "x" * 40_000,
    "1" * 400,
    "true",
    "是",
    "\t",
    "a\nb",
    "a,b",
    'a"b',
    "''",
    "{}",
    "[]",
    "%s%n",
    "\\N",
    "-",
    "1.7976931348623157e309",
    "0x1F",
    "１．５",
    "320506.0",
    "120°36′",
)
NASTY_VALUES: tuple[Any, ...] = (None, True, False, 0, -1, 1e308, 45292, 3.20102e17, 10**30, {"a": 1}, [1, [2]], 1.5)
VENUE_HEAD = ["venue_id", "venue_name", "venue_type_code", "lon", "lat", "region_code", "area_m2"]
CLUB_HEAD = ["club_id", "club_name", "kind_code", "lon", "lat", "region_code", "founded_on", "member_count"]


@dataclass
class Tally:
    """What became of the files: how many by outcome, which rules refused whole files, and every crash."""

    files: Counter[str] = field(default_factory=Counter)
    rules: Counter[str] = field(default_factory=Counter)
    rows: Counter[str] = field(default_factory=Counter)
    crashes: list[str] = field(default_factory=list)


def good_table(dice: random.Random) -> tuple[str, Rows]:
    """Return a dataset and a good table of it, the header first."""
    count = dice.randrange(1, 12)
    if dice.random() < 0.5:
        rows = [[f"v{n}", f"球场{n}", "C21", 118.79 + n / 1000, 32.06, "320102", 600 + n] for n in range(count)]
        return "venue", [VENUE_HEAD, *rows]
    rows = [[f"k{n}", f"协会{n}", "a", 118.79, 32.06, "320102", "2020-01-05", 20 + n] for n in range(count)]
    return "club", [CLUB_HEAD, *rows]


def _cell(rows: Rows, dice: random.Random) -> None:
    row = dice.choice(rows)
    if row:
        row[dice.randrange(len(row))] = dice.choice(NASTY)


def _column(rows: Rows, dice: random.Random) -> None:
    place = dice.randrange(max(1, len(rows[0])))
    for row in rows[1:]:
        if place < len(row):
            row[place] = dice.choice(NASTY)


def _drop_column(rows: Rows, dice: random.Random) -> None:
    place = dice.randrange(max(1, len(rows[0])))
    for row in rows:
        del row[place : place + 1]


def _double_column(rows: Rows, dice: random.Random) -> None:
    place = dice.randrange(max(1, len(rows[0])))
    for row in rows:
        row.extend(row[place : place + 1])


def _shuffle(rows: Rows, dice: random.Random) -> None:
    order = list(range(len(rows[0])))
    dice.shuffle(order)
    rows[:] = [[row[place] for place in order if place < len(row)] for row in rows]


def _repeat_row(rows: Rows, dice: random.Random) -> None:
    rows.append(list(dice.choice(rows)))


def _same_key(rows: Rows, dice: random.Random) -> None:
    row = list(dice.choice(rows))
    if len(row) > 1:
        row[1] = "另一个"
    rows.append(row)


def _total(rows: Rows, dice: random.Random) -> None:
    rows.insert(dice.randrange(len(rows)) + 1, ["合计", *([""] * (len(rows[0]) - 1))])


def _longer(rows: Rows, dice: random.Random) -> None:
    dice.choice(rows).extend([dice.choice(NASTY)] * dice.randrange(1, 4))


def _shorter(rows: Rows, dice: random.Random) -> None:
    row = dice.choice(rows)
    del row[dice.randrange(len(row) + 1) :]


def _title(rows: Rows, dice: random.Random) -> None:
    rows[:0] = [["江苏省体育场地统计表"]] * dice.randrange(1, 4)


def _no_header(rows: Rows, _dice: random.Random) -> None:
    del rows[0]


def _empty_rows(rows: Rows, dice: random.Random) -> None:
    rows.insert(dice.randrange(len(rows) + 1), [])


def _swap(rows: Rows, _dice: random.Random) -> None:
    for row in rows[1:]:
        if len(row) > 4:
            row[3], row[4] = row[4], row[3]


TABLE_MUTATIONS: tuple[Callable[[Rows, random.Random], None], ...] = (
    _cell,
    _cell,
    _cell,
    _cell,
    _cell,
    _cell,
    _column,
    _drop_column,
    _double_column,
    _shuffle,
    _repeat_row,
    _repeat_row,
    _same_key,
    _total,
    _longer,
    _shorter,
    _title,
    _no_header,
    _empty_rows,
    _swap,
)


def spoiled_rows(rows: Rows, dice: random.Random) -> Rows:
    """Return a copy of a table with one to four mutations."""
    copy = [list(row) for row in rows]
    for _ in range(dice.randrange(1, 5)):
        if copy:
            dice.choice(TABLE_MUTATIONS)(copy, dice)
    return copy


def as_csv(rows: Rows, dice: random.Random) -> bytes:
    """Return a table as text with some delimiter, quoting, line end and encoding."""
    delimiter = dice.choice([",", ",", ",", ";", "\t"])
    quote = dice.choice(["none", "some", "all"])
    lines = []
    for row in rows:
        cells = []
        for value in row:
            text = "" if value is None else str(value)
            is_quoted = quote == "all" or (quote == "some" and any(mark in text for mark in f'{delimiter}"\n'))
            cells.append('"' + text.replace('"', '""') + '"' if is_quoted else text)
        lines.append(delimiter.join(cells))
    text = dice.choice(["\n", "\r\n", "\n", "\r"]).join(lines) + dice.choice(["", "\n"])
    likely = ["utf-8", "utf-8", "utf-8", "utf-8-sig", "utf-8-sig", "gb18030", "gb18030", "utf-16"]
    encoding = dice.choice([*likely, *likely, "utf-16-le", "big5", "latin-1", "utf-32"])
    return text.encode(encoding, "replace")


def as_workbook(rows: Rows, dice: random.Random) -> bytes:
    """Return a table as a workbook, at times with merged cells, several sheets or a header of two rows."""
    book = openpyxl.Workbook()
    sheet = book.active
    for number, row in enumerate(rows, start=1):
        for place, value in enumerate(row, start=1):
            text = (
                "".join(mark for mark in str(value) if mark >= " " or mark in "\t\n")[:32_767]
                if isinstance(value, str)
                else value
            )
            sheet.cell(number, place, dice.choice(NASTY_VALUES[:-4]) if dice.random() < 0.02 else text)
    if dice.random() < 0.3:
        top, left = dice.randrange(1, 4), dice.randrange(1, 6)
        sheet.merge_cells(
            start_row=top, start_column=left, end_row=top + dice.randrange(2), end_column=left + dice.randrange(1, 3)
        )
    if dice.random() < 0.2:
        book.create_sheet(dice.choice(["填报说明", "Sheet2", "代码表"])).append(["模板版本", "venue", "old"])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def as_geojson(rows: Rows, dice: random.Random) -> bytes:
    """Return a table as features whose shapes are good, odd or no shapes at all."""
    head = [str(name) for name in rows[0]] if rows else []
    features: list[Any] = []
    for row in rows[1:]:
        values = dict(zip(head, row, strict=False))
        shape: Any = {"type": "Point", "coordinates": [values.get("lon", 118.8), values.get("lat", 32.06)]}
        if dice.random() < 0.2:
            shape = dice.choice(
                [
                    None,
                    {},
                    {"type": "Point"},
                    {"type": "Point", "coordinates": []},
                    {"type": "Point", "coordinates": ["a", None]},
                    {"type": "Polygon", "coordinates": [[[0, 0], [1, 1]]]},
                    {"type": "LineString", "coordinates": [[118.8, 32.0], [118.9, 32.1]]},
                    {"type": "Point", "coordinates": [1e308, -1e308, 5, 6]},
                    {"type": "Point", "coordinates": [[[118.8, 32.0]]]},
                    {"type": "GeometryCollection", "geometries": []},
                    "POINT (1 2)",
                    [1, 2],
                ]
            )
        if dice.random() < 0.1:
            values[dice.choice(head or ["x"])] = dice.choice(NASTY_VALUES)
        feature: Any = {"type": "Feature", "properties": values, "geometry": shape}
        features.append(dice.choice([feature] * 12 + [None, {}, {"type": "Feature"}, [], "x"]))
    value: Any = {"type": "FeatureCollection", "features": features}
    if dice.random() < 0.1:
        value |= {
            "crs": dice.choice([{"type": "name", "properties": {"name": "EPSG:4490"}}, {"type": "link"}, 5, None])
        }
    if dice.random() < 0.05:
        value = dice.choice([features, {"type": "Feature"}, 5, {"type": "FeatureCollection", "features": {}}])
    return json.dumps(value, ensure_ascii=dice.random() < 0.5).encode()


def spoiled_bytes(data: bytes, dice: random.Random) -> bytes:
    """Return bytes as they are, or cut off, flipped, doubled or with others in between."""
    kind = dice.randrange(20)
    if kind == 0:
        return data[: dice.randrange(len(data) + 1)]
    if kind == 1:
        changed = bytearray(data)
        for _ in range(dice.randrange(1, 20)):
            if changed:
                changed[dice.randrange(len(changed))] = dice.randrange(256)
        return bytes(changed)
    if kind == 2:
        place = dice.randrange(len(data) + 1)
        return data[:place] + dice.randbytes(dice.randrange(1, 200)) + data[place:]
    if kind == 3:
        return data * 2
    return data


KINDS: tuple[tuple[str, Callable[[Rows, random.Random], bytes]], ...] = (
    (".csv", as_csv),
    (".csv", as_csv),
    (".xlsx", as_workbook),
    (".geojson", as_geojson),
)


def bad_file(seed: int) -> tuple[str, str, bytes]:
    """Return dataset, file name and content of the bad file of a seed."""
    dice = random.Random(seed)
    dataset, rows = good_table(dice)
    suffix, write = KINDS[seed % len(KINDS)]
    return dataset, f"bad_{seed}{suffix}", spoiled_bytes(write(spoiled_rows(rows, dice), dice), dice)


def try_one(seed: int, folder: Path, tally: Tally) -> None:
    """Check the file of a seed and take note of what became of it."""
    dataset, name, content = bad_file(seed)
    path = folder / "file"
    path.write_bytes(content)
    try:
        checked = check_delivery(dataset, path, DeliveryOptions(name), CheckContext())
    except DataRejected as refusal:
        tally.files["refused whole"] += 1
        tally.rules[refusal.findings[0].rule] += 1
        if refusal.row_count is not None:
            tally.rows["delivered"] += refusal.row_count
            tally.rows["refused"] += refusal.row_count
        if not all(finding.rule and finding.message and finding.fix for finding in refusal.findings):
            tally.crashes.append(f"{seed} {name}: a finding says nothing")
        return
    except BaseException as error:
        if isinstance(error, (KeyboardInterrupt, SystemExit, MemoryError)):
            raise
        tally.crashes.append(f"{seed} {name}: {type(error).__name__}: {error}")
        return
    tally.files["checked"] += 1
    sums = checked.accepted_count + checked.refused_count + checked.duplicate_count
    heights = (checked.frame.height, checked.refused.height)
    if sums != checked.delivered_count or heights != (checked.accepted_count, checked.refused_count):
        tally.crashes.append(f"{seed} {name}: {checked.delivered_count} delivered, {sums} accounted for")
    for word in ("delivered", "accepted", "refused", "duplicate"):
        tally.rows[word] += getattr(checked, f"{word}_count")


def try_many(count: int, first: int = 0) -> Tally:
    """Check many bad files and return what became of them."""
    tally = Tally()
    with tempfile.TemporaryDirectory(prefix="bad-files-") as folder:
        for seed in range(first, first + count):
            try_one(seed, Path(folder), tally)
    return tally


def main(arguments: Sequence[str] | None = None) -> int:
    """Try as many files as asked and report; return 1 when anything crashed or did not add up."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int, nargs="?", default=10_000)
    parser.add_argument("--first", type=int, default=0, help="seed of the first file")
    given = parser.parse_args(arguments)
    began = time.process_time()
    tally = try_many(given.count, given.first)
    report = {
        "files": dict(tally.files),
        "rows": dict(tally.rows),
        "rules": dict(tally.rules.most_common()),
        "crashes": tally.crashes[:50],
        "crash_count": len(tally.crashes),
        "processor_s": round(time.process_time() - began, 1),
    }
    sys.stdout.write(json.dumps(report, ensure_ascii=False, indent=1) + "\n")
    return 1 if tally.crashes else 0


if __name__ == "__main__":
    sys.exit(main())
