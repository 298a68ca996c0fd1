"""The page of one session for whoever is enrolled, the way into its room, and an appeal."""

from __future__ import annotations

from flask import current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from calakan.assessment.services import discarding
from calakan.attendance import appeals, claiming, evidence, joining, queries, recounting
from calakan.attendance.documents import photo_of
from calakan.attendance.errors import LineNotClaimable
from calakan.attendance.forms import AppealForm, ClaimForm
from calakan.attendance.marking.views import blueprint
from calakan.attendance.models import STREAM, Kind, Part, State
from calakan.attendance.words import STREAM_SEAT, WHYS
from calakan.diklat import queries as diklat_queries
from calakan.diklat.models import DiklatState, LiveSession, SessionState
from calakan.enrolment import queries as enrolment
from calakan.enrolment.models import EnrolmentState
from calakan.intake.process import LARGEST
from calakan.kernel import clock, db
from calakan.kernel.errors import DomainError
from calakan.kernel.files import Store
from calakan.materials import queries as materials
from calakan.office.queries import office_settings
from calakan.web import gate
from calakan.web.acting import acting
from calakan.web.limits import limiter
from calakan.web.limits import person as each
from calakan.web.messages import sentence

__all__ = ["blueprint"]
Page = str | Response | tuple[str, int]


@blueprint.url_value_preprocessor
def _larger(endpoint: str | None, values: object) -> None:
    """The form carries a photo; read before the gate looks into the form."""
    if endpoint == "attendance.appeal":
        request.max_content_length = LARGEST + 256 * 1024


@blueprint.get("/belajar/<slug>/sesi/<int(max=9999):number>")
def session_page(slug: str, number: int) -> Page:
    session = gate.subject(LiveSession)
    seat = enrolment.enrolment(session.diklat_id, gate.me())
    if seat is None or seat.state is not EnrolmentState.CONFIRMED:
        return redirect(url_for("attendance.progress", slug=slug))
    return _show(session, AppealForm(formdata=None))


def _show(session: LiveSession, form: AppealForm) -> str:
    me, now = gate.me(), clock.now()
    window, asked = queries.window_and_codes(session.id)
    signs = evidence.of_people(session.id, [me]).get(me, [])
    standing = session.state is SessionState.PLANNED and session.diklat.state is DiklatState.PUBLISHED
    decision, appeal = appeals.with_decision(session.id, me)
    present = decision is not None and decision.state is State.PRESENT
    clicks = [row for row in signs if row.kind is Kind.JOIN]
    streamed = any(row.source == STREAM for row in clicks)
    return render_template(
        "attendance/session.html",
        session=session,
        diklat=session.diklat,
        standing=standing,
        room_open=standing and joining.is_open(session, now=now),
        opens_at=joining.opens_at(session),
        code_open=standing and window is not None and window.closes_at > now,
        signs=signs,
        stream_seat=STREAM_SEAT[session.diklat.presence_rule] if streamed else "",
        asked=asked,
        typed={row.part or Part.START for row in signs if row.kind is Kind.CODE},
        window_part=window.part if window is not None else None,
        decision=decision,
        present=present,
        appeal=appeal,
        may_appeal=standing and not present and appeal is None and session.starts_at <= now,
        claimable=claiming.claimable(session.id, me) if clicks and standing and not present else [],
        recounting=recounting.is_waiting(session.diklat_id),
        contact=office_settings().contact,
        whys=WHYS,
        materials=[
            row for row in materials.shown(session.diklat, enrolled=True) if row.live_session_id in (None, session.id)
        ],
        form=form,
    )


@blueprint.get("/belajar/<slug>/sesi/<int(max=9999):number>/ruang")
def enter_room(slug: str, number: int) -> Response:
    """The one address that writes when it is opened: going in is what it records."""
    session_id, me = gate.subject(LiveSession).id, gate.me()
    try:
        with db.transaction():
            address = joining.enter(session_id, me, actor=gate.actor(), now=clock.now())
    except DomainError as error:
        flash(sentence(error), "warn")
        return redirect(url_for("attendance.session_page", slug=slug, number=number))
    answer: Response = redirect(address)
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.post("/belajar/<slug>/sesi/<int(max=9999):number>/klaim")
def claim(slug: str, number: int) -> Response:
    """A line of a list that names nobody is mine."""
    session_id, me, form = gate.subject(LiveSession).id, gate.me(), ClaimForm()
    line = form.baris.data if form.validate_on_submit() else None
    counts = False
    with acting() as deed:
        if line is None or line not in {row.id for row in claiming.claimable(session_id, me)}:
            raise LineNotClaimable()
        counts = claiming.claim(line, me, actor=gate.actor(), now=clock.now())
    if deed.done:
        told = (
            "Baris itu tercatat sebagai milik Bapak/Ibu." if counts else "Pilihan terkirim. Panitia yang memutuskannya."
        )
        flash(told, "ok")
    return redirect(url_for("attendance.session_page", slug=slug, number=number), 303)


@blueprint.post("/belajar/<slug>/sesi/<int(max=9999):number>/ajukan")
@limiter.limit("20 per hour", key_func=each)
def appeal(slug: str, number: int) -> Page:
    session_id, me, actor, form = gate.subject(LiveSession).id, gate.me(), gate.actor(), AppealForm()
    if form.validate_on_submit():
        text, now = form.text.data or "", clock.now()
        try:
            photo = _photo(session_id, me, form)
            with discarding.unless_taken(photo), db.transaction():
                appeals.ask(session_id, me, text, photo_sha256=photo, actor=actor, now=now)
        except DomainError as error:
            form.refuse(error, "photo" if error.field == "photo" else "text")
        else:
            flash("Ajuan terkirim kepada panitia. Jawabannya datang lewat email.", "ok")
            return redirect(url_for("attendance.session_page", slug=slug, number=number), 303)
    session = diklat_queries.live_session(slug, number)
    assert session is not None
    return _show(session, form), 422


def _photo(session_id: int, person_id: int, form: AppealForm) -> str | None:
    """Drawn anew and stored by content before the transaction, for whoever may appeal at all."""
    content = form.sent_photo()
    if content is None:
        return None
    session = db.session().get_one(LiveSession, session_id)
    appeals.check(session, person_id, form.text.data or "", now=clock.now())
    db.session().rollback()
    store: Store = current_app.extensions["calakan.files"]
    return store.put(appeals.photo(content))


@blueprint.get("/belajar/<slug>/sesi/<int(max=9999):number>/ajukan/foto")
def own_photo(slug: str, number: int) -> Response:
    return photo_of(appeals.of_person(gate.subject(LiveSession).id, gate.me()))
