"""The page behind the link of an invitation: no log-in, opening it changes nothing, one tap answers."""

from __future__ import annotations

from collections.abc import Mapping

from flask import make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from calakan.attendance import queries as check_ins
from calakan.attendance import services as attendance
from calakan.attendance.rules import AFTER_END, BEFORE_START
from calakan.diklat.models import DiklatState, SessionState
from calakan.kernel import clock, db
from calakan.kernel.actor import Actor
from calakan.kernel.askable import Askable
from calakan.kernel.errors import DomainError
from calakan.materials import queries as materials
from calakan.materials.views import send
from calakan.narasumber import queries, rules, services, tokens
from calakan.narasumber.forms import AnswerForm
from calakan.narasumber.models import Assignment, AssignmentState, Freed
from calakan.narasumber.views.room import blueprint
from calakan.people import holders
from calakan.web.limits import limiter
from calakan.web.messages import sentence

CODE_MINUTES = 30
UNCLEAR = "Pilih “Bisa” atau “Tidak bisa”. Alasan paling banyak 300 huruf."
UNTOLD = "Tulis alasannya, supaya panitia tahu."


class Standing(Askable):
    """How things stand with the link of an invitation; the states of an assignment, and four that are none."""

    UNKNOWN = "unknown"
    REPLACED = "replaced"
    CANCELLED = "cancelled"
    OVER = "over"
    ASKED = "asked"
    OFFERED = "offered"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    RELEASED = "released"
    LAPSED = "lapsed"
    MISSED = "missed"


HTTP_STATUS = {
    Standing.UNKNOWN: 404,
    Standing.REPLACED: 410,
    Standing.LAPSED: 410,
    Standing.OVER: 410,
    Standing.CANCELLED: 410,
}


@blueprint.get("/relawan/tawaran/<token>")
def invitation(token: str) -> Response:
    return invitation_page(token)


@blueprint.post("/relawan/tawaran/<token>")
@limiter.limit("60 per minute")
def answer(token: str) -> Response:
    asked, form = tokens.read(token), AnswerForm()
    if asked is None:
        return invitation_page(token)
    if not form.validate_on_submit() or form.jawab.data not in ("bisa", "tidak", "lepas"):
        return invitation_page(token, error=UNCLEAR, status=422, reason=form.alasan.data or "")
    if form.jawab.data == "lepas":
        return _step_back(token, (form.alasan.data or "").strip())
    try:
        with db.transaction():
            services.answer(*asked, can=form.jawab.data == "bisa", reason=form.alasan.data or "", now=clock.now())
    except DomainError as error:
        return invitation_page(token, error=sentence(error), status=409, reason=form.alasan.data or "")
    return redirect(url_for("narasumber.invitation", token=token), 303)


def _step_back(token: str, reason: str) -> Response:
    """Whoever said yes takes it back by the same link; the panitia are told why."""
    found, state = invitation_read(token)
    if found is None or state is not Standing.CONFIRMED:
        return invitation_page(token)
    if not reason:
        return invitation_page(token, error=UNTOLD, status=422)
    who = Actor(person_id=found.person_id, name=found.person.name)
    session_id = found.live_session_id
    try:
        with db.transaction():
            services.step_back(session_id, reason=reason, actor=who, now=clock.now())
    except DomainError as error:
        return invitation_page(token, error=sentence(error), status=409, reason=reason)
    return redirect(url_for("narasumber.invitation", token=token), 303)


@blueprint.post("/relawan/tawaran/<token>/hadir")
@limiter.limit("60 per minute")
def invitation_check_in(token: str) -> Response:
    """The same link says "I am in the room" on the day."""
    found, state = invitation_read(token)
    if found is None or state is not Standing.CONFIRMED:
        return invitation_page(token)
    who = Actor(person_id=found.person_id, name=found.person.name)
    session_id, person_id = found.live_session_id, found.person_id
    try:
        with db.transaction():
            services.check_in(session_id, person_id, actor=who, now=clock.now())
    except DomainError as error:
        return invitation_page(token, error=sentence(error), status=409)
    return redirect(url_for("narasumber.invitation", token=token), 303)


