"""Copies of a letter's row for the other channels of its person. No channel set up: nothing is asked or written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from calakan.notifications import letters, queries
from calakan.notifications.ways import Way


def copies(rows: Sequence[dict[str, Any]], ways: Sequence[Way]) -> list[dict[str, Any]]:
    """One more row for each of these ways that the person has confirmed and wants for this kind; its key tells the way."""
    open_rows = [row for row in rows if _open(row)] if ways else []
    if not open_rows:
        return []
    reach = _reach({row["person_id"] for row in open_rows}, ways)
    silent = queries.muted(reach) if reach else set()
    return [
        {**row, "key": f"{row['key']}#{mark}", "channel": way, "address": address}
        for row in open_rows
        for way, address, mark in reach.get(row["person_id"], ())
        if (row["person_id"], letters.kind_of(row["kind"]).topic, way) not in silent
    ]


def _open(row: dict[str, Any]) -> bool:
    """What is for the mailbox alone goes elsewhere when there is no mailbox."""
    return row["channel"] is Way.MAIL and not (row["address"] and letters.kind_of(row["kind"]).mail_only)


def _reach(people: set[int], ways: Sequence[Way]) -> dict[int, list[tuple[Way, str, str]]]:
    """Way, address and what the key says of it, of each address of these people. Push has one for each device."""
    found: dict[int, list[tuple[Way, str, str]]] = defaultdict(list)
    others = [way for way in ways if way is not Way.PUSH]
    for person_id, of_person in (queries.addresses(people, others) if others else {}).items():
        found[person_id] += [(way, address, way) for way, address in of_person.items()]
    for person_id, devices in (queries.devices(people) if Way.PUSH in ways else {}).items():
        found[person_id] += [(Way.PUSH, name, f"{Way.PUSH}:{name[-6:]}") for name in devices]
    return found
