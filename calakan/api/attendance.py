"""Checking in by code."""

from __future__ import annotations

from flask import Response

from calakan.api import door, problem
from calakan.api.bodies import Body
from calakan.api.door import Operation, Reply
from calakan.api.schema import TEXT, obj, one_of
from calakan.attendance import services
from calakan.attendance.forms import CheckInForm
from calakan.attendance.services import Answer
from calakan.diklat.models import LiveSession
from calakan.kernel import clock
from calakan.web import gate

CHECKED_IN = obj(session=TEXT, answer=one_of([Answer.PRESENT, Answer.ALREADY]))


def check_in(id: str) -> Response:
    session_id, actor, me, form = gate.subject(LiveSession).id, gate.actor(), door.me(), CHECK_IN.read()

    def work() -> Reply:
        """A miss is kept too, for the panitia's list and as the brake on guessing; so it is a reply, not an error."""
        answered = services.check_in(
            me, form.code.data, actor=actor, now=clock.now(), only_session_id=session_id
        ).answer
        refusal = services.REFUSALS.get(answered)
        if refusal is None:
            return Reply({"session": id, "answer": answered.value})
        status = 429 if answered is Answer.TOO_MANY else 422
        return Reply(problem.body_of(refusal(), status), status)

    return door.write(work)


CHECK_IN = Body(CheckInForm)
OPERATIONS = [
    Operation(
        method="POST", path="/sessions/{id}/check-in", name="check_in", view=check_in, summary="Catat kehadiran",
        about="Kode enam angka yang ditampilkan saat sesi. id sesi: <slug>~<nomor>.",
        body=CHECK_IN, answers={200: CHECKED_IN}, refusals=(404,),
    ),
]  # fmt: skip
