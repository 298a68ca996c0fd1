"""Scheduling sessions with their people, as the pages do."""

from __future__ import annotations

from typing import Any

from flask import Response

from calakan.api import door
from calakan.api.bodies import Body
from calakan.api.diklat import DIKLAT_FULL, REASON, full
from calakan.api.door import Operation, Reply
from calakan.api.schema import Schema
from calakan.diklat import queries
from calakan.diklat.forms import SessionForm
from calakan.diklat.models import Diklat, LiveSession
from calakan.diklat.services import sessions as live_sessions
from calakan.kernel import clock
from calakan.kernel.actor import Actor
from calakan.narasumber import queries as narasumber
from calakan.narasumber import services as speaking
from calakan.narasumber.models import Duty
from calakan.web import gate

CODES: Schema = {"type": "array", "items": {"type": "string"}, "uniqueItems": True, "maxItems": 20}
ROW: Schema = {"type": ["integer", "null"], "minimum": 1, "maximum": 9999}
BODY_OF_SESSION = {"speakers": CODES, "moderators": CODES, "row": ROW}


class _People:
    """Codes of people -> the ids the form knows; only those who may speak, or stand in the session already."""

    def __init__(self, session_id: int | None = None) -> None:
        people = {person.id: person for person in narasumber.can_speak()}
        held = narasumber.assignments_of([session_id]).get(session_id, []) if session_id is not None else []
        people |= {row.person_id: row.person for row in held}
        self.by_code = {person.code: person.id for person in people.values()}
        self.confirmed = (
            [(row.person_id, row.duty) for row in narasumber.confirmed_of([session_id]).get(session_id, [])]
            if session_id is not None
            else []
        )

    def ids(self, codes: list[str]) -> list[int]:
        unknown = [code for code in codes if code.upper() not in self.by_code]
        if unknown:
            raise ValueError(f"Kode {unknown[0][:20]} bukan narasumber yang disetujui.")
        return [self.by_code[code.upper()] for code in codes]

    def offer(self, form: SessionForm) -> None:
        form.account.choices = [("", "")]
        form.speakers.choices = form.moderators.choices = [(id, code) for code, id in self.by_code.items()]

    def having(self, duty: Duty) -> list[int]:
        return [id for id, held in self.confirmed if held is duty]


def _shown(slug: str) -> dict[str, Any]:
    diklat = queries.by_slug(slug)
    assert diklat is not None
    return full(diklat)


def add(slug: str) -> Response:
    diklat_id, actor, people = gate.subject(Diklat).id, gate.actor(), _People()
    rows = {row.position: row.id for row in queries.programme(diklat_id) if row.live}

    def row_of(position: int | None) -> str:
        if position is not None and position not in rows:
            raise ValueError("Tidak ada materi sesi dengan nomor ini pada struktur program.")
        return str(rows[position]) if position is not None else ""

    def offer(form: SessionForm) -> None:
        people.offer(form)
        form.row.choices = [("", ""), *((str(id), str(id)) for id in rows.values())]

    usual = queries.row_in_need(diklat_id)
    form = ADD.read(
        {"row": str(usual.id) if usual is not None else ""},
        offer=offer,
        convert={"speakers": people.ids, "moderators": people.ids, "row": row_of},
    )

    def work() -> Reply:
        speaking.schedule(
            diklat_id, form.plan(), form.speakers.data, moderator_ids=form.moderators.data, actor=actor, now=clock.now()
        )
        return Reply(_shown(slug), 201)

    return door.write(work)


def change(id: str) -> Response:
    session, actor = gate.subject(LiveSession), gate.actor()
    session_id, slug, people = session.id, session.diklat.slug, _People(session.id)
    names = ("title", "starts_at", "ends_at", "jp", "room_url", "room_note", "stream_url", "room_capacity", "place")
    stored: dict[str, Any] = {name: getattr(session, name) for name in names} | {"jp": session.jp or None}
    stored |= {"speakers": people.having(Duty.SPEAKER), "moderators": people.having(Duty.MODERATOR), "row": ""}

    def offer(form: SessionForm) -> None:
        people.offer(form)
        form.row.choices = [("", "")]

    form = CHANGE.read(stored, offer=offer, convert={"speakers": people.ids, "moderators": people.ids})
    return door.write(lambda: _reschedule(session_id, slug, form, actor))


def _reschedule(session_id: int, slug: str, form: SessionForm, actor: Actor) -> Reply:
    speaking.reschedule(
        session_id, form.plan(), form.speakers.data, moderator_ids=form.moderators.data, actor=actor, now=clock.now()
    )
    return Reply(_shown(slug))


def cancel(id: str) -> Response:
    session, actor, form = gate.subject(LiveSession), gate.actor(), REASON.read()
    session_id, slug = session.id, session.diklat.slug

    def work() -> Reply:
        live_sessions.cancel(session_id, reason=form.reason.data, actor=actor, now=clock.now())
        return Reply(_shown(slug))

    return door.write(work)


# Meeting accounts and needs are planned on the page; what stands there is kept.
PLANNED_ON_PAGES = ("account", "needed")
ADD = Body(SessionForm, without=PLANNED_ON_PAGES, overrides=BODY_OF_SESSION)
CHANGE = Body(SessionForm, partial=True, without=("row", *PLANNED_ON_PAGES), overrides=BODY_OF_SESSION)
OPERATIONS = [
    Operation(
        method="POST", path="/diklat/{slug}/sessions", name="add_session", view=add, summary="Jadwalkan sesi",
        about="Narasumber dan moderator disebut dengan kode orangnya; row adalah nomor materi pada struktur program; "
        "tanpa itu dipilih materi yang belum punya sesi, atau materi sesi terakhir. null membuat materi baru.",
        body=ADD, answers={201: DIKLAT_FULL}, refusals=(404, 409),
    ),
    Operation(
        method="PATCH", path="/sessions/{id}", name="change_session", view=change, summary="Ubah atau pindahkan sesi",
        about="Hanya isian yang dikirim yang berubah. Peserta diberi tahu bila waktunya berubah.",
        body=CHANGE, answers={200: DIKLAT_FULL}, refusals=(404, 409),
    ),
    Operation(
        method="POST", path="/sessions/{id}/cancel", name="cancel_session", view=cancel, summary="Batalkan sesi",
        body=REASON, answers={200: DIKLAT_FULL}, refusals=(404, 409),
    ),
]  # fmt: skip
