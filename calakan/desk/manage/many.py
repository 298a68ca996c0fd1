"""The sheet on which the panitia say once what happens to all who were ticked, and what came of it."""

from __future__ import annotations

from typing import Any, NamedTuple

import sqlalchemy as sa
from flask import flash, redirect, render_template, request, url_for
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from calakan.certificates.models import CertificateRole
from calakan.desk.forms import FORMS, ManyForm
from calakan.desk.manage import acts
from calakan.desk.manage.acts import Outcome
from calakan.desk.views import blueprint
from calakan.diklat import queries as diklat_queries
from calakan.diklat.models import Diklat, DiklatState
from calakan.enrolment import many as core
from calakan.enrolment.errors import NobodyChosen, NotNow, TooManyChosen
from calakan.enrolment.manage import roster
from calakan.enrolment.many import Act
from calakan.enrolment.models import Enrolment, EnrolmentState
from calakan.kernel import clock, codes, db, formats
from calakan.kernel.errors import DomainError
from calakan.notifications import ways
from calakan.people.models import Person
from calakan.web import gate
from calakan.web.messages import sentence

MOST_TARGETS = 200
BUTTONS = {
    Act.MESSAGE: "Kirim",
    Act.MARK: "Catat",
    Act.EXCEPT: "Luluskan",
    Act.MOVE: "Pindahkan",
    Act.PAPERS: "Terbitkan",
    Act.SEAT: "Beri kursi",
    Act.REMOVE: "Batalkan pendaftaran",
}
DONE = {
    Act.MESSAGE: "{n} orang masuk antrean pesan",
    Act.MARK: "{n} orang dicatat",
    Act.EXCEPT: "{n} orang dinyatakan lulus",
    Act.MOVE: "{n} orang dipindahkan",
    Act.PAPERS: "{n} berkas sedang disiapkan",
    Act.SEAT: "{n} orang mendapat kursi",
    Act.REMOVE: "{n} pendaftaran dibatalkan",
}


class Chosen(NamedTuple):
    id: int
    code: str
    name: str


@blueprint.post("/kelola/diklat/<slug>/peserta/banyak")
def many(slug: str) -> Response | str | tuple[str, int]:
    """The sheet of one act for the ticked, or for all whom the filters show."""
    diklat = gate.subject(Diklat)
    picked = core.sent(request.form)
    try:
        act = _act(diklat)
        people = _everybody(diklat.id) if request.form.get("semua") == "1" else _people(diklat.id, picked)
        if len(people) > core.MOST_AT_ONCE:
            raise TooManyChosen(most=core.MOST_AT_ONCE)
        if not people:
            raise NobodyChosen()
    except DomainError as error:
        flash(sentence(error), "err")
        return _back(slug, pick=picked)
    form = _form(act, diklat, {"kunci": codes.code(20), "channels": list(ways.configured())})
    return _sheet(slug, act, people, form)


@blueprint.post("/kelola/diklat/<slug>/peserta/banyak/lakukan")
def do_many(slug: str) -> Response | str | tuple[str, int]:
    """Done for whom it can be done; who is refused is named with the reason, and a second tap changes nothing."""
    diklat = gate.subject(Diklat)
    diklat_id, codes_sent = diklat.id, core.parted(request.form.get("dipilih", ""))[: core.MOST_AT_ONCE]
    try:
        act = _act(diklat)
        # Whoever was moved or cancelled by the first of two taps is found by the second, too.
        people = _people(diklat_id, codes_sent)
        if not people:
            raise NobodyChosen()
    except DomainError as error:
        flash(sentence(error), "err")
        return _back(slug, pick=codes_sent)
    form = _form(act, diklat)
    if not form.validate_on_submit():
        return _sheet(slug, act, people, form)
    try:
        outcome = _do(act, diklat_id, [person.id for person in people], form)
    except DomainError as error:
        form.refuse(error)
        return _sheet(slug, act, people, form)
    if not outcome.refused:
        flash(f"{_said(act, outcome)}.", "ok")
        return _back(slug)
    return _result(slug, act, people, outcome)


def _act(diklat: Diklat) -> Act:
    """Raises NotNow."""
    wanted = request.form.get("tindakan", "")
    offered = core.offered(diklat, _stage(), now=clock.now())
    if wanted not in offered:
        raise NotNow()
    return Act(wanted)


def _stage() -> EnrolmentState:
    return EnrolmentState(roster.asked()["status"])


def _everybody(diklat_id: int) -> list[Chosen]:
    rows = db.session().scalars(roster.wanted(diklat_id).limit(core.MOST_AT_ONCE + 1)).unique()
    return [Chosen(row.person.id, row.person.code, row.person.printed_name) for row in rows]


