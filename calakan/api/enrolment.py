"""Joining and leaving, and one's own enrolments."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import Response

from calakan.api import door
from calakan.api.bodies import Body
from calakan.api.diklat import DIKLAT, cards
from calakan.api.door import PAGING, Operation, Param, Reply
from calakan.api.schema import INSTANT, TEXT, WHOLE, YES_NO, many, maybe, obj, one_of, paged
from calakan.attendance import queries as attendance
from calakan.completion import reasons
from calakan.completion.standing import Lack, Standing, standing, standing_of_person
from calakan.diklat.models import Diklat
from calakan.enrolment import joining, preview, queries, services
from calakan.enrolment import reasons as why_not
from calakan.enrolment.forms import JoinForm, LeaveForm
from calakan.enrolment.models import Enrolment, EnrolmentState
from calakan.kernel import clock, db
from calakan.office.queries import office_settings
from calakan.people.models import Jenjang, Person
from calakan.web import gate

ENROLMENT = obj(
    diklat=TEXT,
    code=TEXT,
    state=one_of(EnrolmentState),
    queued_at=INSTANT,
    decided_at=INSTANT,
    place_in_line=maybe(WHOLE),
    waits=maybe(TEXT),
)
COMPLETION = obj(passed=YES_NO, lacks=many(one_of(Lack)), says=many(TEXT))
STANDING = obj(earned_jp=WHOLE, live_jp=WHOLE, percent=WHOLE, min_percent=WHOLE, met=YES_NO)
MINE = obj(items=many(obj(enrolment=ENROLMENT, diklat=DIKLAT, attendance=STANDING, completion=COMPLETION)))
PARTICIPANT = obj(
    code=TEXT, name=TEXT, jenjang=maybe(one_of(Jenjang)), jabatan=maybe(TEXT), enrolment=ENROLMENT,
    attendance=STANDING, completion=COMPLETION,
)  # fmt: skip
ROSTER_PARAMS = (
    Param("q", TEXT, "Kata dalam nama."),
    Param("jenjang", one_of(Jenjang), "Jenjang."),
    Param("state", {**one_of([EnrolmentState.CONFIRMED, EnrolmentState.WAITING]), "default": "confirmed"}, "Keadaan."),
    *PAGING,
)


def _shown(
    enrolment: Enrolment, slug: str, *, line: Sequence[int] | None = None, waits: str | None = None
) -> dict[str, Any]:
    """`line` is the whole waiting list, where it was read already; `waits` says why there is no seat now."""
    place = None
    if enrolment.state is EnrolmentState.WAITING:
        place = line.index(enrolment.id) + 1 if line is not None else queries.place_in_line(enrolment)
    return {
        "diklat": slug,
        "code": enrolment.shown_code,
        "state": enrolment.state.value,
        "queued_at": door.instant(enrolment.queued_at),
        "decided_at": door.instant(enrolment.decided_at),
        "place_in_line": place,
        "waits": waits,
    }


def _completion(found: Standing, diklat: Diklat, contact: str, now: datetime) -> dict[str, Any]:
    says = [row.text for row in reasons.lines(found, contact=contact, now=now)] or [reasons.outcome(diklat, now=now)]
    return {"passed": found.met, "lacks": [] if found.met else [lack.value for lack in found.lacks], "says": says}


def _standing(progress: attendance.Progress) -> dict[str, Any]:
    return {
        "earned_jp": progress.earned_jp,
        "live_jp": progress.live_jp,
        "percent": progress.percent,
        "min_percent": progress.min_percent,
        "met": progress.met,
    }


def join(slug: str) -> Response:
    diklat_id, actor, me = gate.subject(Diklat).id, gate.actor(), door.me()
    accept = bool(JOIN.read().accept_overlap.data) if door.has_body() else False

    applicant = joining.applicant(diklat_id, me, now=clock.now())

    def work() -> Reply:
        made = services.join(diklat_id, me, actor=actor, now=clock.now(), accept_overlap=accept, applicant=applicant)
        return Reply(_shown(made, slug, waits=_waits(made)), 201)

    return door.write(work)


def _waits(made: Enrolment) -> str | None:
    if made.state is not EnrolmentState.WAITING:
        return None
    diklat, person = db.session().get_one(Diklat, made.diklat_id), db.session().get_one(Person, made.person_id)
    verdict = preview.verdict(diklat, person, now=clock.now())
    return why_not.waits(diklat, verdict) or None


def leave(slug: str) -> Response:
    diklat_id, actor, me = gate.subject(Diklat).id, gate.actor(), door.me()
    reason = (LEAVE.read().reason.data or "") if door.has_body() else ""

    def work() -> Reply:
        return Reply(_shown(services.leave(diklat_id, me, actor=actor, now=clock.now(), reason=reason), slug))

    return door.write(work)


def mine() -> Response:
    me, now = door.me(), clock.now()
    found = queries.of_person(me)
    held, contact = standing_of_person([row.diklat for row in found], me, now=now), office_settings().contact
    shown = cards([row.diklat for row in found])
    items = [
        {
            "enrolment": _shown(row, row.diklat.slug),
            "diklat": card,
            "attendance": _standing(held[row.diklat_id].progress),
            "completion": _completion(held[row.diklat_id], row.diklat, contact, now),
        }
        for row, card in zip(found, shown, strict=True)
    ]
    return door.answer({"items": items})


def roster(slug: str) -> Response:
    diklat, asked = gate.subject(Diklat), door.query(ROSTER_PARAMS)
    wanted = queries.roster(
        diklat.id,
        visible_to=gate.actor(),
        words=asked["q"] or "",
        jenjang=Jenjang(asked["jenjang"]) if asked["jenjang"] else None,
        state=EnrolmentState(asked["state"]),
    )

    def show(rows: Any) -> list[dict[str, Any]]:
        line = queries.line(diklat.id)
        now, contact = clock.now(), office_settings().contact
        found = standing(diklat, [row.person_id for row in rows], now=now)
        return [
            {
                "code": row.person.code,
                "name": row.person.printed_name,
                "jenjang": row.person.jenjang.value if row.person.jenjang else None,
                "jabatan": row.person.jabatan,
                "enrolment": _shown(row, slug, line=line),
                "attendance": _standing(found[row.person_id].progress),
                "completion": _completion(found[row.person_id], diklat, contact, now),
            }
            for row in rows
        ]

    return door.listed(wanted, asked, show)


JOIN, LEAVE = Body(JoinForm), Body(LeaveForm)
OPERATIONS = [
    Operation(
        method="POST", path="/diklat/{slug}/enrolment", name="join", view=join, summary="Daftar diklat",
        about="Mendapat kursi, atau tempat pada daftar tunggu. Diulang: jawaban pertama. Isi boleh kosong.",
        body=JOIN, answers={201: ENROLMENT}, refusals=(404, 409),
    ),
    Operation(
        method="DELETE", path="/diklat/{slug}/enrolment", name="leave", view=leave, summary="Batalkan pendaftaran",
        about="Isi boleh kosong.", body=LEAVE, answers={200: ENROLMENT}, refusals=(404, 409),
    ),
    Operation(
        method="GET", path="/me/enrolments", name="my_enrolments", view=mine, summary="Diklat yang diikuti",
        answers={200: MINE},
    ),
    Operation(
        method="GET", path="/diklat/{slug}/participants", name="participants", view=roster, summary="Daftar peserta",
        params=ROSTER_PARAMS, answers={200: paged(PARTICIPANT)}, refusals=(404,),
    ),
]  # fmt: skip
