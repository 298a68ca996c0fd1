"""The pages of an official: one's own people, one of them, sending some to a diklat, reminding, the file."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from calakan.attendance import queries as attendance
from calakan.certificates import queries as certificates
from calakan.desk import dashboards
from calakan.desk.scope import documents, services, standing, texts
from calakan.desk.scope.forms import SendForm
from calakan.desk.scope.standing import Asked, Show
from calakan.desk.views import blueprint
from calakan.enrolment import queries as enrolment
from calakan.enrolment.manage.pasting import enrol_each, said
from calakan.enrolment.models import EnrolmentState
from calakan.kernel import clock, db, formats
from calakan.kernel.actor import Actor, Role
from calakan.kernel.errors import NotFound
from calakan.office.queries import office_settings
from calakan.people import pasted
from calakan.people import queries as people
from calakan.people.models import Person
from calakan.people.pasted import By, Line
from calakan.reports.documents.sheets import MIME_TYPES, Format
from calakan.web import gate
from calakan.web.acting import acting
from calakan.web.messages import picks
from calakan.web.paging import page

Page = str | Answer | tuple[str, int]
MOST_IN_FILE = 20_000


def _asked() -> Asked:
    """The filters, as they stand in the address."""
    args = request.args
    show = args.get("tampil", "")
    return Asked(
        year=standing.this_year(clock.now()),
        words=args.get("q", "")[:100],
        school=args.get("sekolah", "")[:8],
        show=Show(show) if show in set(Show) else Show.ALL,
    )


def _kept(asked: Asked) -> dict[str, Any]:
    shown = asked.show.value if not asked.show.is_all else None
    return {"q": asked.words or None, "sekolah": asked.school or None, "tampil": shown}


@blueprint.get("/binaan")
def scope() -> str:
    """The people in the visitor's own scope with their year: no numbers, no contacts, no accounts."""
    asked, actor, now = _asked(), gate.actor(), clock.now()
    found = page(standing.own(actor, asked))
    counted, took_part, known = dashboards.own_people(today=clock.today(), actor=actor)
    schools = standing.schools(actor)
    return render_template(
        "desk/scope.html",
        page=found,
        asked=asked,
        kept=_kept(asked),
        years=standing.years(found.items, asked.year),
        office=office_settings(),
        shows=picks(Show)(),
        schools=[("", "Semua"), *schools] if len(schools) > 1 else [],
        places=people.scope_names(actor),
        counted=counted,
        took_part=took_part,
        known=known,
        share=formats.share(took_part, known),
        strangers=standing.without_account(actor),
        text=texts.for_group(standing.offered(now)),
    )


@blueprint.get("/binaan/orang/<code>")
def scope_person(code: str) -> str:
    """What one of one's own people takes part in, with presence, and the papers."""
    person, now = gate.subject(Person), clock.now()
    year = standing.this_year(now)
    enrolments = enrolment.of_person(person.id)
    found, offered = standing.years([person], year)[person.id], standing.offered(now, person)
    return render_template(
        "desk/scope_person.html",
        person=person,
        workplace=people.workplace(people.person(person.id) or person),
        year=year,
        found=found,
        enrolments=enrolments,
        progress=attendance.progress_of_person([row.diklat for row in enrolments], person.id, now=now),
        papers=certificates.of_person(person.id),
        text=texts.for_one(person.name, year, found, offered),
    )


@blueprint.get("/binaan/unduh")
def scope_file() -> Answer:
    """All whom the filters show."""
    if request.args.get("format") not in (Format.CSV, Format.XLSX):
        abort(404)
    kind, asked, now = Format(request.args["format"]), _asked(), clock.now()
    found = db.session().scalars(standing.own(gate.actor(), asked).limit(MOST_IN_FILE)).unique().all()
    rows = documents.rows(found, standing.years(found, asked.year))
    name = documents.file_name(kind, year=asked.year, made_at=now)
    return Response(
        documents.make(rows, kind, year=asked.year, made_at=now),
        content_type=MIME_TYPES[kind],
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )


@blueprint.post("/binaan/ingatkan")
def scope_remind() -> Answer:
    """To the ticked, or to all whom the filters show; never to who has reached the target."""
    asked, sent = _asked(), 0
    codes = None if request.form.get("semua") == "1" else request.form.getlist("orang")[: pasted.MOST_LINES]
    with acting() as deed:
        sent = services.remind(codes, asked, actor=gate.actor(), now=clock.now())
    if deed.done:
        flash(f"{formats.number(sent)} pengingat masuk antrean kirim.", "ok")
    return redirect(url_for("desk.scope", **_kept(asked)), 303)


@blueprint.route("/binaan/daftarkan", methods=["GET", "POST"])
def scope_send() -> Page:
    """Whom a list means is shown first; then each who is ticked is enrolled, or refused with the reason."""
    now, actor, outcome = clock.now(), gate.actor(), None
    form, offered = SendForm(), standing.offered(now)
    form.diklat.choices = [(diklat.slug, diklat.title) for diklat in offered]
    ids = {diklat.slug: diklat.id for diklat in offered}
    codes = request.form.getlist("orang")[: pasted.MOST_LINES]
    if request.form.get("tahap") and form.validate_on_submit():
        diklat_id = ids[form.diklat.data]
        if request.form["tahap"] == "daftar":
            own, strangers = _own(codes, actor)
            outcome = enrol_each(own, lambda id: services.send(diklat_id, id, actor=actor, now=clock.now()))
            for outcome.name in strangers:
                outcome.refuse(NotFound())
            if not outcome.refused and (outcome.seated or outcome.waiting):
                flash(said(outcome), "ok")
                return redirect(url_for("desk.scope"), 303)
    lines = _lines(form.text.data or "" if not form.errors else "", codes, actor)
    html = render_template(
        "desk/scope_send.html",
        form=form,
        lines=lines,
        states=_states(ids.get(form.diklat.data or ""), lines),
        open=bool(ids),
        outcome=outcome,
        said=said(outcome) if outcome is not None else "",
    )
    return html, 422 if form.errors else 200


def _own(codes: list[str], actor: Actor) -> tuple[list[str], list[str]]:
    """Those of one's own people, and the others: a name is nobody's but whose people they are."""
    mine = people.in_scope(actor).where(Person.code.in_(codes))
    known = {person.code for person in db.session().scalars(mine).unique()}
    asked = list(dict.fromkeys(codes))
    return [code for code in asked if code in known], [code for code in asked if code not in known]


def _lines(text: str, codes: list[str], actor: Actor) -> list[Line]:
    """Of a pasted list, and who was ticked; nobody but one's own people is known here."""
    found = pasted.read(text, actor=replace(actor, roles=frozenset({Role.PESERTA}))) if text else []
    there = {line.person.code for line in found if line.person is not None}
    ticked = db.session().scalars(people.in_scope(actor).where(Person.code.in_(codes))).unique()
    return [*found, *(Line(who.printed_name, By.NUMBER, who) for who in ticked if who.code not in there)]


def _states(diklat_id: int | None, lines: list[Line]) -> dict[int, EnrolmentState]:
    people_ids = [line.person.id for line in lines if line.person is not None]
    return enrolment.states_of(diklat_id, people_ids) if diklat_id is not None else {}
