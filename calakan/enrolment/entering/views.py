"""The form of a stranger, and where he arrives once his address is proven."""

from __future__ import annotations

from datetime import datetime

from flask import flash, redirect, render_template, session, url_for
from werkzeug.wrappers import Response

from calakan.diklat import queries as diklat_queries
from calakan.diklat.models import Diklat
from calakan.enrolment import joining, services
from calakan.enrolment import queries as enrolments
from calakan.enrolment.entering.forms import CONSENT, EnterForm
from calakan.enrolment.errors import ProfileIncomplete
from calakan.enrolment.views import blueprint
from calakan.kernel import clock, db
from calakan.kernel.errors import DomainError
from calakan.people import phones
from calakan.people import queries as people
from calakan.people.models import Wanted
from calakan.people.services import mail_codes
from calakan.people.services.newcomers import read
from calakan.web import gate
from calakan.web.acting import acting
from calakan.web.limits import counted, mailed, strangers
from calakan.web.messages import sentence

__all__ = ["arrive", "blueprint"]
Page = Response | str | tuple[str, int]


@blueprint.route("/diklat/<slug>/ikut", methods=["GET", "POST"])
@counted(strangers, mailed, methods=["POST"])
def enter(slug: str) -> Page:
    diklat, now = gate.subject(Diklat), clock.now()
    back = redirect(url_for("diklat.detail", slug=slug), 303)
    if gate.actor_or_none() is not None:
        return back
    try:
        services.check_open(diklat, now=now)
    except DomainError as error:
        flash(sentence(error), "err")
        return back
    form, title = EnterForm(), diklat.title
    if form.validate_on_submit():
        typed = form.newcomer(consent=CONSENT if phones.is_number(form.address) else "")
        with acting(form) as deed:
            browser = mail_codes.ask(
                form.address, Wanted.ENROL, typed={**typed.kept(), "diklat": slug, "title": title}, now=now
            )
        if deed.done:
            session["mail_code"] = browser
            return redirect(url_for("people.type_code"), 303)
    if not form.is_submitted():
        _remember(form, now=now)
    fresh = diklat_queries.by_slug(slug)
    seats = enrolments.seats(fresh)[fresh.id] if fresh is not None else None
    page = render_template("enrolment/enter.html", form=form, diklat=fresh, seats=seats)
    return (page, 422) if form.errors else page


def _remember(form: EnterForm, *, now: datetime) -> None:
    """Whoever comes back to mend one thing types the rest once."""
    waiting = mail_codes.waiting(session.get("mail_code", ""), now=now)
    if waiting is not None and waiting.wanted is Wanted.ENROL:
        form.email.data = phones.shown_address(waiting.address)
        form.remember(read(waiting.typed))


def arrive(slug: str, person_id: int, *, now: datetime) -> str:
    """Take the seat, or the place in the line; returns the page that says so, or why not. For whoever has just come in."""
    diklat, person = diklat_queries.by_slug(slug), people.person(person_id)
    assert person is not None
    detail = url_for("diklat.detail", slug=slug)
    if diklat is None:
        flash("Diklat ini sudah tidak ada. Akun Bapak/Ibu tetap dapat dipakai.", "warn")
        return url_for("diklat.catalogue")
    diklat_id, actor, applicant = diklat.id, people.actor_of(person), joining.applicant(diklat.id, person_id, now=now)
    try:
        with db.transaction():
            services.join(diklat_id, person_id, actor=actor, now=now, applicant=applicant)
    except ProfileIncomplete as error:
        flash(sentence(error), "warn")
        return url_for("people.profile", next=detail)
    except DomainError as error:
        flash(f"{sentence(error)} Bapak/Ibu sudah masuk; pendaftaran pada diklat ini belum jadi.", "warn")
        return detail
    return url_for("enrolment.joined", slug=slug)
