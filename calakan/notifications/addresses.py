"""Where people agreed to be written to: asking with a proof, confirming, withdrawing."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from calakan.kernel import db
from calakan.notifications.models import AddressState, ChannelAddress
from calakan.notifications.ways import Way


def gone(person_id: int, way: Way, address: str, *, now: datetime) -> None:
    """The provider says that nothing reaches this address any more: it counts as withdrawn."""
    db.session().execute(
        sa.update(ChannelAddress)
        .where(
            ChannelAddress.person_id == person_id,
            ChannelAddress.channel == way,
            ChannelAddress.address == address,
            ChannelAddress.state == AddressState.CONFIRMED,
        )
        .values(state=AddressState.WITHDRAWN, withdrawn_at=now, withdrawn_why="gone")
    )
