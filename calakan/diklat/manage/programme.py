"""The struktur program: rows added, changed, moved and removed."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from calakan.diklat import queries
from calakan.diklat.forms import RowForm
from calakan.diklat.manage.answers import Page, answer, at_once, blueprint, done, fresh
from calakan.diklat.models import Diklat, Group, ProgrammeRow
from calakan.diklat.services import programme as rows
from calakan.kernel import clock
from calakan.web import gate
from calakan.web.acting import held


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

    if form.validate_on_submit() and held(form, work):
        return done(slug, "Materi ditambahkan.", "programme")
    diklat = fresh(slug)
    used = {s.row_id for s in queries.sessions_of(diklat_id, cancelled=True)}
    listed = queries.programme(diklat_id)
    return answer(
        form, render_template("diklat/manage_programme.html", form=form, diklat=diklat, rows=listed, used=used)
    )


def _row(diklat_id: int, position: int) -> ProgrammeRow:
    found = next((row for row in queries.programme(diklat_id) if row.position == position), None)
    if found is None:
        abort(404)
    return found


@blueprint.route("/kelola/diklat/<slug>/program/<int(max=9999):position>/ubah", methods=["GET", "POST"])
def edit_row(slug: str, position: int) -> Page:
    diklat_id, actor = gate.subject(Diklat).id, gate.actor()
    row = _row(diklat_id, position)
    row_id = row.id
    names = ("title", "note", "jp", "live")
    form = RowForm(data={**{name: getattr(row, name) for name in names}, "group": row.group.value, "row": str(row_id)})
    if not row.jp:
        form.carries_none()
    if form.is_submitted() and form.row.data != str(row_id):
        return _moved_meanwhile(slug)

    def work() -> None:
        rows.change_row(
            row_id,
            title=form.title.data or "",
            note=form.note.data or "",
            group=Group(form.group.data),
            jp=form.jp.data or row.jp,
            live=bool(form.live.data),
            actor=actor,
            now=clock.now(),
        )

    if form.validate_on_submit() and held(form, work):
        return done(slug, "Materi diubah.", "programme")
    taught = [s for s in queries.sessions_of(diklat_id, cancelled=True) if s.row_id == row_id]
    page = render_template("diklat/manage_row.html", form=form, diklat=fresh(slug), taught=taught)
    return answer(form, page)


@blueprint.post("/kelola/diklat/<slug>/program/<int(max=9999):position>/geser")
def move_row(slug: str, position: int) -> Response:
    """To a place, not by a step: the same button pressed twice moves once."""
    diklat_id, actor = gate.subject(Diklat).id, gate.actor()
    place = request.form.get("ke", "")
    row_id = _row(diklat_id, position).id
    if request.form.get("row") != str(row_id):
        return _moved_meanwhile(slug)
    if not (place.isascii() and place.isdigit() and len(place) < 5):
        abort(400)
    return at_once(
        slug,
        lambda: rows.move_row(row_id, int(place), actor=actor, now=clock.now()),
        "Urutan materi diubah.",
        "programme",
    )


@blueprint.post("/kelola/diklat/<slug>/program/<int(max=9999):position>/hapus")
def remove_row(slug: str, position: int) -> Response:
    diklat_id, actor = gate.subject(Diklat).id, gate.actor()
    row_id = _row(diklat_id, position).id
    if request.form.get("row") != str(row_id):
        return _moved_meanwhile(slug)
    return at_once(slug, lambda: rows.remove_row(row_id, actor=actor, now=clock.now()), "Materi dihapus.", "programme")


def _moved_meanwhile(slug: str) -> Response:
    """The address names a place; somebody has put another row there since the page was shown."""
    flash("Urutan materi baru saja berubah. Periksa daftarnya, lalu ulangi.", "warn")
    return redirect(url_for("diklat_manage.programme", slug=slug), 303)
