"""Asking for a build after rows were taken in, from a person or in a package of another node."""

from __future__ import annotations

import logging

from sqlalchemy import Engine

from access.accounts import Account, find_by_id, list_accounts
from access.policy import grant
from kernel.errors import WordedError
from kernel.scope import GrantedScope
from ledger import job_queue
from warehouse.exchange.keys import find_key

LOG = logging.getLogger(__name__)
KIND = "build"
# Whoever may let deliveries count may let them be built.
ACTION = "data.approve"


def queue_build(engine: Engine, scope: GrantedScope, asked_by: str) -> str | None:
    """Put a build into the queue and return the job's id; None where one waits that has the new rows as well.

    Parameters
    ----------
    engine : Engine
        The ledger.
    scope : GrantedScope
        Of the account in whose name it runs.
    asked_by : str
        Name of that account.

    Notes
    -----
    Rows that were taken in are safe whether or not a build follows: the next one, for whatever reason, has them. So
    an account with too many open jobs is no reason to fail what came before.
    """
    if job_queue.is_waiting(engine, KIND):
        return None
    try:
        return job_queue.submit(engine, scope, KIND, {"asked_by": asked_by})
    except WordedError as error:
        LOG.warning("no build was asked for: %s", error.message)
        return None


def order_build(engine: Engine, key_id: str) -> str | None:
    """Put a build into the queue for a package and return the job's id; None where nobody may build or one waits.

    Parameters
    ----------
    engine : Engine
        The ledger.
    key_id : str
        Key that signed the package. The build runs in the name of the account that put it into the trust list: it
        answers for what comes with that key. For a key from the command line, the first account that may stands in.
    """
    account = _account(engine, key_id)
    if account is None:
        LOG.warning("no account may build; the rows wait for the next build")
        return None
    return queue_build(engine, grant(account), account.account_name)


def _account(engine: Engine, key_id: str) -> Account | None:
    key = find_key(engine, key_id)
    trusted_by = None if key is None or key.trusted_by is None else find_by_id(engine, key.trusted_by)
    candidates = [*([] if trusted_by is None else [trusted_by]), *list_accounts(engine)]
    return next((account for account in candidates if grant(account).may(ACTION)), None)
