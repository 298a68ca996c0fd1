"""One's own data: see, download, ask for erasure; and the admin's page that erases."""

from __future__ import annotations

import json
from datetime import datetime

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from calakan.kernel import clock
from calakan.office.queries import office_settings
from calakan.people import queries as people
from calakan.people.models import Person
from calakan.privacy import erasure, personal
from calakan.privacy.forms import EraseForm
from calakan.web import gate
from calakan.web.acting import acting

blueprint = Blueprint("privacy", __name__, template_folder="templates")


@blueprint.get("/saya/data")
def data() -> str:
    me = gate.me()
    asked = erasure.asked_at(me)
    return render_template(
        "privacy/my_data.html",
        person=people.person(me),
        facts=personal.everything(me),
        until=asked + erasure.WITHIN if asked is not None else None,
        office=office_settings(),
    )


@blueprint.get("/saya/data.json")
def download() -> Response:
    """Everything, as a file; for the person alone."""
    text = json.dumps(personal.everything(gate.me()), default=_plain, ensure_ascii=False, indent=1)
    answer = Response(text + "\n", mimetype="application/json")
    answer.headers["Content-Disposition"] = 'attachment; filename="data-saya.json"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _plain(value: object) -> str:
    return clock.local(value).isoformat(timespec="seconds") if isinstance(value, datetime) else str(value)


@blueprint.post("/saya/data/hapus")
def ask() -> AnyResponse:
    me = gate.me()
    with acting(done="Permintaan penghapusan tercatat dan diteruskan kepada admin."):
        erasure.ask(me, actor=gate.actor(), now=clock.now())
    return redirect(url_for("privacy.data"))


@blueprint.route("/kelola/orang/<code>/hapus", methods=["GET", "POST"])
def erase(code: str) -> str | AnyResponse | tuple[str, int]:
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
