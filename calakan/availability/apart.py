"""Foreign calendars are read by a process with limits of its own."""

from __future__ import annotations

from datetime import datetime

from calakan.intake import process
from calakan.intake.unfit import UnfitError
from calakan.kernel import clock


class CalendarUnread(Exception):
    """`why` is one word for the page, as of FetchFailed: content, often, heavy, busy."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def busy_times(content: bytes, *, now: datetime) -> list[tuple[datetime, datetime]]:
    """As `reading.busy_times` tells them there. Raises CalendarUnread."""
    try:
        said = process.answer("calakan.availability", now.isoformat(), clock.abbreviation(), content=content)
    except UnfitError as error:
        raise CalendarUnread(error.why) from None
    return [(datetime.fromisoformat(begins), datetime.fromisoformat(ends)) for begins, ends in said["times"]]
