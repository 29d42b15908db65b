"""Asking for a build after rows were taken in that no person delivered: a package of another node."""

from __future__ import annotations

import logging
from importlib.util import find_spec

from sqlalchemy import Engine

from access.accounts import Account, find_by_id, list_accounts
from access.policy import grant
from kernel.errors import WordedError
from ledger import job_queue
from warehouse.exchange.keys import find_key

LOG = logging.getLogger(__name__)
KIND = "build"
# Whoever may let deliveries count may let them be built.
ACTION = "data.approve"


def order_build(engine: Engine, key_id: str) -> str | None:
    """Put a build into the queue and return the job's id; None where nobody may build or there is no such job.

    Parameters
    ----------
    engine : Engine
        The ledger.
    key_id : str
        Key that signed the package. The build runs in the name of the account that put it into the trust list: it
        answers for what comes with that key. For a key from the command line, the first account that may stands in.

    Notes
    -----
    Rows that were taken in are safe whether or not a build follows: the next one, for whatever reason, has them.
    """
    if find_spec(f"jobs.{KIND}") is None:
        LOG.warning("there is no job %s; the rows wait for the next build", KIND)
        return None
    account = _account(engine, key_id)
    if account is None:
        LOG.warning("no account may build; the rows wait for the next build")
        return None
    try:
        return job_queue.submit(engine, grant(account), KIND, {"asked_by": account.account_name})
    except WordedError as error:
        # As many builds as may wait are waiting already: the last of them has these rows, too.
        LOG.info("no further build was asked for: %s", error.message)
        return None


def _account(engine: Engine, key_id: str) -> Account | None:
    key = find_key(engine, key_id)
    trusted_by = None if key is None or key.trusted_by is None else find_by_id(engine, key.trusted_by)
    candidates = [*([] if trusted_by is None else [trusted_by]), *list_accounts(engine)]
    return next((account for account in candidates if grant(account).may(ACTION)), None)
