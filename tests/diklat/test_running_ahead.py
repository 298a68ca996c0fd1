"""When the page that runs a session is offered."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from calakan.diklat.models import RUN_AHEAD, LiveSession

START = datetime(2027, 3, 1, 2, tzinfo=UTC)
END = START + timedelta(hours=3)
MOMENT = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("now", "offered"),
    [(START - RUN_AHEAD, False), (START - RUN_AHEAD + MOMENT, True), (END - MOMENT, True), (END, False)],
)
def test_it_is_offered_from_twelve_hours_before_until_the_end(now: datetime, offered: bool) -> None:
    assert LiveSession(starts_at=START, ends_at=END).may_run(now) is offered
