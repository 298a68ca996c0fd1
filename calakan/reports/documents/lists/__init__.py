"""What can be exported as rows: each list knows its columns, the ids it is made of, and the cells of some of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from calakan.reports.documents.lists import attendance, hours, papers, participants
from calakan.reports.documents.lists.listing import Column, Listing, Style
from calakan.reports.models import ExportKind

LISTS: dict[ExportKind, type[Listing]] = {
    ExportKind.PARTICIPANTS: participants.Participants,
    ExportKind.ATTENDANCE: attendance.Attendance,
    ExportKind.REGISTER: papers.Register,
    ExportKind.HISTORY: papers.History,
    ExportKind.HOURS: hours.Hours,
}


def fixed_columns(kind: ExportKind) -> Sequence[Column]:
    """Of a list whose columns are the same for whatever it is asked."""
    columns = LISTS[kind].columns
    assert not isinstance(columns, property)
    return cast("Sequence[Column]", columns)


__all__ = ["LISTS", "Column", "Listing", "Style", "fixed_columns"]
