"""What the command line answers: plain values for machines, lines for people, bars while it works."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any, TextIO

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars
from rich.table import Table

from kernel.errors import DataRejected, Finding, SportsMapError
from kernel.progress import Progress, silent
from warehouse.build.run import Build
from warehouse.receive import Receipt

# Room for a line where nobody's window limits it: logs and pipes.
PAPER_WIDTH = 200
MARKS = {"ok": "[green]ok  [/]", "warn": "[yellow]warn[/]", "fail": "[red]FAIL[/]"}


@contextmanager
def progress_bars(*, hidden: bool) -> Iterator[Progress]:
    """Give a reporter that draws one bar a step on standard error; a silent one where nobody looks."""
    if hidden:
        yield silent
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task("start", total=None)

        def tell(step: str, done: int, total: int) -> None:
            bars.update(task, description=step, completed=done, total=total)

        yield tell


def of_receipt(receipt: Receipt) -> dict[str, Any]:
    """Return a receipt as plain values."""
    batch = receipt.batch
    return {
        "file": batch.file_name,
        "dataset": batch.dataset,
        "state": receipt.state,
        "batch_id": batch.batch_id,
        "delivered_count": batch.delivered_count,
        "accepted_count": batch.accepted_count,
        "refused_count": batch.refused_count,
        "duplicate_count": batch.duplicate_count,
        "findings": [finding.as_dict() for finding in receipt.findings],
        "notes": [note.as_dict() for note in receipt.notes],
        "left_out": dict(receipt.left_out),
    }


def of_build(build: Build) -> dict[str, Any]:
    """Return a build as plain values: its id, hash, and the warnings of its checks."""
    return {
        "build_id": build.build_id,
        "content_hash": build.content_hash,
        "is_new": build.is_new,
        "check_count": len(build.verdicts),
        "warnings": [asdict(verdict) for verdict in build.verdicts if not verdict.passed],
    }


def of_error(error: SportsMapError) -> dict[str, Any]:
    """Return an error as plain values."""
    findings = [finding.as_dict() for finding in error.findings] if isinstance(error, DataRejected) else []
    return {"error": {"code": error.code, "message": error.message, "fix": error.fix, "findings": findings}}


def show(answer: Mapping[str, Any], *, to: TextIO) -> None:
    """Write an answer for people."""
    console = Console(file=to, soft_wrap=True, highlight=False, width=None if to.isatty() else PAPER_WIDTH)
    if answer.get("deliveries"):
        _show_deliveries(console, answer["deliveries"])
    for line in answer.get("lines", ()):
        console.print(escape(line))
    for diagnosis in answer.get("examined", ()):
        console.print(f"{MARKS[diagnosis['state']]} {diagnosis['name']}: {escape(diagnosis['detail'])}")
        if diagnosis["mend"]:
            console.print(f"       {escape(diagnosis['mend'])}")
    for verdict in answer.get("checks", ()):
        _show_verdict(console, verdict)
    for verdict in answer.get("warnings", ()):
        _show_verdict(console, verdict)
    if "build_id" in answer:
        news = "built" if answer["is_new"] else "unchanged"
        console.print(f"Snapshot {answer['build_id']} {news}, {answer['check_count']} checks.")
    if "published" in answer:
        console.print(f"Published: {answer['published']}")
    if "error" in answer:
        _show_error(console, answer["error"])


def _show_deliveries(console: Console, deliveries: list[dict[str, Any]]) -> None:
    table = Table("file", "dataset", "state", box=None)
    for name in ("delivered", "accepted", "refused", "duplicate"):
        table.add_column(name, justify="right")
    for delivery in deliveries:
        counts = [delivery[f"{name}_count"] for name in ("delivered", "accepted", "refused", "duplicate")]
        table.add_row(
            escape(delivery["file"]),
            delivery["dataset"],
            delivery["state"],
            *("" if count is None else f"{count:,}" for count in counts),
        )
    console.print(table)
    for delivery in deliveries:
        for finding in delivery["findings"]:
            console.print(f"[red]refused[/] {escape(str(Finding(**finding)))}")
        for note in delivery["notes"]:
            console.print(f"[yellow]note[/] {escape(str(Finding(**note)))}")


def _show_verdict(console: Console, verdict: Mapping[str, Any]) -> None:
    state = "ok" if verdict["passed"] else ("fail" if verdict["severity"] == "error" else "warn")
    console.print(f"{MARKS[state]} {verdict['name']}: {escape(verdict['detail'])}")
    if verdict["fix"]:
        console.print(f"       {escape(verdict['fix'])}")


def _show_error(console: Console, error: Mapping[str, Any]) -> None:
    console.print(f"[red]{error['code']}[/] {escape(error['message'])}")
    for finding in error["findings"]:
        console.print(f"  {escape(str(Finding(**finding)))}")
    if error["fix"]:
        console.print(f"Mend: {escape(error['fix'])}")
