"""The search for the best sites, in the background."""

from __future__ import annotations

from jobs.declaration import Job
from warehouse.queries.siting import solve

JOB = Job(action="planning.solve", run=solve)
