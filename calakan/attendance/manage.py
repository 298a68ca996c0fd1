"""A list of who was there, in two steps: what it would mark, then marking what the panitia left ticked."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from calakan.attendance import matching, services
from calakan.attendance.errors import NotAParticipant
from calakan.attendance.forms import ListForm, SaveListForm
from calakan.attendance.matching import Plan, Verdict
from calakan.diklat import queries as diklat_queries
from calakan.diklat.models import Diklat, LiveSession
from calakan.enrolment import queries as enrolment
from calakan.kernel import clock, db, formats
from calakan.kernel.errors import DomainError
from calakan.web import gate
from calakan.web.messages import sentence, word

blueprint = Blueprint("attendance_manage", __name__, template_folder="templates")
MOST_TICKED = 10_000
TICKED = re.compile(r"[0-9A-Z]{10}(?::[0-9]{1,4})?")  # a person's code, and the minutes if known


def _started(diklat_id: int) -> list[LiveSession]:
    now = clock.now()
    return [session for session in diklat_queries.sessions_of(diklat_id) if session.starts_at <= now]


def _show(slug: str, form: ListForm, **facts: Any) -> str:
    return render_template("attendance/list.html", diklat=diklat_queries.by_slug(slug), form=form, **facts)


@blueprint.route("/kelola/diklat/<slug>/kehadiran/impor", methods=["GET", "POST"])
def import_list(slug: str) -> str | tuple[str, int]:
    """Reads the file and shows; nothing is stored, neither marks nor the file."""
    sessions = _started(gate.subject(Diklat).id)
    form = ListForm([(str(s.number), f"{s.title}, {formats.day(s.starts_at, short=True)}") for s in sessions])
    if not form.validate_on_submit():
        return _show(slug, form, started=bool(sessions)), 422 if form.is_submitted() else 200
    session = next(session for session in sessions if str(session.number) == form.sesi.data)
    try:
        plan = matching.plan(session, _content(form), least_minutes=form.menit.data)
    except DomainError as error:
        form.refuse(error)
        return _show(slug, form, started=True), 422
    return _show(slug, form, started=True, plan=plan, groups=_groups(plan), session=session, file=_name(form))


def _content(form: ListForm) -> bytes:
    file: FileStorage = form.file.data
    content: bytes = file.read()
    return content


def _name(form: ListForm) -> str:
    """Of the file, as far as it can be read."""
    return (
        "".join(c for c in form.file.data.filename or "" if c.isprintable() and c != "\ufffd").strip()[-80:] or "berkas"
    )


def _groups(plan: Plan) -> list[tuple[str, list[matching.Found]]]:
    shown = (Verdict.SHORT, Verdict.LATE, Verdict.ABSENT, Verdict.TAKEN_AWAY, Verdict.ALREADY)
    return [(word(verdict), rows) for verdict in shown if (rows := plan.having(verdict))]


@blueprint.post("/kelola/diklat/<slug>/kehadiran/impor/simpan")
def save_list(slug: str) -> Response:
    """Marks whoever is ticked: `hadir` holds `code` or `code:minutes`; `calon` the choice made for a doubtful line."""
    diklat_id, actor = gate.subject(Diklat).id, gate.actor()
    sessions = {str(session.number): session.id for session in _started(diklat_id)}
    form = SaveListForm([(number, number) for number in sessions])
    ticked = [value for name in ("hadir", "calon") for value in request.form.getlist(name) if value][:MOST_TICKED]
    try:
        if not form.validate_on_submit() or not all(TICKED.fullmatch(value) for value in ticked):
            raise NotAParticipant()
        minutes = {code: float(text) if text else None for code, _, text in (value.partition(":") for value in ticked)}
        people = enrolment.participant_ids(diklat_id, list(minutes))
        if len(people) != len(minutes):
            raise NotAParticipant()
        there, source = {people[code]: value for code, value in minutes.items()}, f"Impor {form.sumber.data or ''}"
        with db.transaction():
            new = services.mark_from_list(
                sessions[form.sesi.data], there, source=source.strip(), actor=actor, now=clock.now()
            )
    except DomainError as error:
        flash(sentence(error), "err")
        return redirect(url_for("attendance_manage.import_list", slug=slug))
    flash(f"{new} peserta ditandai hadir." if new else "Tidak ada yang berubah.", "ok")
    return redirect(url_for("attendance.sheet", slug=slug))
