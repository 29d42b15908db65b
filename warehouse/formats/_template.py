"""Which version of a template a workbook was made from."""

from __future__ import annotations

import hashlib

import python_calamine

from warehouse.contract import Contract
from warehouse.delivery import rejection

# The sheet of a template that explains its columns, and the label beside the version.
GUIDE_SHEET = "填报说明"
VERSION_LABEL = "模板版本"
_ROWS_SEARCHED = 10


def template_version(contract: Contract) -> str:
    """Return 10 hexadecimal digits that change with the columns of a contract."""
    columns = [
        (column.name, column.type, column.zh, column.required, column.unit, column.code_list, column.codes)
        for column in contract.columns
    ]
    return hashlib.sha256(repr((contract.dataset, columns)).encode()).hexdigest()[:10]


def refuse_old_template(workbook: python_calamine.CalamineWorkbook, contract: Contract, file: str) -> None:
    """Refuse a workbook that was made from a template of another version or dataset.

    Raises
    ------
    DataRejected
        ``TEMPLATE_VERSION``.
    """
    if GUIDE_SHEET not in workbook.sheet_names:
        return
    for row in workbook.get_sheet_by_name(GUIDE_SHEET).to_python(nrows=_ROWS_SEARCHED):
        texts = [str(cell).strip() for cell in row]
        if texts[:1] == [VERSION_LABEL] and len(texts) > 2:
            dataset, version = texts[1], texts[2]
            break
    else:
        return
    if dataset != contract.dataset:
        message = f"The workbook is a template of {dataset}, not of {contract.dataset}."
        fix = f"Deliver it as {dataset}, or download the template of {contract.dataset}."
        raise rejection("TEMPLATE_VERSION", message, fix, file=file)
    if version != template_version(contract):
        message = f"The template has version {version}; now it is {template_version(contract)}."
        fix = "Download the present template, paste the data column by column and send that."
        raise rejection("TEMPLATE_VERSION", message, fix, file=file)
