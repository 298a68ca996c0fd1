"""The panitia's side: who speaks in a session, the relay at work, the record of a volunteer, the meeting accounts."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from calakan.audit import queries as audit
from calakan.diklat.models import LiveSession
from calakan.kernel import clock, db
from calakan.narasumber import queries, rules, services
from calakan.narasumber.errors import NotAVolunteer
from calakan.narasumber.forms import AccountForm, AppointForm, DecideForm, OutsideForm, ReasonForm, RemarkForm
from calakan.narasumber.models import AssignmentState, Volunteer
from calakan.people import queries as people
from calakan.web import gate
from calakan.web.acting import acting

blueprint = Blueprint("narasumber_manage", __name__, template_folder="templates")
Page = str | Response | tuple[str, int]
SHOWN = 20
STANDING = (AssignmentState.CONFIRMED, AssignmentState.INVITED, AssignmentState.OFFERED)


@blueprint.get("/kelola/diklat/<slug>/sesi/<int(max=9999):number>/narasumber")
def speakers(slug: str, number: int) -> str:
    session, now = gate.subject(LiveSession), clock.now()
    words = request.args.get("q", "")[:80]
    ranked = queries.candidates(session, words=words, now=now)
    shown = list(islice((c for c in ranked if c.state not in STANDING), SHOWN))
    record = queries.record(session.id)
    trail = audit.about(session, act="narasumber.")
    named = {r.person_id: r.person.printed_name for r in record}
    return render_template(
        "narasumber/speakers.html",
        session=session,
        diklat=session.diklat,
        staffing=queries.staffing(session.id),
        record=record,
        standing=[r for r in record if r.state in STANDING],
        absent={r.id for r in record if rules.absent(r, session, now=now)},
        candidates=shown,
        more=len(ranked) > SHOWN,
        free=ranked.free,
        pestered=queries.pestered([c.person_id for c in shown], now=now),
        reliability=queries.reliability([c.person_id for c in shown]),
        words=words,
        trail=trail,
        named=named,
        over=session.ends_at <= now,
    )


def _act(session: LiveSession, work: Callable[[], object], text: str) -> Response:
    """A button on the page of a session's people: the answer is a flash on the same page."""
    target = url_for("narasumber_manage.speakers", slug=session.diklat.slug, number=session.number)
    with acting(done=text):
        work()
    return redirect(target, 303)


def _volunteer_id() -> int:
    """Whom a button is about. Raises NotAVolunteer for nobody."""
    volunteer = queries.by_slug(request.form.get("orang", "")[:80])
    if volunteer is None:
        raise NotAVolunteer()
    return volunteer.person_id


def _assignment_id(session_id: int) -> int:
    """The row of this session a button is about; 0 is nobody's."""
    text = request.form.get("tugas", "")
    wanted = (r.id for r in queries.record(session_id) if str(r.id) == text)
    return next(wanted, 0)


@blueprint.post("/kelola/diklat/<slug>/sesi/<int(max=9999):number>/narasumber/undang")
def invite(slug: str, number: int) -> Response:
    """Somebody on the list, or from outside by name and address."""
    session, form = gate.subject(LiveSession), OutsideForm()
    session_id, outside = session.id, "email" in request.form
    if outside and not form.validate_on_submit():
        flash(next(str(text) for texts in form.errors.values() for text in texts), "err")
        return redirect(url_for("narasumber_manage.speakers", slug=slug, number=number), 303)

    def work() -> None:
        actor, now = gate.actor(), clock.now()
        if outside:
            services.invite_outside(session_id, form.email.data or "", form.nama.data or "", actor=actor, now=now)
        else:
            services.invite(session_id, _volunteer_id(), actor=actor, now=now)

    return _act(session, work, "Undangan dikirim. Jawabannya tampil di sini.")


@blueprint.post("/kelola/diklat/<slug>/sesi/<int(max=9999):number>/narasumber/tetapkan")
def appoint(slug: str, number: int) -> Response:
    session, form = gate.subject(LiveSession), AppointForm()
    session_id = session.id
    if not form.validate_on_submit():
        flash("Alasan paling banyak 300 huruf.", "err")
        return redirect(url_for("narasumber_manage.speakers", slug=slug, number=number), 303)

    def work() -> None:
        services.appoint(
            session_id,
            _volunteer_id(),
            agreed=bool(form.pasti.data),
            override=form.bentrok.data or "",
            actor=gate.actor(),
            now=clock.now(),
        )

    return _act(session, work, "Narasumber ditetapkan dan diberi tahu lewat email.")


