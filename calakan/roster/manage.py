"""The panitia's pages of the roster: who is in it, lists that are read, looked at, applied and taken back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from calakan.kernel import clock, db
from calakan.office.models import ChoiceKind
from calakan.people import queries as people
from calakan.people.models import Jenjang, Kecamatan
from calakan.roster import documents, lists, queries, words
from calakan.roster.forms import RosterFileForm, UndoListForm
from calakan.roster.models import RosterList, Verdict
from calakan.tables.errors import TableUnreadable
from calakan.web import gate
from calakan.web.acting import acting
from calakan.web.chrome import label
from calakan.web.messages import sentence, word
from calakan.web.paging import page

blueprint = Blueprint("roster_manage", __name__, template_folder="templates")
Page = str | Answer | tuple[str, int]
MOST_SHOWN = 100


@blueprint.get("/kelola/roster")
def rows() -> str:
    said, left = request.args.get("q", "")[:100], request.args.get("masih", "")
    found = page(queries.rows(words=said, left={"ada": False, "keluar": True}.get(left)))
    return render_template("roster/rows.html", page=found, words=said, left=left)


@blueprint.route("/kelola/roster/daftar", methods=["GET", "POST"])
def all_lists() -> Page:
    """The lists that were sent, and the form for another."""
    form = RosterFileForm()
    if form.validate_on_submit() and (school_id := _school(form)) != -1:
        as_of, id = form.as_of.data, 0
        assert as_of is not None
        with acting(form, beside="file") as deed:
            id = lists.store(
                form.file.data.read(),
                source=form.source.data or "",
                as_of=as_of,
                whole=bool(form.whole.data),
                makes=form.makes,
                school_id=school_id,
                file_name=(form.file.data.filename or "")[-80:],
                actor=gate.actor(),
                now=clock.now(),
            ).id
        if deed.done:
            return redirect(url_for("roster_manage.one_list", id=id), 303)
    html = render_template("roster/lists.html", form=form, page=page(lists.every()), counts=lists.counts)
    return (html, 422) if form.errors else html


def _school(form: RosterFileForm) -> int | None:
    """-1, and said in the form, for an NPSN that nobody knows."""
    npsn = (form.npsn.data or "").strip().upper()
    if not npsn:
        return None
    school = people.school_by_npsn(npsn)
    if school is None:
        form.npsn.errors = ["NPSN ini tidak dikenal. Tulis NPSN 8 angka."]
        return -1
    return school.id


@blueprint.get("/kelola/roster/daftar/<int:id>")
def one_list(id: int) -> str:
    return _show(gate.subject(RosterList), UndoListForm(formdata=None))


def _show(held: RosterList, form: UndoListForm) -> str:
    counts = lists.counts(held.id)
    leaving = lists.leavers(held) if held.stage.is_preview else []
    looked = page(lists.lines(held.id, Verdict.NEW, Verdict.CHANGED, Verdict.SAME, Verdict.LEFT))
    changed = [id for line in looked.items for id in line.changes.get("school_id", ())[:2]]
    schools = queries.school_names([*(line.facts.get("school_id") for line in looked.items if line.facts), *changed])
    return render_template(
        "roster/list.html",
        held=held,
        counts=counts,
        total=words.total(counts),
        refused=sentence(TableUnreadable(**held.refused)) if held.stage.is_refused else "",
        leaving=leaving,
        page=looked,
        left=_some(lists.lines(held.id, Verdict.WAITS)),
        remarks=_some(lists.remarks(held.id)),
        most=MOST_SHOWN,
        schools=schools,
        differences=_differences(schools),
        may_work=lists.may_work(gate.actor(), held),
        form=form,
    )


def _some(wanted: Any) -> list[tuple[int | None, str, str]]:
    """(number, name, why) of the first lines."""
    return [
        (line.number, line.name, words.why(line.why, column=line.column, said=line.said, other=line.other))
        for line in db.session().scalars(wanted.limit(MOST_SHOWN))
    ]


def _differences(schools: dict[int, str]) -> Callable[[Any], list[tuple[str, str, str, bool]]]:
    def of(line: Any) -> list[tuple[str, str, str, bool]]:
        """(what, before, after, whether what stands there stays) of each difference of a line."""
        return [
            (words.FIELDS[name], _side(name, was, schools), _side(name, will, schools), bool(kept))
            for name, (was, will, *kept) in sorted(line.changes.items())
        ]

    return of


def _side(name: str, value: Any, schools: dict[int, str]) -> str:
    kind = {"jabatan": ChoiceKind.JABATAN, "employment": ChoiceKind.STATUS}.get(name)
    known = {value: label(value, kind)} if kind is not None and value else {}
    if name == "jenjang" and value:
        known = {value: word(Jenjang(value))}
    if name == "kecamatan_code" and value:
        place = db.session().get(Kecamatan, value)
        known = {value: place.name} if place is not None else {}
    return words.change(name, value, schools=schools, label=known)


@blueprint.get("/kelola/roster/daftar/<int:id>/kemajuan")
def progress(id: int) -> Answer | str:
    """How far the work is; nothing once it is done, so that the page is loaded anew."""
    held = gate.subject(RosterList)
    return render_template("roster/_progress.html", held=held) if held.open else Response(status=204)


@blueprint.post("/kelola/roster/daftar/<int:id>/terapkan")
def apply_list(id: int) -> Answer:
    with acting(done="Daftar sedang diterapkan."):
        lists.apply(id, actor=gate.actor(), now=clock.now())
    return redirect(url_for("roster_manage.one_list", id=id), 303)


@blueprint.post("/kelola/roster/daftar/<int:id>/batalkan")
def undo_list(id: int) -> Page:
    form = UndoListForm()
    if not form.validate_on_submit():
        return _show(gate.subject(RosterList), form), 422
    with acting() as deed:
        lists.undo(id, reason=form.reason.data or "", actor=gate.actor(), now=clock.now())
    if deed.done:
        flash("Daftar sedang ditarik kembali.", "ok")
    return redirect(url_for("roster_manage.one_list", id=id), 303)


@blueprint.get("/kelola/roster/daftar/<int:id>/menunggu.xlsx")
def waiting(id: int) -> Answer:
    """The lines that wait, each with its reason."""
    held = gate.subject(RosterList)
    answer = Answer(
        documents.waiting(db.session().scalars(lists.lines(held.id, Verdict.WAITS)), held.makes),
        mimetype=documents.XLSX,
    )
    answer.headers["Content-Disposition"] = f'attachment; filename="data-induk-menunggu-{held.id}.xlsx"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
