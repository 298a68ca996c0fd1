"""Cards of the catalogue as they are drawn, kept in each process.

All that a card shows is part of its key, so two visitors share one only where it says the same to both. Of a diklat, its
sessions and whom it is for, the key holds the edition, which the database draws anew with every change of them.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from threading import Lock

from flask import current_app, request
from markupsafe import Markup

from calakan.diklat import kept, queries
from calakan.diklat.models import Diklat, LiveSession
from calakan.enrolment.looking import Mark
from calakan.enrolment.queries import Seats
from calakan.kernel import clock
from calakan.narasumber.queries import Speaker

MOST = 4096


@dataclass(frozen=True)
class Ticket:
    """What one card says. `mark` is without its refusal, of which `closed` is the sentence; `root` begins its addresses."""

    diklat_id: int
    edition: int
    seats: Seats
    speakers: tuple[Speaker, ...]
    mark: Mark
    closed: str
    zone: str
    root: str


class _Store:
    """The longest unused leaves first."""

    def __init__(self) -> None:
        self._drawn: OrderedDict[Ticket, Markup] = OrderedDict()
        self._lock = Lock()

    def get(self, ticket: Ticket) -> Markup | None:
        with self._lock:
            found = self._drawn.get(ticket)
            if found is not None:
                self._drawn.move_to_end(ticket)
            return found

    def put(self, ticket: Ticket, drawn: Markup) -> None:
        with self._lock:
            self._drawn[ticket] = drawn
            while len(self._drawn) > MOST:
                self._drawn.popitem(last=False)


_store = _Store()


def cards(
    diklat: Sequence[Diklat],
    marks: Mapping[int, Mark],
    closed: Mapping[int, str],
    seats: Mapping[int, Seats],
    speakers: Mapping[int, Sequence[Speaker]],
) -> dict[int, Markup]:
    """diklat -> its card; sessions and audience are read of those alone that were not drawn yet."""
    keys = {
        d.id: Ticket(
            diklat_id=d.id,
            edition=d.edition,
            seats=seats[d.id],
            speakers=tuple(speakers.get(d.id, ())),
            mark=replace(marks[d.id], refusal=None),
            closed=closed.get(d.id, ""),
            zone=clock.abbreviation(),
            root=request.script_root,
        )
        for d in diklat
    }
    found = {id: _store.get(key) for id, key in keys.items()}
    fresh = _draw([d for d in diklat if found[d.id] is None], keys)
    for id, card in fresh.items():
        _store.put(keys[id], card)
    return {id: card if card is not None else fresh[id] for id, card in found.items()}


def _draw(diklat: Sequence[Diklat], keys: Mapping[int, Ticket]) -> dict[int, Markup]:
    if not diklat:
        return {}
    kept.with_audience(diklat)
    sessions: dict[int, list[LiveSession]] = {d.id: [] for d in diklat}
    for session in queries.sessions_of(*sessions):
        sessions[session.diklat_id].append(session)
    draw = current_app.jinja_env.get_template("diklat/_tiket.html").module.tiket  # type: ignore[attr-defined]  # its macro
    return {d.id: draw(d, keys[d.id], sessions[d.id]) for d in diklat}