@blueprint.post("/kelola/diklat/<slug>/sesi/<int(max=9999):number>/narasumber/lepas")
def dismiss(slug: str, number: int) -> Response:
    session = gate.subject(LiveSession)
    id = _assignment_id(session.id)
    return _act(
        session, lambda: services.dismiss(id, actor=gate.actor(), now=clock.now()), "Dilepas. Orangnya diberi tahu."
    )


@blueprint.post("/kelola/diklat/<slug>/sesi/<int(max=9999):number>/narasumber/jawab")
def answer_offer(slug: str, number: int) -> Response:
    """Those who raised a hand."""
    session = gate.subject(LiveSession)
    id, accept = _assignment_id(session.id), request.form.get("putusan") == "terima"
    return _act(
        session,
        lambda: services.answer_offer(id, accept=accept, actor=gate.actor(), now=clock.now()),
        "Narasumber ditetapkan." if accept else "Tawaran ditolak.",
    )


@blueprint.post("/kelola/diklat/<slug>/sesi/<int(max=9999):number>/narasumber/estafet")
def relay(slug: str, number: int) -> Response:
    """Stop the relay, with a reason, or let it run again."""
    session, form = gate.subject(LiveSession), ReasonForm()
    session_id, actor = session.id, gate.actor()
    if request.form.get("jalan") == "1":
        return _act(
            session,
            lambda: services.resume_relay(session_id, actor=actor, now=clock.now()),
            "Pencarian otomatis berjalan lagi.",
        )
    if not form.validate_on_submit():
        flash("Tulis alasan menghentikan pencarian otomatis, paling banyak 300 huruf.", "err")
        return redirect(url_for("narasumber_manage.speakers", slug=slug, number=number), 303)
    reason = form.alasan.data or ""
    return _act(
        session,
        lambda: services.stop_relay(session_id, reason=reason, actor=actor, now=clock.now()),
        "Pencarian otomatis dihentikan. Tidak ada relawan yang ditawari otomatis.",
    )


@blueprint.get("/kelola/narasumber/<slug>")
def volunteer(slug: str) -> str:
    return _show_volunteer(slug, RemarkForm(formdata=None))


def _show_volunteer(slug: str, form: RemarkForm) -> str:
    found = queries.by_slug(slug)
    assert found is not None
    person = people.person(found.person_id)
    return render_template(
        "narasumber/volunteer.html",
        volunteer=found,
        workplace=people.workplace(person) if person is not None else "",
        notes=queries.notes_on(found.person_id),
        impact=queries.impact(found.person_id, now=clock.now()),
        ahead=queries.upcoming(found.person_id, now=clock.now()),
        form=form,
        deciding=DecideForm(formdata=None),
    )


@blueprint.post("/kelola/narasumber/<slug>/catat")
def remark(slug: str) -> Page:
    person_id, form = gate.subject(Volunteer).person_id, RemarkForm()
    if not form.validate_on_submit():
        return _show_volunteer(slug, form), 422
    with db.transaction():
        services.remark(person_id, form.catatan.data or "", actor=gate.actor(), now=clock.now())
    flash("Catatan tersimpan. Hanya panitia yang dapat membacanya.", "ok")
    return redirect(url_for("narasumber_manage.volunteer", slug=slug), 303)


@blueprint.route("/kelola/narasumber/akun-rapat", methods=["GET", "POST"])
def accounts() -> Page:
    form = AccountForm()
    if form.validate_on_submit():
        with acting(form) as deed:
            services.add_account(form.name.data or "", form.room_url.data or "", actor=gate.actor(), now=clock.now())
        if deed.done:
            flash("Akun rapat ditambahkan.", "ok")
            return redirect(url_for("narasumber_manage.accounts"), 303)
    used = queries.account_sessions(now=clock.now())
    page = render_template("narasumber/accounts.html", form=form, accounts=queries.all_accounts(), used=used)
    return (page, 422) if form.errors else page


@blueprint.post("/kelola/narasumber/akun-rapat/ubah")
def switch_account() -> Response:
    text, active = request.form.get("id", ""), request.form.get("aktif") == "1"
    id = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    with acting(done="Akun rapat diubah."):
        services.switch_account(id, active=active, actor=gate.actor(), now=clock.now())
    return redirect(url_for("narasumber_manage.accounts"), 303)
