"""``/api/refused/<delivery>.xlsx``: the refused rows of a delivery with their reasons, to be mended and sent again."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Response, current_app

from access.door import Door
from api._file import workbook_answer
from components.page import Resource
from components.request import current
from components.upload_flow import delivery_ledger
from components.upload_words import fix_words, reason_words, rule_words
from reports.upload_files import write_refused
from warehouse.contract import contract
from warehouse.queries import deliveries

# Rows of one workbook; whoever has more of them mends the source and sends the whole file again.
MOST_ROWS = 20_000


def show(batch_id: str) -> Response:
    """Return the refused rows as a workbook; what was taken out is written into the audit chain."""
    context, settings = current(), current_app.extensions["settings"]
    batch = deliveries.delivery(context.scope, delivery_ledger(), batch_id)
    frame = deliveries.refused_rows(context.scope, settings, batch, limit=MOST_ROWS)
    terms, lang = contract(batch.dataset), context.lang
    said = []
    for row in frame.iter_rows(named=True):
        value = deliveries.delivered_cell(row["raw"], row["column"], terms, batch.options)
        reason = reason_words(row, value, terms, lang)
        said.append((rule_words(row["rule"], terms, lang), reason, fix_words(row["rule"], terms, lang)))
    door: Door = current_app.extensions["door"]
    with door.engine.begin() as connection:
        door.trail.append(
            connection,
            actor=context.account.account_name,
            action="delivery.refused_rows",
            target=f"{batch.dataset} batch={batch.batch_id} rows={frame.height}",
            result="done",
        )
    with TemporaryDirectory(prefix="refused-") as folder:
        path = Path(folder) / "refused.xlsx"
        write_refused(frame, said, path)
        return workbook_answer(path.read_bytes(), f"{batch.dataset}_退回行_{batch.batch_id[:8]}.xlsx")


RESOURCE = Resource(rule="/api/refused/<batch_id>.xlsx", action="data.upload", view=show)
