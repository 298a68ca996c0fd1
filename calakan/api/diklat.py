"""The catalogue, and writing, publishing, closing and scheduling a diklat."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response, url_for

from calakan.api import door
from calakan.api.bodies import Body
from calakan.api.door import PAGING, Operation, Param, Reply
from calakan.api.schema import DAY, INSTANT, LINK, TEXT, WHOLE, YES_NO, Schema, many, maybe, obj, one_of, paged
from calakan.diklat import queries, reasons
from calakan.diklat.forms import DiklatForm, ReasonForm, values_of
from calakan.diklat.models import Diklat, DiklatState, Group, Kind, LiveSession, Mode, SeatBy, SessionState
from calakan.diklat.services import details, states
from calakan.enrolment import queries as enrolments
from calakan.enrolment.seats import released_at
from calakan.kernel import clock
from calakan.narasumber import queries as narasumber
from calakan.narasumber.models import Duty
from calakan.office.queries import office_settings
from calakan.people.models import Jenjang
from calakan.web import gate
from calakan.web.chrome import lists

SEAT_RULE = obj(
    by=maybe(one_of(SeatBy)),
    limits=TEXT,
    release_days=maybe(WHOLE),
    released_at=maybe(INSTANT),
    newcomers_first=YES_NO,
    says=many(TEXT),
)
SEATS = obj(quota=maybe(WHOLE), taken=WHOLE, waiting=WHOLE, left=maybe(WHOLE))
DIKLAT: Schema = obj(
    slug=TEXT, title=TEXT, summary=TEXT, kind=one_of(Kind), mode=one_of(Mode), place=TEXT, topics=many(TEXT),
    levels=many(one_of(Jenjang)), posts=many(TEXT), jp=WHOLE, state=one_of(DiklatState), starts_at=maybe(INSTANT),
    ends_at=maybe(INSTANT), enrol_opens_at=maybe(INSTANT), enrol_closes_at=maybe(INSTANT), seats=SEATS, seat_rule=SEAT_RULE,
    url=LINK,
)  # fmt: skip
SESSION: Schema = obj(
    id=TEXT, number=WHOLE, title=TEXT, starts_at=INSTANT, ends_at=INSTANT, local_date=DAY, jp=WHOLE, place=TEXT,
    state=one_of(SessionState), cancel_reason=TEXT, people=many(obj(name=TEXT, duty=one_of(Duty))),
)  # fmt: skip
DIKLAT_FULL = obj(
    **DIKLAT["properties"], description=TEXT, outcomes=many(TEXT), min_attendance_percent=WHOLE, minutes_per_jp=WHOLE, remind=YES_NO,
    programme=many(obj(position=WHOLE, title=TEXT, note=TEXT, group=one_of(Group), jp=WHOLE, live=YES_NO)),
    sessions=many(SESSION),
)  # fmt: skip
CATALOGUE_PARAMS = (
    Param("q", TEXT, "Kata dalam judul atau ringkasan."),
    Param("level", one_of([*Jenjang, "umum"]), "Jenjang; umum: lintas jenjang."),
    Param("topic", TEXT, "Kode topik."),
    Param("when", one_of(["pekan", "bulan"]), "Mulai pekan ini atau bulan ini."),
    Param("jp", one_of(["6", "8"]), "6: sampai 6 JP; 8: 8 JP ke atas."),
    Param("free", {**YES_NO, "default": False}, "Hanya yang masih ada kursi."),
    *PAGING,
)
MANAGED_PARAMS = (
    Param("q", TEXT, "Kata dalam judul atau ringkasan."),
    Param("state", one_of(DiklatState), "Keadaan."),
    *PAGING,
)


def session_id(session: LiveSession, slug: str) -> str:
    """Stable for ever: a session keeps its number, and a diklat its slug."""
    return f"{slug}~{session.number}"


def cards(found: Sequence[Diklat]) -> list[dict[str, Any]]:
    """Of several diklat, with one statement for all their seats."""
    seats = enrolments.seats(*found)
    return [_card(diklat, seats[diklat.id]) for diklat in found]


def _card(diklat: Diklat, seats: enrolments.Seats) -> dict[str, Any]:
    return {
        "slug": diklat.slug,
        "title": diklat.title,
        "summary": diklat.summary,
        "kind": diklat.kind.value,
        "mode": diklat.mode.value,
        "place": diklat.place,
        "topics": sorted(row.topic for row in diklat.topics),
        "levels": [level.value for level in diklat.jenjang],
        "posts": sorted(row.jabatan for row in diklat.posts),
        "jp": diklat.jp,
        "state": diklat.state.value,
        "starts_at": door.instant(diklat.starts_at),
        "ends_at": door.instant(diklat.ends_at),
        "enrol_opens_at": door.instant(diklat.enrol_opens_at),
        "enrol_closes_at": door.instant(diklat.enrol_closes_at),
        "seats": {"quota": seats.quota, "taken": seats.taken, "waiting": seats.waiting, "left": seats.left},
        "seat_rule": _seat_rule(diklat),
        "url": door.address(url_for("diklat.detail", slug=diklat.slug)),
    }


def _seat_rule(diklat: Diklat) -> dict[str, Any]:
    at = released_at(diklat)
    return {
        "by": diklat.seat_by.value if diklat.seat_by else None,
        "limits": reasons.limit(diklat),
        "release_days": diklat.seat_release_days,
        "released_at": door.instant(at),
        "newcomers_first": diklat.newcomers_first,
        "says": reasons.seat_rule(diklat, at),
    }


def sessions(diklat: Diklat) -> list[dict[str, Any]]:
    """Without room links: those are for the enrolled, on their own page."""
    found = queries.sessions_of(diklat.id, cancelled=True)
    assigned = narasumber.confirmed_of([session.id for session in found])
    return [
        {
            "id": session_id(session, diklat.slug),
            "number": session.number,
            "title": session.title,
            "starts_at": door.instant(session.starts_at),
            "ends_at": door.instant(session.ends_at),
            "local_date": session.local_date.isoformat(),
            "jp": session.jp,
            "place": session.place,
            "state": session.state.value,
            "cancel_reason": session.cancel_reason,
            "people": [
                {"name": row.person.printed_name, "duty": row.duty.value} for row in assigned.get(session.id, ())
            ],
        }
        for session in found
    ]


def full(diklat: Diklat) -> dict[str, Any]:
    return {
        **cards([diklat])[0],
        "description": diklat.description,
        "outcomes": [line for line in diklat.outcomes.splitlines() if line.strip()],
        "min_attendance_percent": diklat.min_attendance_percent,
        "minutes_per_jp": diklat.minutes_per_jp,
        "remind": diklat.remind,
        "programme": [
            {
                "position": row.position,
                "title": row.title,
                "note": row.note,
                "group": row.group.value,
                "jp": row.jp,
                "live": row.live,
            }
            for row in queries.programme(diklat.id)
        ],
        "sessions": sessions(diklat),
    }


def catalogue() -> Response:
    asked = door.query(CATALOGUE_PARAMS)
    words, level, topic, when, jp = (asked[name] or "" for name in ("q", "level", "topic", "when", "jp"))
    filters = queries.Filters(words=words, level=level, topic=topic, when=when, jp=jp)
    wanted = queries.catalogue(filters, now=clock.now(), also=[narasumber.speaks])
    if asked["free"]:
        wanted = wanted.where(enrolments.has_seats())
    return door.listed(wanted, asked, cards)


def detail(slug: str) -> Response:
    return door.answer(full(gate.subject(Diklat)))


def managed() -> Response:
    asked = door.query(MANAGED_PARAMS)
    state = DiklatState(asked["state"]) if asked["state"] else None
    return door.listed(queries.managed(gate.actor(), words=asked["q"] or "", state=state), asked, cards)


def _offer(form: DiklatForm) -> None:
    form.offer(lists().active("topic"), lists().active("jabatan"))


def create() -> Response:
    actor = gate.actor()
    usual = {"min_attendance_percent": office_settings().min_attendance_percent, "remind": True}
    form = CREATE.read(usual, offer=_offer)
    lead_id = None if actor.is_committee else actor.person_id

    def work() -> Reply:
        return Reply(full(details.create(form.details(), lead_id=lead_id, actor=actor, now=clock.now())), 201)

    return door.write(work)


def change(slug: str) -> Response:
    diklat, actor = gate.subject(Diklat), gate.actor()
    id, stored = diklat.id, values_of(diklat)

    def offer(form: DiklatForm) -> None:
        """What may be chosen now, and what was chosen before though switched off since."""
        chosen = {kind: [(code, code) for code in stored[kind]] for kind in ("topics", "posts")}
        form.offer(lists().active("topic") + chosen["topics"], lists().active("jabatan") + chosen["posts"])

    form = CHANGE.read(stored, offer=offer)

    def work() -> Reply:
        keep = bool(form.keep_seated.data)
        return Reply(full(details.change(id, form.details(), actor=actor, now=clock.now(), keep_seated=keep)))

    return door.write(work)


def publish(slug: str) -> Response:
    id, actor = gate.subject(Diklat).id, gate.actor()
    return door.write(lambda: Reply(full(states.publish(id, actor=actor, now=clock.now()))))


def close(slug: str) -> Response:
    id, actor = gate.subject(Diklat).id, gate.actor()
    return door.write(lambda: Reply(full(states.close(id, actor=actor, now=clock.now()))))


def cancel(slug: str) -> Response:
    id, actor = gate.subject(Diklat).id, gate.actor()
    form = REASON.read()
    return door.write(lambda: Reply(full(states.cancel(id, reason=form.reason.data, actor=actor, now=clock.now()))))


CREATE = Body(DiklatForm, optional=("min_attendance_percent",), without=("keep_seated",))
CHANGE = Body(DiklatForm, partial=True)
REASON = Body(ReasonForm)
OPERATIONS = [
    Operation(
        method="GET", path="/diklat", name="catalogue", view=catalogue, summary="Katalog diklat", public=True,
        about="Diklat terbit yang belum selesai, yang paling dekat lebih dulu.",
        params=CATALOGUE_PARAMS, answers={200: paged(DIKLAT)},
    ),
    Operation(
        method="GET", path="/diklat/{slug}", name="diklat", view=detail, summary="Satu diklat", public=True,
        answers={200: DIKLAT_FULL}, refusals=(404,),
    ),
    Operation(
        method="GET", path="/manage/diklat", name="managed_diklat", view=managed, summary="Diklat yang dikelola",
        about="Semua bagi panitia, yang diampu bagi narasumber; draf termasuk.",
        params=MANAGED_PARAMS, answers={200: paged(DIKLAT)}, refusals=(403,),
    ),
    Operation(
        method="POST", path="/diklat", name="create_diklat", view=create, summary="Buat draf diklat",
        body=CREATE, answers={201: DIKLAT_FULL}, refusals=(403,),
    ),
    Operation(
        method="PATCH", path="/diklat/{slug}", name="change_diklat", view=change, summary="Ubah diklat",
        about="Hanya isian yang dikirim yang berubah.",
        body=CHANGE, answers={200: DIKLAT_FULL}, refusals=(404, 409),
    ),
    Operation(
        method="POST", path="/diklat/{slug}/publish", name="publish_diklat", view=publish, summary="Terbitkan",
        answers={200: DIKLAT_FULL}, refusals=(404, 409),
    ),
    Operation(
        method="POST", path="/diklat/{slug}/close", name="close_diklat", view=close, summary="Tutup diklat",
        about="Kehadiran menjadi final dan sertifikat diminta.",
        answers={200: DIKLAT_FULL}, refusals=(404, 409),
    ),
    Operation(
        method="POST", path="/diklat/{slug}/cancel", name="cancel_diklat", view=cancel, summary="Batalkan diklat",
        body=REASON, answers={200: DIKLAT_FULL}, refusals=(404, 409),
    ),
]  # fmt: skip