def _people(diklat_id: int, picked: list[str]) -> list[Chosen]:
    """With a row in this diklat; who waits in order of the line, the others by name."""
    order = (Enrolment.queued_at, Enrolment.id) if _stage() is EnrolmentState.WAITING else (Person.name_key, Person.id)
    found: list[Chosen] = []
    for start in range(0, len(picked), 500):
        rows = db.session().scalars(
            sa.select(Enrolment)
            .join(Person, Person.id == Enrolment.person_id)
            .where(Enrolment.diklat_id == diklat_id, Person.code.in_(picked[start : start + 500]))
            .options(joinedload(Enrolment.person))
            .order_by(*order)
        )
        found += [Chosen(row.person.id, row.person.code, row.person.printed_name) for row in rows]
    return found


def _form(act: Act, diklat: Diklat, data: dict[str, Any] | None = None) -> ManyForm:
    """New for a sheet (`data`), or as it was sent."""
    made = FORMS[act](formdata=None, data=data) if data is not None else FORMS[act]()
    if act is Act.MARK:
        begun = core.begun(diklat.id, now=clock.now())
        made["sesi"].choices = [(str(s.number), f"{s.title}, {formats.day(s.starts_at, short=True)}") for s in begun]
    if act is Act.MOVE:
        made["ke"].choices = [("", "Pilih diklat"), *((d.slug, d.title) for d in _targets(diklat.id))]
    return made


def _targets(diklat_id: int) -> list[Diklat]:
    now = clock.now()
    found = db.session().scalars(
        diklat_queries.managed(gate.actor(), state=DiklatState.PUBLISHED)
        .where(Diklat.id != diklat_id, sa.or_(Diklat.ends_at.is_(None), Diklat.ends_at > now))
        .limit(MOST_TARGETS)
    )
    return list(found)


def _do(act: Act, diklat_id: int, people: list[int], form: Any) -> Outcome:
    """Raises what concerns all of them alike."""
    who: dict[str, Any] = {"actor": gate.actor(), "now": clock.now()}
    if act is Act.MESSAGE:
        text = {"subject": form.subject.data, "body": form.body.data, "channels": form.chosen}
        return acts.message(diklat_id, people, stage=_stage(), key=form.kunci.data or "", **text, **who)
    if act is Act.MARK:
        number, present = int(form.sesi.data), form.hadir.data == "y"
        session = next(s for s in core.begun(diklat_id, now=clock.now()) if s.number == number)
        return acts.mark(session.id, people, present=present, reason=form.reason.data, **who)
    if act is Act.PAPERS:
        return acts.papers(diklat_id, people, role=CertificateRole(form.jenis.data), **who)
    if act is Act.SEAT:
        return acts.seat(diklat_id, people, **who)
    reason = form.reason.data
    if act is Act.MOVE:
        to = next(d.id for d in _targets(diklat_id) if d.slug == form.ke.data)
        return acts.move(diklat_id, people, to=to, reason=reason, **who)
    todo = acts.let_pass if act is Act.EXCEPT else acts.remove
    return todo(diklat_id, people, reason=reason, **who)


def _sheet(slug: str, act: Act, people: list[Chosen], form: ManyForm) -> str | tuple[str, int]:
    diklat = diklat_queries.by_slug(slug)
    html = render_template(
        "desk/many.html",
        diklat=diklat,
        act=act,
        button=BUTTONS[act],
        people=people,
        joined=core.joined(person.code for person in people),
        form=form,
        asked=roster.asked(),
    )
    return (html, 422) if form.errors else html


def _result(slug: str, act: Act, people: list[Chosen], outcome: Outcome) -> str:
    names, reasons = {person.id: person for person in people}, dict[str, list[Chosen]]()
    for id, error in outcome.refused:
        if id in names:
            reasons.setdefault(sentence(error), []).append(names[id])
    left = [person.code for group in reasons.values() for person in group]
    return render_template(
        "desk/many_done.html",
        diklat=diklat_queries.by_slug(slug),
        act=act,
        said=_said(act, outcome),
        reasons=reasons,
        broadcast=outcome.broadcast,
        asked=roster.asked(),
        left=core.joined(left) if len(left) <= core.MOST_PICKED else "",
    )


def _said(act: Act, outcome: Outcome) -> str:
    parts = [DONE[act].format(n=formats.number(outcome.done))]
    if outcome.known:
        parts.append(f"{formats.number(outcome.known)} sudah begitu sebelumnya")
    if outcome.refused:
        parts.append(f"{formats.number(len(outcome.refused))} tidak")
    return ", ".join(parts)


def _back(slug: str, *, pick: list[str] | None = None) -> Response:
    kept: dict[str, Any] = {name: value or None for name, value in roster.asked().items()}
    picked = core.joined((pick or [])[: core.MOST_PICKED]) or None
    return redirect(url_for("enrolment_manage.roster", slug=slug, **kept, pilih=picked), 303)