@blueprint.post("/relawan/tawaran/<token>/kode")
@limiter.limit("60 per minute")
def invitation_code(token: str) -> Response:
    """The same link opens the code of the session, and shows it."""
    found, state = invitation_read(token)
    if found is None or state is not Standing.CONFIRMED:
        return invitation_page(token)
    who = Actor(person_id=found.person_id, name=found.person.name)
    session_id = found.live_session_id
    try:
        with db.transaction():
            attendance.open_check_in(session_id, minutes=CODE_MINUTES, actor=who, now=clock.now())
    except DomainError as error:
        return invitation_page(token, error=sentence(error), status=409)
    return redirect(url_for("narasumber.invitation", token=token), 303)


@blueprint.get("/relawan/tawaran/<token>/materi/<code>")
def invitation_material(token: str, code: str) -> Response:
    """The same link opens what is handed out in its diklat."""
    found, state = invitation_read(token)
    material = materials.by_code(code)
    if found is None or state is not Standing.CONFIRMED or material is None:
        return invitation_page(token)
    if material.diklat_id != found.live_session.diklat_id or material.withdrawn_at is not None:
        return invitation_page(token)
    return send(material, 0)


def invitation_read(token: str) -> tuple[Assignment | None, Standing]:
    """The assignment of a link and how things stand with it."""
    asked = tokens.read(token)
    row = queries.assignment(asked[0]) if asked is not None else None
    if asked is None or row is None or holders.holder(row.person_id) is None:
        return None, Standing.UNKNOWN
    if row.round != asked[1]:
        return row, Standing.REPLACED
    return row, _standing(row)


def _standing(row: Assignment) -> Standing:
    """Whoever was appointed and has come needs no question any more."""
    now, session = clock.now(), row.live_session
    if session.state is SessionState.CANCELLED or session.diklat.state is DiklatState.CANCELLED:
        return Standing.CANCELLED
    if session.ends_at + AFTER_END <= now or (session.ends_at <= now and row.state is not AssignmentState.CONFIRMED):
        return Standing.OVER
    if row.state is AssignmentState.CONFIRMED and session.starts_at - BEFORE_START <= now:
        return Standing.CONFIRMED
    if rules.may_check_in(row, session, now=now):
        return Standing.CONFIRMED
    if rules.awaits_answer(row, now=now):
        return Standing.ASKED
    if row.state is AssignmentState.INVITED:
        return Standing.LAPSED
    return Standing(row.state.value)


def invitation_page(
    token: str,
    *,
    error: str = "",
    status: int | None = None,
    reason: str = "",
    handed: Mapping[str, str] | None = None,
) -> Response:
    """`handed` is what was typed of a material that was refused."""
    row, state = invitation_read(token)
    usual = HTTP_STATUS.get(state, 200)
    session, now = row.live_session if row is not None else None, clock.now()
    window = check_ins.check_in(session.id) if session is not None and state is Standing.CONFIRMED else None
    html = render_template(
        "narasumber/invitation.html",
        token=token,
        state=state,
        row=row,
        freed=Freed(row.reason) if row is not None and row.reason in set(Freed) else None,
        session=session,
        error=error,
        reason=reason,
        handed=handed,
        clash=queries.clash(row.person_id, row.live_session) if row is not None and state is Standing.ASKED else None,
        window=window if window is not None and window.closes_at > now else None,
        can_open=session is not None and session.starts_at - BEFORE_START <= now <= session.ends_at + AFTER_END,
        materials=materials.shown(session.diklat, enrolled=True)
        if session is not None and state is Standing.CONFIRMED
        else [],
        may_step_back=session is not None and not rules.over(session, now=now),
        may_check_in=row is not None and rules.may_check_in(row, row.live_session, now=clock.now()),
    )
    page = make_response(html, status if status is not None and usual == 200 else usual)
    page.headers["Cache-Control"] = "no-store"
    page.headers["Referrer-Policy"] = "no-referrer"
    page.headers["X-Robots-Tag"] = "noindex"
    return page
