"""Copies of a letter's row for the other channels of its person. No channel set up: nothing is asked or written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from calakan.notifications import queries, topics
from calakan.notifications.ways import Way, mail_only


def copies(rows: Sequence[dict[str, Any]], ways: Sequence[Way]) -> list[dict[str, Any]]:
    """One more row for each of these ways that the person has confirmed and wants for this kind; its key tells the way."""
    open_rows = [row for row in rows if _open(row)] if ways else []
    if not open_rows:
        return []
    people = {row["person_id"] for row in open_rows}
    reach = queries.addresses(people, ways)
    silent = queries.muted(reach) if reach else set()
    return [
        {**row, "key": f"{row['key']}#{way}", "channel": way, "address": address}
        for row in open_rows
        for way, address in reach.get(row["person_id"], {}).items()
        if (row["person_id"], topics.OF_KIND.get(row["kind"]), way) not in silent
    ]


def _open(row: dict[str, Any]) -> bool:
    return row["channel"] is Way.MAIL and not mail_only(row["kind"])
