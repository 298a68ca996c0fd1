"""Closing a diklat: first a dry run with names and reasons, then the button; and passing one person with a reason."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from calakan.certificates import eligibility
from calakan.certificates import services as certificates
from calakan.completion import closing, groups, letters, reasons, reminding, services
from calakan.completion.errors import ExceptionForStranger
from calakan.completion.forms import CloseForm, ExceptionForm, ExceptionsForm, RemindForm
from calakan.completion.standing import Lack, Standing, conditions, exceptions
from calakan.diklat import queries as diklat_queries
from calakan.diklat.models import Diklat, DiklatState
from calakan.diklat.services import states
from calakan.enrolment import queries as enrolment
from calakan.kernel import clock, db, formats
from calakan.notifications.letters import Letter
from calakan.office.queries import office_settings
from calakan.people import queries as people
from calakan.people.models import Person
from calakan.web import gate
from calakan.web.acting import acting
from calakan.web.forms import Form
from calakan.web.paging import page

blueprint = Blueprint("completion", __name__, template_folder="templates")


@blueprint.route("/kelola/diklat/<slug>/tutup", methods=["GET", "POST"])
def close(slug: str) -> str | Response | tuple[str, int]:
    diklat_id, form = gate.subject(Diklat).id, CloseForm()
    if form.validate_on_submit():
        with acting(form) as deed:
            states.close(diklat_id, actor=gate.actor(), now=clock.now())
            if form.keterangan.data:
                certificates.request_statements(diklat_id, actor=gate.actor(), now=clock.now())
        if deed.done:
            flash("Diklat ditutup. Sertifikat sedang disiapkan.", "ok")
            return redirect(url_for("certificates_manage.board", slug=slug), 303)
    return _dry_run(slug, form)


def _dry_run(slug: str, form: Form) -> str | tuple[str, int]:
    diklat, now = diklat_queries.by_slug(slug), clock.now()
    if diklat is None:
        abort(404)
    plan = eligibility.dry_run(diklat, now=now)
    typed = request.args.get("kurang", "")
    wanted = Lack(typed) if typed in set(Lack) else None
    shown = [id for id, row in plan.lacking.items() if wanted is None or wanted in row.lacks]
    contact = office_settings().contact
    found = page(groups.people_of(shown))
    html = render_template(
        "completion/close.html",
        diklat=diklat,
        form=form,
        plan=plan,
        page=found,
        lines={p.id: reasons.lines(plan.lacking[p.id], contact=contact, now=now) for p in found.items},
        groups=groups.by_lack(plan.lacking.values(), shown=0),
        letters=_letters(diklat, {id: row for id, row in plan.lacking.items() if not row.met}, now),
        wanted=wanted,
        asked=reasons.conditions(conditions(diklat)[diklat.id]),
        still=closing.still_open(diklat, now=now),
        excepted=_excepted(diklat.id),
        may_close=diklat.state is DiklatState.PUBLISHED,
    )
    return (html, 422) if form.errors else html


def _letters(diklat: Diklat, lacking: dict[int, Standing], now: datetime) -> dict[Lack, Letter]:
    """For each thing that is lacking, the letter of the first who lacks it, by the alphabet."""
    first: dict[Lack, Person] = {}
    for person in db.session().scalars(groups.people_of(list(lacking))):
        for lack in lacking[person.id].lacks:
            first.setdefault(lack, person)
    return {lack: letters.written(diklat, lacking[p.id], p.name, now=now) for lack, p in first.items()}


def _excepted(diklat_id: int) -> list[tuple[str, str, str]]:
    """(code, name, reason) of those whom the panitia let pass."""
    given = {row.person_id: row.reason for row in exceptions(diklat_id)}
    rows = db.session().scalars(groups.people_of(list(given)))
    return [(person.code, person.printed_name, given[person.id]) for person in rows]


@blueprint.post("/kelola/diklat/<slug>/kelulusan")
def give_exception(slug: str) -> Response:
    diklat_id, form = gate.subject(Diklat).id, ExceptionForm()
    if not form.validate_on_submit():
        flash("Tulis alasannya.", "err")
        return _back(slug)
    with acting(done="Peserta ini dinyatakan lulus. Alasannya tercatat pada jejak audit."):
        person_id = _participant(diklat_id, form.orang.data or "")
        services.give_exception(
            diklat_id, person_id, reason=form.reason.data or "", actor=gate.actor(), now=clock.now()
        )
    return _back(slug)


@blueprint.post("/kelola/diklat/<slug>/kelulusan/banyak")
def give_exceptions(slug: str) -> Response:
    """All who lack nothing but this."""
    diklat_id, form, given = gate.subject(Diklat).id, ExceptionsForm(), 0
    if not form.validate_on_submit():
        flash("Tulis alasannya.", "err")
        return _back(slug)
    with acting() as deed:
        given = services.give_exceptions(
            diklat_id, Lack(form.kurang.data), reason=form.reason.data or "", actor=gate.actor(), now=clock.now()
        )
    if deed.done:
        flash(f"{formats.number(given)} peserta dinyatakan lulus. Alasannya tercatat pada jejak audit.", "ok")
    return _back(slug)


@blueprint.post("/kelola/diklat/<slug>/kelulusan/ingatkan")
def remind(slug: str) -> Response:
    diklat_id, form = gate.subject(Diklat).id, RemindForm()
    if not form.validate_on_submit():
        flash("Pilih siapa yang diingatkan dari daftar.", "err")
        return _back(slug)
    found = reminding.Reminded(0, 0)
    with acting() as deed:
        found = reminding.remind(diklat_id, Lack(form.kurang.data), actor=gate.actor(), now=clock.now())
    if deed.done:
        said = [f"{formats.number(found.new)} surat pengingat masuk antrean."] if found.new else []
        said += [f"{formats.number(found.told)} orang sudah diingatkan hari ini."] if found.told else []
        flash(" ".join(said), "ok")
    return _back(slug)


@blueprint.post("/kelola/diklat/<slug>/kelulusan/tarik")
def take_back_exception(slug: str) -> Response:
    diklat_id, code = gate.subject(Diklat).id, request.form.get("orang", "")
    with acting(done="Pengecualian ditarik."):
        person = people.by_code(code)
        if person is None:
            raise ExceptionForStranger()
        services.take_back_exception(diklat_id, person.id, actor=gate.actor(), now=clock.now())
    return _back(slug)


def _participant(diklat_id: int, code: str) -> int:
    found = enrolment.participant_ids(diklat_id, [code])
    if code not in found:
        raise ExceptionForStranger()
    return found[code]


def _back(slug: str) -> Response:
    return redirect(url_for("completion.close", slug=slug), 303)
