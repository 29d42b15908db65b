"""One delivery under check: what it must be, what it says of itself, what is known, what was found."""

from __future__ import annotations

from dataclasses import dataclass

from warehouse.contract import Contract
from warehouse.delivery import CheckContext, DeliveryOptions
from warehouse.rules.faults import FaultLog


@dataclass(frozen=True, slots=True)
class Case:
    """The contract, the options, the coordinate system in force, the context and the log of one check."""

    terms: Contract
    options: DeliveryOptions
    crs: str
    context: CheckContext
    log: FaultLog
