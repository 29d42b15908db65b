"""Command line of the accounts: ``python -m access reset`` and ``python -m access verify``."""

from __future__ import annotations

import argparse
import sys

from access.audit import AuditTrail, load_key
from access.first_run import Credential, reset_demo_accounts
from access.tables import create_tables
from kernel.settings import load_settings
from ledger import open_ledger


def credential_table(credentials: list[Credential]) -> str:
    """Return the accounts as an aligned text table."""
    width = max(len(credential.account_name) for credential in credentials)
    return "\n".join(f"  {credential.account_name:<{width}}  {credential.password}" for credential in credentials)


def main(arguments: list[str] | None = None) -> int:
    """Run a command and return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m access", description="Accounts and audit of Sports One Map.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("reset", help="new passwords for the demo account of every role, printed once")
    commands.add_parser("verify", help="verify the audit chain")
    command = parser.parse_args(arguments).command
    settings = load_settings()
    engine = open_ledger(settings)
    create_tables(engine)
    trail = AuditTrail(load_key(settings.data_dir))
    if command == "reset":
        sys.stdout.write(credential_table(reset_demo_accounts(engine, trail, mode=settings.mode)) + "\n")
        return 0
    count, broken = trail.verify(engine)
    if broken is not None:
        sys.stdout.write(f"The audit chain of {count} rows breaks at row {broken}.\n")
        return 1
    sys.stdout.write(f"The audit chain of {count} rows is whole.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
