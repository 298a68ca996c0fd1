"""The panitia's list of participants: filters, acts on many at once, adding somebody by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from calakan.completion import reasons
from calakan.completion.standing import standing
from calakan.diklat import queries as diklat_queries
from calakan.diklat.models import Diklat, DiklatState
from calakan.enrolment import many, preview, queries, services
from calakan.enrolment.errors import NotEnrolled, TooManyChosen
from calakan.enrolment.models import Enrolment, EnrolmentState
from calakan.enrolment.seats import Why
from calakan.kernel import clock, db
from calakan.kernel.errors import DomainError
from calakan.people import queries as people_queries
from calakan.people.agreements import ConsentTo
from calakan.people.models import Jenjang, Person
from calakan.people.services import consents
from calakan.web import gate
from calakan.web.messages import sentence, word
from calakan.web.paging import page

# Named after the room, so that its templates are found.
blueprint = Blueprint("enrolment_manage", "calakan.enrolment", template_folder="templates")
Page = str | Response | tuple[str, int]


def asked(args: Mapping[str, str] | None = None) -> dict[str, str]:
    """The filters of the address, or of what was sent, as far as they are known."""
    args = request.args if args is None else args
    level, state = args.get("jenjang", ""), args.get("status", "")
    return {
        "q": args.get("q", "")[:100],
        "jenjang": level if level in set(Jenjang) else "",
        "status": state if state in set(EnrolmentState) else EnrolmentState.CONFIRMED.value,
    }


@blueprint.get("/kelola/diklat/<slug>/peserta")
def roster(slug: str) -> str:
    """`pilih` are the people who were ticked on this page or another."""
    diklat, filters, now = gate.subject(Diklat), asked(), clock.now()
    state = EnrolmentState(filters["status"])
    found = page(wanted(diklat.id))
    people = [e.person_id for e in found.items]
    picked = many.parted(request.args.get("pilih", ""))[: many.MOST_PICKED]
    shown = {e.person.code for e in found.items}
    facts: dict[str, Any] = {
        "diklat": diklat,
        "page": found,
        "standing": standing(diklat, people, now=now),
        "marks_of": reasons.marks,
        "unwilling": consents.refusing(ConsentTo.PHOTOS, people),
        "state": state,
        "asked": filters,
        "levels_to_pick": [("", "Semua"), *((j.value, word(j)) for j in Jenjang)],
        "states_to_pick": [(s.value, word(s)) for s in EnrolmentState],
        "seats": queries.seats(diklat)[diklat.id],
        "acts": [(act.value, word(act)) for act in many.offered(diklat, state, now=now)],
        "may_add": diklat.state is DiklatState.PUBLISHED and (diklat.ends_at is None or diklat.ends_at > now),
        "picked": picked,
        "elsewhere": [code for code in picked if code not in shown],
        "joined": many.joined,
        "moves": services.line_moves(diklat, now=now),
    }
    return render_template("enrolment/roster.html", **facts)


def wanted(diklat_id: int) -> sa.Select[Enrolment]:
    """Whom the filters of the address show."""
    filters = asked()
    return queries.roster(
        diklat_id,
        visible_to=gate.actor(),
        words=filters["q"],
        jenjang=Jenjang(filters["jenjang"]) if filters["jenjang"] else None,
        state=EnrolmentState(filters["status"]),
    )


@blueprint.post("/kelola/diklat/<slug>/peserta/lihat")
def look(slug: str) -> Response:
    """To another page or search of the list; who was ticked stays ticked."""
    codes = many.sent(request.form)
    if len(codes) > many.MOST_PICKED:
        flash(sentence(TooManyChosen(most=many.MOST_PICKED)), "err")
        codes = codes[: many.MOST_PICKED]
    address: dict[str, Any] = {
        **asked(request.form),
        "hal": request.form.get("hal", "")[:7],
        "pilih": many.joined(codes),
    }
    kept = {name: value or None for name, value in address.items()}
    return redirect(url_for("enrolment_manage.roster", slug=slug, **kept), 303)


def _waits(diklat_id: int, person_id: int, name: str) -> str:
    diklat, person = db.session().get_one(Diklat, diklat_id), db.session().get_one(Person, person_id)
    verdict = preview.verdict(diklat, person, now=clock.now())
    if verdict.why is Why.FULL or diklat.seat_by is None:
        return f"Kursi penuh, {name} masuk daftar tunggu."
    whose = word(diklat.seat_by).lower()
    why = (
        "belum tercatat" if verdict.why is Why.UNKNOWN else f"sudah mendapat {verdict.taken} dari {verdict.most} kursi"
    )
    return f"{name} masuk daftar tunggu: {whose}nya {why}."


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
                said = f"{name} terdaftar." if seated else _waits(diklat_id, person_id, name)
        except NotEnrolled:
            problem = "Pilih orang dari hasil pencarian."
        except DomainError as error:
            problem = f"{name}: {sentence(error)}"
        else:
            flash(said, "ok")
            return redirect(url_for("enrolment_manage.add", slug=slug))
    found = (
        page(people_queries.people(visible_to_actor=gate.actor(), adding=True, words=words)) if words.strip() else None
    )
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
