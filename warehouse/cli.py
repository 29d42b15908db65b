"""The command line of the warehouse: demo, ingest, build, forecast, check, publish, rollback, doctor."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from kernel.errors import BuildFailed, DataRejected, NoSnapshot, SettingError, SportsMapError, UsageError
from kernel.progress import Progress
from kernel.settings import Settings, load_settings
from warehouse import cli_report as report
from warehouse.apart import check_left
from warehouse.batches import Batch, all_batches
from warehouse.build.run import build, check
from warehouse.delivery_sheet import FileToDeliver, file_to_deliver, in_order, read_sheet
from warehouse.doctor import examine
from warehouse.exchange.cli import add_exchange
from warehouse.manifest import current_build_id, read_manifest
from warehouse.publish import publish, rollback
from warehouse.receive import Receipt, receive, resume, writing_ledger
from warehouse.steps import missing_from

OK, FAILED, USAGE, REFUSED, NOTHING = range(5)
EXIT_CODES = """exit codes:
  0  done
  1  a build, a check or the doctor found something wrong; what was published before still is
  2  wrong use: unknown option, file, dataset or setting
  3  at least one delivery was refused as a whole; the report says why
  4  nothing there to work on: no delivery, no snapshot"""

SIZES = ("small", "province")
Command = Callable[[argparse.Namespace, Settings, Progress], tuple[int, dict[str, Any]]]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    given = _parser().parse_args(arguments)
    try:
        settings = load_settings()
        if given.data:
            settings = replace(settings, data_dir=given.data.resolve())
        with report.progress_bars(hidden=given.json or not sys.stderr.isatty()) as progress:
            code, answer = given.command(given, settings, progress)
    except SportsMapError as error:
        code, answer = _code_of(error), report.of_error(error)
    except (OSError, SQLAlchemyError) as error:
        fault = SportsMapError(
            f"The data folder or the ledger cannot be used: {error}",
            fix="Look for free space and rights on the data folder, then run `python -m warehouse doctor`.",
        )
        code, answer = FAILED, report.of_error(fault)
    if given.json:
        sys.stdout.write(json.dumps({"exit_code": code} | answer, ensure_ascii=False, indent=1) + "\n")
    else:
        report.show(answer, to=sys.stderr if code else sys.stdout)
    return code


def _code_of(error: SportsMapError) -> int:
    if isinstance(error, (UsageError, SettingError)):
        return USAGE
    if isinstance(error, DataRejected):
        return REFUSED
    return NOTHING if isinstance(error, NoSnapshot) else FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m warehouse",
        description="Take deliveries in, build a snapshot of them, check it, publish it.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--json", action="store_true", help="answer in JSON, without progress bars")
    common.add_argument("--data", type=Path, help="data folder (default: the setting SPORTSMAP_DATA)")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, command: Command, text: str) -> argparse.ArgumentParser:
        own = commands.add_parser(
            name,
            parents=[common],
            help=text,
            description=text,
            epilog=EXIT_CODES,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        own.set_defaults(command=command)
        return own

    demo = add("demo", _demo, "Generate the demo province, build and publish it.")
    demo.add_argument("--size", choices=SIZES, default=SIZES[-1])
    demo.add_argument("--seed", type=int, default=1)
    demo.add_argument(
        "--if-missing",
        action="store_true",
        help="do nothing when what is published has all tables",
    )
    _add_ingest_options(add("ingest", _ingest, "Take files in, check them, build and publish."))
    built = add("build", _build, "Finish interrupted deliveries and build a snapshot, without publishing it.")
    built.add_argument("--as-of", help="only what counted at this instant (2026-11-21T08:00:00Z) or batch id")
    add("forecast", _forecast, "Build with the full effort of the forecasts, and publish.")
    add("check", _check, "Build aside, run every check, keep nothing.")
    published = add("publish", _publish, "Show a snapshot to readers (the newest by default).")
    published.add_argument("build_id", nargs="?")
    back = add("rollback", _rollback, "Show an earlier snapshot (the one before by default).")
    back.add_argument("build_id", nargs="?")
    add_exchange(add)
    doctor = add("doctor", _doctor, "Examine ledger, deliveries and snapshots.")
    doctor.add_argument("--mend", action="store_true", help="sweep up what interrupted runs left behind")
    return parser


def _add_ingest_options(ingest: argparse.ArgumentParser) -> None:
    ingest.add_argument("files", nargs="+", type=Path, metavar="FILE", help="delivery, or a sheet (.toml) of several")
    ingest.add_argument("--root", type=Path, help="folder of the files of a sheet, in place of the one it names")
    ingest.add_argument("--dataset", action="append", help="dataset that the files feed; may be repeated")
    ingest.add_argument("--rename", action="append", default=[], metavar="COLUMN=DELIVERED", type=_pair)
    ingest.add_argument("--fill", action="append", default=[], metavar="COLUMN=VALUE", type=_pair)
    ingest.add_argument("--crs", help="coordinate system: WGS-84, CGCS2000, GCJ-02, BD-09 or EPSG:n")
    ingest.add_argument("--layer", help="layer of a map file or sheet of a workbook")
    ingest.add_argument("--publisher", help="who sends it (default: the contract's)")
    ingest.add_argument("--licence", help="under which terms (default: the contract's)")
    ingest.add_argument("--period", help="YYYY or YYYY-MM that the data stand for")
    ingest.add_argument("--replace", action="store_true", help="rows of earlier deliveries no longer count")
    ingest.add_argument("--no-build", action="store_true", help="only take in; build later")


def _pair(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not (name and sign and value):
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form name=value")
    return name, value


def _demo(given: argparse.Namespace, settings: Settings, progress: Progress) -> tuple[int, dict[str, Any]]:
    """Build the demo, unless asked not to where own data are already there."""
    size, seed = given.size, given.seed
    if given.if_missing:
        published = current_build_id(settings)
        if published is not None and not missing_from(read_manifest(settings, published)):
            return OK, {"published": published, "is_new": False}
        batches = all_batches(writing_ledger(settings))
        # What an earlier version built lacks tables of this one. Own data are built anew from what was received; a demo
        # lacks the rows as well and is generated anew, as large as it was.
        if any(batch.origin == "delivered" for batch in batches):
            return OK, _build_and_publish(settings, progress)
        size, seed = _earlier_demo(batches) or (size, seed)
    # What they import takes as long as all else together, and no other command needs it.
    from warehouse.demo import generate  # noqa: PLC0415
    from warehouse.demo_delivery import deliver_demo  # noqa: PLC0415

    deliver_demo(generate(size, seed, progress), f"{size}-{seed}", settings, progress=progress)
    return OK, _build_and_publish(settings, progress)


def _earlier_demo(batches: Sequence[Batch]) -> tuple[str, int] | None:
    """Return size and seed of the newest demo among the batches, None where there is none."""
    runs = [str(batch.options["run"]) for batch in batches if batch.origin == "demo" and "run" in batch.options]
    if not runs:
        return None
    size, _, seed = runs[-1].rpartition("-")
    return (size, int(seed)) if size in SIZES and seed.isdigit() else None


def _ingest(given: argparse.Namespace, settings: Settings, progress: Progress) -> tuple[int, dict[str, Any]]:
    receipts = resume(settings, progress=progress, checker=check_left)
    for file in _files(given):
        receipts += receive(file.path, file.datasets, file.options, settings, sender=file.sender, progress=progress)
    answer: dict[str, Any] = {"deliveries": [report.of_receipt(receipt) for receipt in receipts]}
    if not given.no_build and _something_stands(receipts, settings):
        try:
            answer |= _build_and_publish(settings, progress)
        except BuildFailed as error:
            return FAILED, answer | report.of_error(error)
    refused = any(receipt.state == "rejected" for receipt in receipts)
    return (REFUSED if refused else OK), answer


def _files(given: argparse.Namespace) -> list[FileToDeliver]:
    said = {
        "dataset": given.dataset,
        "rename": dict(given.rename),
        "fill": dict(given.fill),
        "crs": given.crs,
        "layer": given.layer,
        "publisher": given.publisher,
        "licence": given.licence,
        "period": given.period,
        "replace": given.replace,
    }
    files: list[FileToDeliver] = []
    for path in given.files:
        if path.suffix == ".toml":
            files += read_sheet(path, root=given.root)
        else:
            files.append(file_to_deliver(path, said))
    return in_order(files)


def _something_stands(receipts: Sequence[Receipt], settings: Settings) -> bool:
    """Whether there is anything to build: now accepted, or accepted before and never published."""
    if any(receipt.state == "accepted" for receipt in receipts):
        return True
    return any(receipt.state == "duplicate" for receipt in receipts) and any(
        batch.state == "accepted" for batch in all_batches(writing_ledger(settings))
    )


def _build_and_publish(settings: Settings, progress: Progress) -> dict[str, Any]:
    result = build(settings, progress=progress)
    published = publish(settings, result.build_id) if result.is_new else result.build_id
    return report.of_build(result) | {"published": published}


def _build(given: argparse.Namespace, settings: Settings, progress: Progress) -> tuple[int, dict[str, Any]]:
    return OK, report.of_build(build(settings, as_of=given.as_of, progress=progress))


def _forecast(_given: argparse.Namespace, settings: Settings, progress: Progress) -> tuple[int, dict[str, Any]]:
    return OK, _build_and_publish(replace(settings, forecast="full"), progress)


def _check(_given: argparse.Namespace, settings: Settings, progress: Progress) -> tuple[int, dict[str, Any]]:
    verdicts = check(settings, progress=progress)
    code = FAILED if any(verdict.stops for verdict in verdicts) else OK
    return code, {"checks": [asdict(verdict) for verdict in verdicts]}


def _publish(given: argparse.Namespace, settings: Settings, _progress: Progress) -> tuple[int, dict[str, Any]]:
    return OK, {"published": publish(settings, given.build_id)}


def _rollback(given: argparse.Namespace, settings: Settings, _progress: Progress) -> tuple[int, dict[str, Any]]:
    return OK, {"published": rollback(settings, given.build_id)}


def _doctor(given: argparse.Namespace, settings: Settings, _progress: Progress) -> tuple[int, dict[str, Any]]:
    found = examine(settings, mend=given.mend)
    code = FAILED if any(diagnosis.state == "fail" for diagnosis in found) else OK
    return code, {"examined": [asdict(diagnosis) for diagnosis in found]}
