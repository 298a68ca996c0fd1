"""The list of diklat, and what a diklat says of itself."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from calakan.diklat import queries
from calakan.diklat.forms import DiklatForm, LeadForm, NewDiklatForm, values_of
from calakan.diklat.manage.answers import Page, answer, at_once, blueprint, done, fresh
from calakan.diklat.models import Diklat, DiklatState
from calakan.diklat.services import details
from calakan.enrolment import queries as enrolments
from calakan.kernel import clock, db
from calakan.kernel.actor import Actor
from calakan.narasumber import queries as narasumber
from calakan.office.queries import office_settings
from calakan.people.models import Person
from calakan.web import gate, paging
from calakan.web.acting import held
from calakan.web.chrome import lists


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
    usual = {name: getattr(office_settings(), name) for name in ("min_attendance_percent", "minutes_per_jp")}
    form = NewDiklatForm(data={**usual, "remind": True})
    form.offer(lists().active("topic"), lists().active("jabatan"))
    if actor.is_committee:
        form.lead_id.choices = _leads(None)
    else:
        del form.lead_id
    made: list[Diklat] = []

    def work() -> None:
        chosen = form.lead_id.data if actor.is_committee else actor.person_id
        lead_id = int(chosen) if chosen else None
        made.append(details.create(form.details(), lead_id=lead_id, actor=actor, now=clock.now()))

    if form.sent() and held(form, work):
        return done(made[0].slug, "Draf diklat tersimpan. Lanjutkan dengan menyusun sesi.")
    return answer(form, render_template("diklat/manage_form.html", form=form, diklat=None))


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

    def work() -> None:
        keep = bool(form.keep_seated.data)
        details.change(diklat_id, form.details(), actor=actor, now=clock.now(), keep_seated=keep)

    if form.sent() and held(form, work):
        return done(slug, "Perubahan tersimpan.")
    page = render_template("diklat/manage_form.html", form=form, diklat=fresh(slug), lead_form=lead_form)
    return answer(form, page)


def _lead_form(diklat: Diklat, actor: Actor) -> LeadForm | None:
    """Who is in charge is for the panitia to say."""
    if not actor.is_committee:
        return None
    form = LeadForm(data={"lead_id": str(diklat.lead_id or "")})
    form.lead_id.choices = _leads(diklat.lead_id)
    return form


def _leads(now_in_charge: int | None) -> list[tuple[str, str]]:
    """Everyone who may be in charge, and whoever is though no longer a narasumber."""
    people = {str(person.id): person.printed_name for person in narasumber.can_speak()}
    if now_in_charge is not None and str(now_in_charge) not in people:
        lead = db.session().get_one(Person, now_in_charge)
        people[str(lead.id)] = lead.printed_name
    return [("", "Tidak ada"), *people.items()]


def _set_lead(slug: str, diklat_id: int, form: LeadForm) -> Response:
    if not form.validate_on_submit():
        flash("Pilih penanggung jawab dari daftar.", "err")
        return redirect(url_for("diklat_manage.edit", slug=slug), 303)
    lead_id = int(form.lead_id.data) if form.lead_id.data else None
    return at_once(
        slug,
        lambda: details.set_lead(diklat_id, lead_id, actor=gate.actor(), now=clock.now()),
        "Penanggung jawab tersimpan.",
    )


def _with(choices: Any, kind: str, chosen: list[str]) -> list[tuple[str, str]]:
    """What may be chosen now, and what was chosen before though switched off since."""
    active: list[tuple[str, str]] = choices.active(kind)
    known = {code for code, _ in active}
    return active + [(code, choices.label(kind, code)) for code in chosen if code not in known]
