"""``/api/template/<dataset>.xlsx``: the workbook in which a dataset is filled in."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Response, current_app

from api._file import workbook_answer
from components.page import Resource
from components.request import current
from components.upload_flow import delivery_ledger
from reports.upload_files import write_template
from warehouse.contract import contract
from warehouse.queries import deliveries


def show(dataset: str) -> Response:
    """Return the template of a dataset."""
    terms, settings = contract(dataset), current_app.extensions["settings"]
    codes = deliveries.code_names(current().scope, settings, delivery_ledger())
    with TemporaryDirectory(prefix="template-") as folder:
        path = Path(folder) / "template.xlsx"
        write_template(terms, codes, path)
        return workbook_answer(path.read_bytes(), f"{terms.name_zh}_{dataset}_模板.xlsx")


RESOURCE = Resource(rule="/api/template/<dataset>.xlsx", action="data.upload", view=show)
