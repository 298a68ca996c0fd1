"""Many people enrolled at once from a pasted list: who is meant is shown first, and each refusal has its reason."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from flask import flash, redirect, render_template, request, url_for

from calakan.diklat import queries as diklat_queries
from calakan.diklat.models import Diklat
from calakan.enrolment import queries, services
from calakan.enrolment.forms import PasteForm
from calakan.enrolment.manage.roster import Page, blueprint
from calakan.enrolment.models import Enrolment, EnrolmentState
from calakan.kernel import clock
from calakan.kernel.errors import DomainError
from calakan.people import pasted
from calakan.people import queries as people_queries
from calakan.web import gate
from calakan.web.acting import acting
from calakan.web.messages import sentence


@dataclass
class Outcome:
    """What became of each; stands in for a form, so that a refusal is kept beside its name."""

    seated: int = 0
    waiting: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list)
    name: str = ""

    def refuse(self, error: DomainError, fallback: str = "") -> None:
        self.refused.append((self.name, sentence(error)))


@blueprint.route("/kelola/diklat/<slug>/peserta/tempel", methods=["GET", "POST"])
def add_many(slug: str) -> Page:
    """Quota and target hold as for one person; whoever is refused stands with the reason, the others are enrolled."""
    diklat_id, form, outcome = gate.subject(Diklat).id, PasteForm(), None
    chosen = request.form.getlist("orang")[: pasted.MOST_LINES]
    if form.validate_on_submit() and request.form.get("tahap") == "daftar":
        actor = gate.actor()
        outcome = enrol_each(
            chosen, lambda id: services.join(diklat_id, id, actor=actor, now=clock.now(), by_hand=True)
        )
        if not outcome.refused and (outcome.seated or outcome.waiting):
            flash(said(outcome), "ok")
            return redirect(url_for("enrolment_manage.roster", slug=slug), 303)
    right = request.method == "POST" and not form.errors
    lines = pasted.read(form.text.data or "", actor=gate.actor()) if right else []
    people = [line.person.id for line in lines if line.person is not None]
    diklat = diklat_queries.by_slug(slug)
    assert diklat is not None
    html = render_template(
        "enrolment/add_many.html",
        diklat=diklat,
        form=form,
        lines=lines,
        states=queries.states_of(diklat_id, people),
        seats=queries.seats(diklat)[diklat_id],
        outcome=outcome,
        said=said(outcome) if outcome is not None else "",
    )
    return html, 422 if form.errors else 200


def enrol_each(codes: Iterable[str], join: Callable[[int], Enrolment]) -> Outcome:
    """One after the other: what is refused to one is no reason for the others. `join` takes the id of a person."""
    outcome = Outcome()
    for code in dict.fromkeys(codes):
        person = people_queries.by_code(code)
        if person is None or not person.active:
            continue
        outcome.name, person_id = person.printed_name, person.id
        with acting(outcome) as deed:
            seated = join(person_id).state is EnrolmentState.CONFIRMED
        if deed.done:
            outcome.seated += seated
            outcome.waiting += not seated
    return outcome


def said(outcome: Outcome) -> str:
    """How many came how far."""
    parts = [f"{outcome.seated} orang terdaftar"]
    if outcome.waiting:
        parts.append(f"{outcome.waiting} masuk daftar tunggu")
    if outcome.refused:
        parts.append(f"{len(outcome.refused)} tidak dapat didaftarkan")
    return f"{', '.join(parts)}."
