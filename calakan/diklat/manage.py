"""The panitia's pages of this room, under /kelola; a narasumber sees there what he or she leads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, abort, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from calakan.diklat import queries
from calakan.diklat.forms import (
    AnswerForm,
    ConfirmForm,
    DiklatForm,
    LeadForm,
    ReasonForm,
    RowForm,
    SessionForm,
    values_of,
)
from calakan.diklat.models import Diklat, DiklatState, Group, LiveSession
from calakan.diklat.services import details, states
from calakan.diklat.services import programme as rows
from calakan.diklat.services import sessions as live_sessions
from calakan.enrolment import queries as enrolments
from calakan.kernel import clock, db
from calakan.kernel.actor import Actor
from calakan.kernel.errors import DomainError
from calakan.narasumber import queries as narasumber
from calakan.narasumber import services as speaking
from calakan.narasumber.models import Assignment, Duty
from calakan.office.queries import office_settings
from calakan.people.models import Person
from calakan.web import gate, paging
from calakan.web.chrome import lists
from calakan.web.forms import Form
from calakan.web.messages import sentence

blueprint = Blueprint("diklat_manage", __name__, template_folder="templates")
Page = str | Response | tuple[str, int]


def _done(slug: str, text: str, part: str = "sesi") -> Response:
    flash(text, "ok")
    return redirect(f"/kelola/diklat/{slug}/{part}", 303)


def _attempt(form: Form, work: Callable[[], object]) -> bool:
    """One transaction around one service call; a refusal goes to the form."""
    try:
        with db.transaction():
            work()
    except DomainError as error:
        form.refuse(error)
        return False
    return True


def _answer(form: Form, page: str) -> Page:
    return (page, 422) if form.errors else page


def _diklat(slug: str) -> Diklat:
    found = queries.by_slug(slug)
    if found is None:
        abort(404)
    return found


@blueprint.get("/kelola")
def home() -> str:
    actor, now = gate.actor(), clock.now()
    mine = queries.managed(actor)
    counted = mine.order_by(None).with_only_columns(Diklat.state, sa.func.count()).group_by(Diklat.state)
    by_state = dict(db.session().execute(counted).all())
    proposals = mine.where(Diklat.state == DiklatState.PROPOSED).limit(20)
    to_close = mine.where(Diklat.state == DiklatState.PUBLISHED, Diklat.ends_at <= now).limit(20)
    return render_template(
        "diklat/manage_home.html",
        counts=by_state,
        proposals=db.session().scalars(proposals).all(),
        to_close=db.session().scalars(to_close).all(),
        unstaffed=narasumber.unstaffed(lead_id=None if actor.is_committee else actor.person_id, now=now),
    )


@blueprint.get("/kelola/diklat")
def listing() -> str:
    words, state = request.args.get("q", "").replace("\x00", "").strip()[:80], request.args.get("status", "")
    chosen = DiklatState(state) if state in set(DiklatState) else None
    page = paging.page(queries.managed(gate.actor(), words=words, state=chosen))
    return render_template(
        "diklat/manage_listing.html",
        page=page,
        words=words,
        state=chosen.value if chosen else "",
        states=list(DiklatState),
        seats=enrolments.seats(*page.items),
    )


@blueprint.route("/kelola/diklat/baru", methods=["GET", "POST"])
def create() -> Page:
    actor = gate.actor()
    form = DiklatForm(data={"min_attendance_percent": office_settings().min_attendance_percent, "remind": True})
    form.offer(lists().active("topic"), lists().active("jabatan"))
    made: list[Diklat] = []
    lead_id = None if actor.is_committee else actor.person_id

    def work() -> None:
        made.append(details.create(form.details(), lead_id=lead_id, actor=actor, now=clock.now()))

    if form.validate_on_submit() and _attempt(form, work):
        return _done(made[0].slug, "Draf diklat tersimpan. Lanjutkan dengan menyusun sesi.")
    return _answer(form, render_template("diklat/manage_form.html", form=form, diklat=None))


@blueprint.get("/kelola/diklat/<slug>")
def overview(slug: str) -> Response:
    return redirect(f"/kelola/diklat/{slug}/sesi")


@blueprint.route("/kelola/diklat/<slug>/ubah", methods=["GET", "POST"])
def edit(slug: str) -> Page:
    diklat, actor = gate.subject(Diklat), gate.actor()
    diklat_id = diklat.id
    values = values_of(diklat)
    lead_form = _lead_form(diklat, actor)
    if lead_form is not None and "lead_id" in request.form:
        return _set_lead(slug, diklat_id, lead_form)
    form = DiklatForm(data=values)
    form.offer(_with(lists(), "topic", values["topics"]), _with(lists(), "jabatan", values["posts"]))
    if form.validate_on_submit() and _attempt(
        form, lambda: details.change(diklat_id, form.details(), actor=actor, now=clock.now())
    ):
        return _done(slug, "Perubahan tersimpan.")
    page = render_template("diklat/manage_form.html", form=form, diklat=_diklat(slug), lead_form=lead_form)
    return _answer(form, page)


def _lead_form(diklat: Diklat, actor: Actor) -> LeadForm | None:
    """Who is in charge is for the panitia to say."""
    if not actor.is_committee:
        return None
    form = LeadForm(data={"lead_id": str(diklat.lead_id or "")})
    people = {str(person.id): person.printed_name for person in narasumber.can_speak()}
    if diklat.lead_id is not None and str(diklat.lead_id) not in people:
        lead = db.session().get_one(Person, diklat.lead_id)
        people[str(lead.id)] = lead.printed_name
    form.lead_id.choices = [("", "Tidak ada"), *people.items()]
    return form


def _set_lead(slug: str, diklat_id: int, form: LeadForm) -> Response:
    if not form.validate_on_submit():
        flash("Pilih pengampu dari daftar.", "err")
        return redirect(f"/kelola/diklat/{slug}/ubah", 303)
    lead_id = int(form.lead_id.data) if form.lead_id.data else None
    return _at_once(
        slug,
        lambda: details.set_lead(diklat_id, lead_id, actor=gate.actor(), now=clock.now()),
        "Pengampu tersimpan.",
    )


def _with(choices: Any, kind: str, chosen: list[str]) -> list[tuple[str, str]]:
    """What may be chosen now, and what was chosen before though switched off since."""
    active: list[tuple[str, str]] = choices.active(kind)
    known = {code for code, _ in active}
    return active + [(code, choices.label(kind, code)) for code in chosen if code not in known]


@blueprint.route("/kelola/diklat/<slug>/program", methods=["GET", "POST"])
def programme(slug: str) -> Page:
    diklat_id, actor = gate.subject(Diklat).id, gate.actor()
    form = RowForm()

    def work() -> None:
        rows.add_row(
            diklat_id,
            title=form.title.data or "",
            note=form.note.data or "",
            group=Group(form.group.data),
            jp=form.jp.data or 1,
            live=bool(form.live.data),
            actor=actor,
            now=clock.now(),
        )

    if form.validate_on_submit() and _attempt(form, work):
        return _done(slug, "Materi ditambahkan.", "program")
    diklat = _diklat(slug)
    used = {s.row_id for s in queries.sessions_of(diklat_id, cancelled=True)}
    listed = queries.programme(diklat_id)
    return _answer(
        form, render_template("diklat/manage_programme.html", form=form, diklat=diklat, rows=listed, used=used)
    )


@blueprint.post("/kelola/diklat/<slug>/program/<int(max=9999):position>/hapus")
def remove_row(slug: str, position: int) -> Response:
    diklat_id = gate.subject(Diklat).id
    row_id = next((row.id for row in queries.programme(diklat_id) if row.position == position), None)
    if row_id is None:
        abort(404)
    return _at_once(
        slug, lambda: rows.remove_row(row_id, actor=gate.actor(), now=clock.now()), "Materi dihapus.", "program"
    )


def _at_once(slug: str, work: Callable[[], object], text: str, part: str = "sesi") -> Response:
    """A button without a form: the answer, good or bad, is a flash on the page it came from."""
    try:
        with db.transaction():
            work()
    except DomainError as error:
        flash(sentence(error), "err")
        return redirect(f"/kelola/diklat/{slug}/{part}", 303)
    return _done(slug, text, part)


@blueprint.get("/kelola/diklat/<slug>/sesi")
def sessions(slug: str) -> str:
    diklat = gate.subject(Diklat)
    found = queries.sessions_of(diklat.id, cancelled=True)
    return render_template(
        "diklat/manage_sessions.html",
        diklat=diklat,
        sessions=found,
        assigned=narasumber.assignments_of([s.id for s in found]),
        seats=enrolments.seats(diklat)[diklat.id],
        missing=states.missing_for_publication(diklat),
        open=diklat.state in (DiklatState.DRAFT, DiklatState.PROPOSED, DiklatState.PUBLISHED),
        over=diklat.ends_at is not None and diklat.ends_at <= clock.now(),
    )


def _people(assigned: Sequence[Assignment]) -> list[tuple[int, str]]:
    """Everyone who may speak, and whoever stands in this session already."""
    people: dict[int, Person] = {person.id: person for person in narasumber.can_speak()}
    people |= {row.person_id: row.person for row in assigned if row.person_id not in people}
    return [(id, person.printed_name) for id, person in people.items()]


@blueprint.route("/kelola/diklat/<slug>/sesi/baru", methods=["GET", "POST"])
def session_new(slug: str) -> Page:
    diklat_id, actor = gate.subject(Diklat).id, gate.actor()
    form = SessionForm()
    form.speakers.choices = form.moderators.choices = _people([])
    live = [(str(row.id), f"{row.title} ({row.jp} JP)") for row in queries.programme(diklat_id) if row.live]
    form.row.choices = [("", "Materi baru, sejudul dengan sesi"), *live]

    def work() -> None:
        speaking.schedule(
            diklat_id,
            form.plan(),
            form.speakers.data or [],
            moderator_ids=form.moderators.data or [],
            actor=actor,
            now=clock.now(),
        )

    if form.validate_on_submit() and _attempt(form, work):
        return _done(slug, f"Sesi “{form.title.data}” ditambahkan.")
    return _answer(form, render_template("diklat/manage_session.html", form=form, diklat=_diklat(slug), session=None))


@blueprint.route("/kelola/diklat/<slug>/sesi/<int(max=9999):number>/ubah", methods=["GET", "POST"])
def session_edit(slug: str, number: int) -> Page:
    session, actor = gate.subject(LiveSession), gate.actor()
    session_id = session.id
    assigned = narasumber.confirmed_of([session_id]).get(session_id, [])
    names = ("title", "starts_at", "ends_at", "jp", "room_url", "room_note", "place")
    values: dict[str, Any] = {name: getattr(session, name) for name in names}
    values["speakers"] = [row.person_id for row in assigned if row.duty is Duty.SPEAKER]
    values["moderators"] = [row.person_id for row in assigned if row.duty is Duty.MODERATOR]
    form = SessionForm(data=values)
    form.speakers.choices = form.moderators.choices = _people(assigned)
    form.row.choices = [("", "")]

    def work() -> None:
        speaking.reschedule(
            session_id,
            form.plan(),
            form.speakers.data or [],
            moderator_ids=form.moderators.data or [],
            actor=actor,
            now=clock.now(),
        )

    if form.validate_on_submit() and _attempt(form, work):
        return _done(slug, f"Sesi “{form.title.data}” diubah.")
    diklat, session_now = _diklat(slug), queries.live_session(slug, number)
    return _answer(form, render_template("diklat/manage_session.html", form=form, diklat=diklat, session=session_now))


@blueprint.route("/kelola/diklat/<slug>/sesi/<int(max=9999):number>/batal", methods=["GET", "POST"])
def session_cancel(slug: str, number: int) -> Page:
    session_id, title, actor = gate.subject(LiveSession).id, gate.subject(LiveSession).title, gate.actor()
    form = ReasonForm()
    if form.validate_on_submit() and _attempt(
        form, lambda: live_sessions.cancel(session_id, reason=form.reason.data or "", actor=actor, now=clock.now())
    ):
        return _done(slug, f"Sesi “{title}” dibatalkan. Peserta yang terdaftar diberi tahu.")
    return _confirm(
        slug,
        form,
        heading=f"Batalkan sesi “{title}”?",
        text="Sesi yang dibatalkan tidak dapat dibuka lagi. Peserta yang terdaftar diberi tahu lewat surel.",
        button="Batalkan sesi",
    )


@blueprint.post("/kelola/diklat/<slug>/sesi/<int(max=9999):number>/tawaran")
def answer_offer(slug: str, number: int) -> Response:
    session_id, actor, form = gate.subject(LiveSession).id, gate.actor(), AnswerForm()
    offered = narasumber.assignments_of([session_id]).get(session_id, [])
    wanted = next((row.id for row in offered if str(row.id) == form.assignment.data), None)
    if wanted is None:
        flash("Tawaran ini sudah tidak ada.", "warn")
        return redirect(f"/kelola/diklat/{slug}/sesi", 303)
    accept = form.accept.data == "1"
    return _at_once(
        slug,
        lambda: speaking.answer_offer(wanted, accept=accept, actor=actor, now=clock.now()),
        "Narasumber ditetapkan." if accept else "Tawaran ditolak.",
    )


def _confirm(slug: str, form: Form, *, heading: str, text: str, button: str, danger: bool = True) -> Page:
    page = render_template(
        "diklat/manage_confirm.html",
        diklat=_diklat(slug),
        form=form,
        heading=heading,
        text=text,
        button=button,
        danger=danger,
    )
    return _answer(form, page)


@blueprint.post("/kelola/diklat/<slug>/ajukan")
def propose(slug: str) -> Response:
    diklat_id, actor = gate.subject(Diklat).id, gate.actor()
    return _at_once(
        slug, lambda: states.propose(diklat_id, actor=actor, now=clock.now()), "Diklat diajukan kepada panitia."
    )


@blueprint.post("/kelola/diklat/<slug>/terbitkan")
def publish(slug: str) -> Response:
    diklat_id, actor = gate.subject(Diklat).id, gate.actor()
    return _at_once(slug, lambda: states.publish(diklat_id, actor=actor, now=clock.now()), "Diklat terbit di katalog.")


@blueprint.route("/kelola/diklat/<slug>/kembalikan", methods=["GET", "POST"])
def send_back(slug: str) -> Page:
    diklat_id, actor, form = gate.subject(Diklat).id, gate.actor(), ReasonForm()
    if form.validate_on_submit() and _attempt(
        form, lambda: states.send_back(diklat_id, note=form.reason.data or "", actor=actor, now=clock.now())
    ):
        return _done(slug, "Usulan dikembalikan sebagai draf.")
    return _confirm(
        slug,
        form,
        heading="Kembalikan usulan ini?",
        text="Usulan menjadi draf lagi. Tulis apa yang perlu dilengkapi; pengampu membacanya di halaman sesi.",
        button="Kembalikan",
        danger=False,
    )


@blueprint.route("/kelola/diklat/<slug>/tutup", methods=["GET", "POST"])
def close(slug: str) -> Page:
    diklat_id, actor, form = gate.subject(Diklat).id, gate.actor(), ConfirmForm()
    if form.validate_on_submit() and _attempt(form, lambda: states.close(diklat_id, actor=actor, now=clock.now())):
        return _done(slug, "Diklat ditutup. Sertifikat sedang disiapkan.")
    return _confirm(
        slug,
        form,
        heading="Tutup diklat ini?",
        text="Sesudah ditutup, kehadiran tidak dapat diubah lagi dan sertifikat diterbitkan.",
        button="Tutup diklat",
        danger=False,
    )


@blueprint.route("/kelola/diklat/<slug>/batal", methods=["GET", "POST"])
def cancel(slug: str) -> Page:
    diklat_id, actor, form = gate.subject(Diklat).id, gate.actor(), ReasonForm()
    if form.validate_on_submit() and _attempt(
        form, lambda: states.cancel(diklat_id, reason=form.reason.data or "", actor=actor, now=clock.now())
    ):
        return _done(slug, "Diklat dibatalkan. Semua peserta diberi tahu.")
    return _confirm(
        slug,
        form,
        heading="Batalkan diklat ini?",
        text="Semua sesi yang akan datang dibatalkan dan setiap peserta diberi tahu. Ini tidak dapat diurungkan.",
        button="Batalkan diklat",
    )
