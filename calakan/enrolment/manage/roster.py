"""The panitia's list of participants: filters, acts on many at once, adding somebody by hand."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from calakan.completion import reasons
from calakan.completion.standing import standing
from calakan.diklat import queries as diklat_queries
from calakan.diklat.models import Diklat, DiklatState
from calakan.enrolment import queries, services
from calakan.enrolment.errors import NotEnrolled
from calakan.enrolment.forms import BulkForm
from calakan.enrolment.models import EnrolmentState
from calakan.kernel import clock, db
from calakan.kernel.errors import DomainError
from calakan.people import queries as people_queries
from calakan.people.agreements import ConsentTo
from calakan.people.models import Jenjang
from calakan.people.services import consents
from calakan.web import gate
from calakan.web.messages import sentence, word
from calakan.web.paging import page

# Named after the room, so that its templates are found.
blueprint = Blueprint("enrolment_manage", "calakan.enrolment", template_folder="templates")
Page = str | Response | tuple[str, int]
MOST_AT_ONCE = 200


def _asked() -> dict[str, str]:
    """The filters of the address, as far as they are known."""
    args = request.args
    level, state = args.get("jenjang", ""), args.get("status", "")
    return {
        "q": args.get("q", "")[:100],
        "jenjang": level if level in set(Jenjang) else "",
        "status": state if state in set(EnrolmentState) else EnrolmentState.CONFIRMED.value,
    }


def _show(slug: str, form: BulkForm) -> str:
    diklat, asked, now = diklat_queries.by_slug(slug), _asked(), clock.now()
    assert diklat is not None
    state = EnrolmentState(asked["status"])
    found = page(
        queries.roster(
            diklat.id,
            visible_to=gate.actor(),
            words=asked["q"],
            jenjang=Jenjang(asked["jenjang"]) if asked["jenjang"] else None,
            state=state,
        )
    )
    seats = queries.seats(diklat)[diklat.id]
    running = diklat.state is DiklatState.PUBLISHED and (diklat.ends_at is None or diklat.ends_at > now)
    people = [e.person_id for e in found.items]
    facts: dict[str, Any] = {
        "diklat": diklat,
        "page": found,
        "standing": standing(diklat, people, now=now),
        "marks_of": reasons.marks,
        "unwilling": consents.refusing(ConsentTo.PHOTOS, people),
        "state": state,
        "asked": asked,
        "levels_to_pick": [("", "Semua"), *((j.value, word(j)) for j in Jenjang)],
        "states_to_pick": [(s.value, word(s)) for s in EnrolmentState],
        "seats": seats,
        "may_change": diklat.state is DiklatState.PUBLISHED and state is not EnrolmentState.CANCELLED,
        "may_seat": running and state is EnrolmentState.WAITING and not seats.full,
        "may_add": running,
        "form": form,
        "chosen": form.orang.data or [],
    }
    return render_template("enrolment/roster.html", **facts)


@blueprint.get("/kelola/diklat/<slug>/peserta")
def roster(slug: str) -> str:
    return _show(slug, BulkForm(formdata=None))


@blueprint.post("/kelola/diklat/<slug>/peserta/tindakan")
def act(slug: str) -> Page:
    """Cancel the chosen, or seat the chosen of the waiting list. The filters travel in the address."""
    diklat_id, asked, form = gate.subject(Diklat).id, _asked(), BulkForm()
    if not form.validate_on_submit():
        return _show(slug, form), 422
    codes = list(dict.fromkeys(form.orang.data or []))[:MOST_AT_ONCE]
    people = queries.participant_ids(diklat_id, codes, state=EnrolmentState(asked["status"]))
    actor, now = gate.actor(), clock.now()
    try:
        if len(people) != len(codes):
            raise NotEnrolled()
        with db.transaction():
            if form.tindakan.data == "kursi":
                done = services.promote(diklat_id, people.values(), actor=actor, now=now)
            else:
                reason = form.reason.data or ""
                done = services.remove(diklat_id, people.values(), reason=reason, actor=actor, now=now)
    except DomainError as error:
        form.refuse(error)
        return _show(slug, form), 422
    flash(f"{done} orang mendapat kursi." if form.tindakan.data == "kursi" else f"{done} pendaftaran dibatalkan.", "ok")
    kept: dict[str, Any] = {name: value or None for name, value in asked.items()}
    return redirect(url_for("enrolment_manage.roster", slug=slug, **kept))


@blueprint.route("/kelola/diklat/<slug>/peserta/tambah", methods=["GET", "POST"])
def add(slug: str) -> Page:
    """Search a person, then enrol him with one button; quota and target hold, the window of enrolment does not."""
    diklat = gate.subject(Diklat)
    diklat_id, problem, words = diklat.id, "", request.values.get("q", "")[:100]
    if request.method == "POST":
        person = people_queries.by_code(request.form.get("orang", ""))
        name, person_id = (person.name, person.id) if person is not None and person.active else ("", 0)
        try:
            if not person_id:
                raise NotEnrolled()
            with db.transaction():
                made = services.join(diklat_id, person_id, actor=gate.actor(), now=clock.now(), by_hand=True)
                seated = made.state is EnrolmentState.CONFIRMED
        except NotEnrolled:
            problem = "Pilih orang dari hasil pencarian."
        except DomainError as error:
            problem = f"{name}: {sentence(error)}"
        else:
            flash(f"{name} terdaftar." if seated else f"Kursi penuh, {name} masuk daftar tunggu.", "ok")
            return redirect(url_for("enrolment_manage.add", slug=slug))
    found = page(people_queries.people(visible_to_actor=gate.actor(), words=words)) if words.strip() else None
    shown = diklat_queries.by_slug(slug)
    assert shown is not None
    html = render_template(
        "enrolment/add.html",
        diklat=shown,
        words=words,
        page=found,
        states=queries.states_of(diklat_id, [p.id for p in found.items]) if found is not None else {},
        seats=queries.seats(shown)[diklat_id],
        problem=problem,
    )
    return html, 422 if problem else 200
