"""Faults of the exchange log."""

from __future__ import annotations

FAULTS: tuple[tuple[str, dict[str, object], str], ...] = (
    ("exchange_log", {"package_id": None}, "REQUIRED"),
    ("exchange_log", {"accepted_count": 999_999_999, "signature_ok": "true"}, "COUNTS_DO_NOT_ADD_UP"),
    ("exchange_log", {"received_at": "2021-11-01T00:00:00Z"}, "RECEIVED_BEFORE_SENT"),
    ("exchange_log", {"signature_ok": "false"}, "UNSIGNED_ROWS_ACCEPTED"),
    ("exchange_log", {"to_node": "321000", "from_node": "321000"}, "SENT_TO_ITSELF"),
)
