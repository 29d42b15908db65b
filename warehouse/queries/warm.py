"""What readers would otherwise wait for at the first visit, made when a server process starts."""

from __future__ import annotations

import logging

from kernel.errors import SportsMapError
from kernel.scope import GrantedScope
from warehouse.queries import whatif
from warehouse.queries.venue_filter import DEFAULT_MINUTES, VenueFilter

LOG = logging.getLogger(__name__)


def warm(scope: GrantedScope) -> None:
    """Make the ground of what-if questions for all venues; without a snapshot, streets or cells there is nothing to do.

    Parameters
    ----------
    scope : GrantedScope
        Must cover internal data: what is kept is shared by all who may ask.
    """
    try:
        whatif.answer(scope, VenueFilter(), (), DEFAULT_MINUTES)
    except SportsMapError as error:
        LOG.info("nothing was made ready: %s", error.message)
