"""Live sessions: planned, changed, cancelled; offers of narasumber answered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from calakan.assessment import programme as evidence
from calakan.diklat import queries
from calakan.diklat.forms import AnswerForm, ReasonForm, SessionForm
from calakan.diklat.manage.answers import Page, answer, at_once, blueprint, confirm, done, fresh
from calakan.diklat.models import Diklat, DiklatState, LiveSession
from calakan.diklat.services import sessions as live_sessions
from calakan.diklat.services import shares, states
from calakan.kernel import clock
from calakan.kernel.errors import DomainError
from calakan.narasumber import queries as narasumber
from calakan.narasumber import services as speaking
from calakan.narasumber.models import Assignment, Duty
from calakan.people.models import Person
from calakan.planning import radius
from calakan.planning import words as planned
from calakan.web import gate
from calakan.web.acting import held

WEEK = timedelta(days=7)
FIRST_FROM, FIRST_TO = time(13), time(15, 15)  # three JP after school


@blueprint.get("/kelola/diklat/<slug>/sesi")
def sessions(slug: str) -> str:
    diklat = gate.subject(Diklat)
    found = queries.sessions_of(diklat.id, cancelled=True)
    return render_template(
        "diklat/manage_sessions.html",
        diklat=diklat,
        sessions=found,
        assigned=narasumber.assignments_of([s.id for s in found]),
        staffing=narasumber.staffings([s.id for s in found]),
        missing=states.missing_for_publication(diklat),
        unproven=evidence.unproven(diklat.id),
        open=diklat.state in (DiklatState.DRAFT, DiklatState.PROPOSED, DiklatState.PUBLISHED),
    )


def _people(assigned: Sequence[Assignment]) -> list[tuple[int, str]]:
    """Everyone who may speak, and whoever stands in this session already."""
    people: dict[int, Person] = {person.id: person for person in narasumber.can_speak()}
    people |= {row.person_id: row.person for row in assigned if row.person_id not in people}
    return [(id, person.printed_name) for id, person in people.items()]


def _accounts(keep: int | None = None) -> list[tuple[str, str]]:
    return [("", "Tanpa akun rapat"), *((str(a.id), a.name) for a in narasumber.meeting_accounts(keep=keep))]


def _next_session(diklat_id: int, now: datetime) -> dict[str, Any]:
    """What a new session starts with: the last one's hours and room a week later, or an afternoon in a week."""
    planned = queries.sessions_of(diklat_id)
    if not planned:
        day = clock.local(now).date() + WEEK
        return {"starts_at": clock.instant(day, FIRST_FROM), "ends_at": clock.instant(day, FIRST_TO)}
    last = planned[-1]
    weeks = max(1, (now - last.starts_at) // WEEK + 1)
    values: dict[str, Any] = {
        name: getattr(last, name) for name in ("room_url", "room_note", "stream_url", "room_capacity", "place")
    }
    return {**values, "starts_at": last.starts_at + weeks * WEEK, "ends_at": last.ends_at + weeks * WEEK}


@blueprint.route("/kelola/diklat/<slug>/sesi/baru", methods=["GET", "POST"])
def session_new(slug: str) -> Page:
    diklat_id, actor = gate.subject(Diklat).id, gate.actor()
    usual = queries.row_in_need(diklat_id)
    form = SessionForm(
        data={**_next_session(diklat_id, clock.now()), "row": str(usual.id) if usual is not None else ""}
    )
    form.speakers.choices = form.moderators.choices = _people([])
    form.account.choices = _accounts()
    live = [(str(row.id), f"{row.title} ({row.jp} JP)") for row in queries.programme(diklat_id) if row.live]
    form.row.choices = [*live, ("", "Materi baru, sejudul dengan sesi")]

    def work() -> None:
        speaking.schedule(
            diklat_id,
            form.plan(),
            form.speakers.data or [],
            moderator_ids=form.moderators.data or [],
            needs=form.needs(),
            actor=actor,
            now=clock.now(),
        )

    if form.sent() and held(form, work):
        return done(slug, f"Sesi “{form.title.data}” ditambahkan.")
    return answer(form, render_template("diklat/manage_session.html", form=form, diklat=fresh(slug), session=None))


@blueprint.route("/kelola/diklat/<slug>/sesi/<int(max=9999):number>/ubah", methods=["GET", "POST"])
def session_edit(slug: str, number: int) -> Page:
    session, actor = gate.subject(LiveSession), gate.actor()
    session_id = session.id
    assigned = narasumber.confirmed_of([session_id]).get(session_id, [])
    names = ("title", "starts_at", "ends_at", "jp", "room_url", "room_note", "stream_url", "room_capacity", "place")
    values: dict[str, Any] = {name: getattr(session, name) for name in names} | {"jp": session.jp or None}
    said = narasumber.staffing(session_id)
    values |= {"needed": said.speakers, "account": str(said.meeting_account_id or "")}
    values["speakers"] = [row.person_id for row in assigned if row.duty is Duty.SPEAKER]
    values["moderators"] = [row.person_id for row in assigned if row.duty is Duty.MODERATOR]
    form = SessionForm(data=values)
    form.speakers.choices = form.moderators.choices = _people(assigned)
    form.account.choices = _accounts(said.meeting_account_id)
    form.row.choices = [("", "")]

    def work() -> None:
        speaking.reschedule(
            session_id,
            form.plan(),
            form.speakers.data or [],
            moderator_ids=form.moderators.data or [],
            needs=form.needs(),
            actor=actor,
            now=clock.now(),
        )

    was = (session.starts_at, session.ends_at)
    told = session.diklat.state is DiklatState.PUBLISHED and session.ends_at > clock.now()
    sent = form.sent()
    # Who would be told stands on the page before anybody is.
    typed = form.starts_at.data, form.ends_at.data
    asks = sent and told and [*typed] != [*was] and request.form.get("yakin") != "1" and _can_be(form, slug, number)
    if sent and not asks and not form.errors and held(form, work):
        return done(slug, f"Sesi “{form.title.data}” diubah.")
    page = render_template(
        "diklat/manage_session.html",
        form=form,
        diklat=fresh(slug),
        session=queries.live_session(slug, number),
        asks=asks,
        was=was,
        radius=planned.touched(_touched(slug, number)) if told else "",
    )
    return answer(form, page)


@blueprint.route("/kelola/diklat/<slug>/sesi/<int(max=9999):number>/batal", methods=["GET", "POST"])
def session_cancel(slug: str, number: int) -> Page:
    session_id, title, actor = gate.subject(LiveSession).id, gate.subject(LiveSession).title, gate.actor()
    form = ReasonForm()
    if form.validate_on_submit() and held(
        form, lambda: live_sessions.cancel(session_id, reason=form.reason.data or "", actor=actor, now=clock.now())
    ):
        return done(slug, f"Sesi “{title}” dibatalkan. Peserta yang terdaftar diberi tahu.")
    if gate.subject(LiveSession).ends_at <= clock.now():
        return _never_held(slug, number, form)
    diklat = fresh(slug)
    left = shares.jp_without(_found(slug, number))
    return confirm(
        slug,
        form,
        heading=f"Batalkan sesi “{title}”?",
        text="Sesi yang dibatalkan tidak dapat dibuka lagi. Pengingatnya dihentikan, narasumbernya bebas, dan setiap "
        f"orang diberi tahu sekali lewat email bahwa diklat ini menjadi {left} JP. Bila ada tanggal pengganti, "
        "pindahkan sesinya: JP-nya tetap.",
        button=f"Batalkan sesi; menjadi {left} JP" if left != diklat.jp else "Batalkan sesi",
        other=(url_for("diklat_manage.session_edit", slug=slug, number=number), "Pilih tanggal pengganti"),
        radius=f"{planned.touched(_touched(slug, number))}; JP diklat dari {diklat.jp} menjadi {left}",
    )


def _never_held(slug: str, number: int, form: ReasonForm) -> Page:
    """A session that is over is asked about in other words: there is no other date for it."""
    session, diklat = _found(slug, number), fresh(slug)
    left = shares.jp_without(session)
    touched = radius.of_sessions(session.diklat, [session], now=clock.now(), over=True)
    return confirm(
        slug,
        form,
        heading=f"Sesi “{session.title}” tidak jadi dilaksanakan?",
        text="Sesi ini tidak lagi dihitung, baik pada JP maupun pada syarat kehadiran, dan setiap orang diberi tahu sekali "
        "lewat email. Hanya dapat dilakukan bila belum ada bukti hadir seorang pun.",
        button="Tandai tidak jadi dilaksanakan",
        radius=f"{planned.touched(touched)}; JP diklat dari {diklat.jp} menjadi {left}",
    )


def _can_be(form: SessionForm, slug: str, number: int) -> bool:
    """Nobody is asked to confirm what would be refused."""
    now, session = clock.now(), _found(slug, number)
    try:
        live_sessions.check(form.plan(), now=now, running=live_sessions.runs(session, form.plan(), now=now))
    except DomainError as error:
        form.refuse(error)
        return False
    return True


def _found(slug: str, number: int) -> LiveSession:
    session = queries.live_session(slug, number)
    assert session is not None
    return session


def _touched(slug: str, number: int) -> radius.Radius:
    session = _found(slug, number)
    return radius.of_sessions(session.diklat, [session], now=clock.now())


@blueprint.post("/kelola/diklat/<slug>/sesi/<int(max=9999):number>/tawaran")
def answer_offer(slug: str, number: int) -> Response:
    session_id, actor, form = gate.subject(LiveSession).id, gate.actor(), AnswerForm()
    offered = narasumber.assignments_of([session_id]).get(session_id, [])
    wanted = next((row.id for row in offered if str(row.id) == form.assignment.data), None)
    if wanted is None:
        flash("Tawaran ini sudah tidak ada.", "warn")
        return redirect(url_for("diklat_manage.sessions", slug=slug), 303)
    accept = form.accept.data == "1"
    return at_once(
        slug,
        lambda: speaking.answer_offer(wanted, accept=accept, actor=actor, now=clock.now()),
        "Narasumber ditetapkan." if accept else "Tawaran ditolak.",
    )
