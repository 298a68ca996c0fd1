"""Accounts that may be one person's, for the panitia: the list, two of them side by side, and what became of them."""

from __future__ import annotations

from collections import defaultdict

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from calakan.duplicates import finding, merging, schools, words
from calakan.duplicates.models import PersonMerge
from calakan.kernel import clock, db
from calakan.kernel.errors import DomainError
from calakan.people import queries as people
from calakan.people.models import Person, School
from calakan.web import gate
from calakan.web.acting import acting
from calakan.web.messages import sentence
from calakan.web.paging import page

blueprint = Blueprint("duplicates", __name__, template_folder="templates")


@blueprint.get("/kelola/orang/ganda")
def pairs() -> str:
    return render_template("duplicates/pairs.html", page=page(finding.waiting()))


@blueprint.post("/kelola/orang/ganda")
def search() -> Response:
    with acting(done="Sedang dicari. Muat ulang halaman ini sebentar lagi."):
        db.ring("duplicates.find")
    return redirect(url_for("duplicates.pairs"), 303)


@blueprint.get("/kelola/orang/<code>/ganda/<other>")
def pair(code: str, other: str) -> str:
    kept, gone = gate.subject(Person), _other(other)
    found, refused = finding.of_two(kept.id, gone.id), None
    try:
        merging.check(kept, gone, actor=gate.actor())
    except DomainError as error:
        refused = sentence(error)
    seen = merging.preview(kept, gone)
    return render_template(
        "duplicates/pair.html",
        kept=kept,
        gone=gone,
        signs=found.meant if found is not None else [],
        proposed=found is not None and found.apart_at is None,
        refused=refused,
        parts=_told(seen),
        shared=seen.diklat,
        fills=[words.FIELDS[name] for name in seen.fills],
    )


def _told(seen: merging.Preview) -> list[tuple[str, int, int]]:
    """(what, moves, stays), those without a name of their own together at the end."""
    found: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for part in seen.parts:
        told = found[words.TABLES.get(part.table, "Catatan lain")]
        told[0] += part.moves
        told[1] += part.stays
    rows = [(name, moves, stays) for name, (moves, stays) in found.items()]
    return sorted(rows, key=lambda row: row[0] == "Catatan lain")


def _other(code: str) -> Person:
    found = people.by_code(code)
    if found is None:
        abort(404)
    return found


@blueprint.post("/kelola/orang/<code>/ganda/<other>/gabung")
def merge(code: str, other: str) -> Response:
    kept, gone = gate.subject(Person).id, _other(other).id
    with acting(done="Dua akun itu sekarang satu. Selama 30 hari dapat dibatalkan dari halaman ini.") as deed:
        merging.merge(kept, gone, actor=gate.actor(), now=clock.now())
    if deed.done:
        return redirect(url_for("people_manage.person", code=code), 303)
    return redirect(url_for("duplicates.pair", code=code, other=other), 303)


@blueprint.post("/kelola/orang/<code>/ganda/<other>/beda")
def apart(code: str, other: str) -> Response:
    kept, gone = gate.subject(Person).id, _other(other).id
    with acting(done="Dicatat: dua orang yang berbeda."):
        finding.keep_apart(kept, gone, actor=gate.actor(), now=clock.now())
    return redirect(url_for("duplicates.pairs"), 303)


@blueprint.post("/kelola/orang/gabungan/<code>/batal")
def undo(code: str) -> Response:
    found = gate.subject(PersonMerge)
    kept = db.session().get_one(Person, found.kept_id).code
    with acting(done="Penggabungan dibatalkan; dua akun itu terpisah lagi."):
        merging.undo(found.code, actor=gate.actor(), now=clock.now())
    return redirect(url_for("people_manage.person", code=kept), 303)


@blueprint.get("/kelola/sekolah/<npsn>/gabung")
def school_pair(npsn: str) -> str:
    gone, typed = gate.subject(School), request.args.get("ke", "").strip().upper()[:8]
    kept, refused, parts = people.school_by_npsn(typed) if typed else None, None, list[tuple[str, int]]()
    if kept is not None:
        try:
            schools.check(kept, gone)
        except DomainError as error:
            refused = sentence(error)
        parts = [(words.SCHOOL_TABLES[table], moves) for table, moves in schools.preview(kept, gone).items()]
    return render_template(
        "duplicates/school_pair.html", kept=kept, gone=gone, typed=typed, refused=refused, parts=parts
    )


@blueprint.post("/kelola/sekolah/<npsn>/gabung")
def merge_school(npsn: str) -> Response:
    gone, typed = gate.subject(School).id, request.form.get("ke", "").strip().upper()[:8]
    kept = people.school_by_npsn(typed)
    if kept is None:
        flash("NPSN itu tidak dikenal. Tulis NPSN sekolah yang dipertahankan.", "err")
        return redirect(url_for("duplicates.school_pair", npsn=npsn), 303)
    id = kept.id
    with acting(done="Dua sekolah itu sekarang satu.") as deed:
        schools.merge(id, gone, actor=gate.actor(), now=clock.now())
    if deed.done:
        return redirect(url_for("people_manage.school_edit", npsn=typed), 303)
    return redirect(url_for("duplicates.school_pair", npsn=npsn, ke=typed), 303)


@blueprint.post("/kelola/sekolah/<npsn>/pisah")
def undo_school(npsn: str) -> Response:
    id = gate.subject(School).id
    with acting(done="Penggabungan dibatalkan; dua sekolah itu terpisah lagi."):
        schools.undo(id, actor=gate.actor(), now=clock.now())
    return redirect(url_for("people_manage.school_edit", npsn=npsn), 303)
