"""The admin's pages: for how long data are kept, the register of breaches, and the one that erases a person's data."""

from __future__ import annotations

from dataclasses import asdict

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from calakan.kernel import clock
from calakan.office.queries import office_settings
from calakan.office.services import change_settings
from calakan.people import queries as people
from calakan.people.models import Person
from calakan.privacy import breaches, erasure, keeping
from calakan.privacy.breaches import Step
from calakan.privacy.forms import BreachForm, EraseForm, KeepingForm
from calakan.privacy.models import Breach
from calakan.privacy.retention import Kept
from calakan.web import gate
from calakan.web.acting import acting

blueprint = Blueprint("privacy_manage", __name__, template_folder="templates")
Page = str | Response | tuple[str, int]


@blueprint.route("/kelola/pelindungan-data", methods=["GET", "POST"])
def keeping_page() -> Page:
    form = KeepingForm(data=asdict(office_settings()) if request.method == "GET" else None)
    if form.validate_on_submit():
        for kind in Kept:
            if form[kind.value].data is None:
                form[kind.value].errors = ["Wajib diisi."]
        if not form.errors:
            with acting(form) as deed:
                change_settings(actor=gate.actor(), now=clock.now(), **form.data)
            if deed.done:
                flash("Pengaturan disimpan. Pemberitahuan privasi menyebut yang baru.", "ok")
                return redirect(url_for("privacy_manage.keeping_page"))
    html = render_template("privacy/keeping.html", form=form, kinds=list(Kept), changes=keeping.changes())
    return (html, 422) if form.errors else html


@blueprint.route("/kelola/pelindungan-data/kegagalan", methods=["GET", "POST"])
def breaches_page() -> Page:
    """The register, and the form that starts the clock of another."""
    form = BreachForm()
    if form.validate_on_submit():
        with acting(form) as deed:
            code = breaches.note(form.said, actor=gate.actor(), now=clock.now()).code
        if deed.done:
            flash("Tercatat. Waktunya berjalan: 3 × 24 jam sejak diketahui.", "ok")
            return redirect(url_for("privacy_manage.breach_page", code=code), 303)
    html = render_template("privacy/breaches.html", form=form, rows=breaches.register())
    return (html, 422) if form.errors else html


@blueprint.route("/kelola/pelindungan-data/kegagalan/<code>", methods=["GET", "POST"])
def breach_page(code: str) -> Page:
    breach_id, held = gate.subject(Breach).id, gate.subject(Breach)
    form = BreachForm(data={**vars(held), "what": held.data} if request.method == "GET" else None)
    if form.validate_on_submit():
        with acting(form) as deed:
            breaches.amend(breach_id, form.said, actor=gate.actor(), now=clock.now())
        if deed.done:
            flash("Catatan diperbarui.", "ok")
            return redirect(url_for("privacy_manage.breach_page", code=code), 303)
    html = render_template(
        "privacy/breach.html", form=form, breach=breaches.by_code(code), office=office_settings(), steps=Step
    )
    return (html, 422) if form.errors else html


@blueprint.post("/kelola/pelindungan-data/kegagalan/<code>/langkah")
def answer_breach(code: str) -> Response:
    breach_id, step = gate.subject(Breach).id, request.form.get("langkah", "")
    if step not in set(Step):
        flash("Langkah tidak dikenal.", "err")
    else:
        with acting(done="Tercatat."):
            breaches.take(breach_id, Step(step), actor=gate.actor(), now=clock.now())
    return redirect(url_for("privacy_manage.breach_page", code=code), 303)


@blueprint.route("/kelola/orang/<code>/hapus", methods=["GET", "POST"])
def erase(code: str) -> Page:
    """A confirmation with the consequence and a reason, then the deed."""
    person_id, form = gate.subject(Person).id, EraseForm()
    if form.validate_on_submit():
        with acting(form) as deed:
            erasure.erase(person_id, reason=form.reason.data or "", actor=gate.actor(), now=clock.now())
        if deed.done:
            flash("Data pribadi dihapus. Hitungan partisipasi dan register sertifikat tetap.", "ok")
            return redirect(url_for("people_manage.people"))
    person, asked = people.person(person_id), erasure.asked_at(person_id)
    html = render_template(
        "privacy/erase.html", person=person, form=form, until=asked + erasure.WITHIN if asked is not None else None
    )
    return html, 422 if form.errors else 200
