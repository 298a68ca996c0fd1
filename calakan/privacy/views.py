"""The notice, and one's own data: see, download, ask for erasure."""

from __future__ import annotations

import json
from datetime import datetime

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from calakan.kernel import clock
from calakan.narasumber import services as narasumber
from calakan.notifications import ways
from calakan.notifications.ways import Way
from calakan.office.queries import office_settings
from calakan.people import notices
from calakan.people import queries as people
from calakan.people.agreements import ConsentTo
from calakan.people.services import consents as people_consents
from calakan.privacy import consents as given
from calakan.privacy import erasure, keeping, lookers, personal
from calakan.privacy.documents import flat
from calakan.privacy.forms import AFTER, NEWS, photo_consent
from calakan.reports.documents.sheets import as_csv
from calakan.web import gate
from calakan.web.acting import acting
from calakan.web.messages import word
from calakan.web.paging import page

blueprint = Blueprint("privacy", __name__, template_folder="templates")
PAGE = "halaman"  # of a narasumber, for everybody to see


@blueprint.get("/privasi")
def notice() -> str:
    return _notice(notices.CURRENT)


@blueprint.get("/privasi/<int:version>")
def older_notice(version: int) -> str:
    if version not in notices.VERSIONS:
        abort(404)
    return _notice(version)


def _notice(version: int) -> str:
    return render_template(
        "privacy/notice.html",
        version=version,
        current=notices.CURRENT,
        versions=notices.VERSIONS,
        news=NEWS,
        after=AFTER,
        office=office_settings(),
        channels=ways.others(),
        periods=keeping.periods(),
        changes=keeping.changes(),
    )


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


@blueprint.get("/saya/data.csv")
def download_table() -> Response:
    """The same as a table: part, number of the row, name, value. Opens in a spreadsheet, also on a phone."""
    answer = Response(
        as_csv(("bagian", "baris", "isian", "nilai"), flat(personal.everything(gate.me()))), mimetype="text/csv"
    )
    answer.headers["Content-Disposition"] = 'attachment; filename="data-saya.csv"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.get("/saya/data/dilihat")
def lookers_page() -> str:
    return render_template("privacy/lookers.html", page=page(lookers.of_person(gate.me())))


def _plain(value: object) -> str:
    return clock.local(value).isoformat(timespec="seconds") if isinstance(value, datetime) else str(value)


@blueprint.post("/saya/data/hapus")
def ask() -> AnyResponse:
    me = gate.me()
    with acting(done="Permintaan penghapusan tercatat dan diteruskan kepada admin."):
        erasure.ask(me, actor=gate.actor(), now=clock.now())
    return redirect(url_for("privacy.data"))


@blueprint.get("/saya/persetujuan")
def consents() -> str:
    names = {member.value: word(member) for kind in (ConsentTo, Way) for member in kind}
    return render_template(
        "privacy/consents.html", given=given.of_person(gate.me()), words=photo_consent(), names=names
    )


@blueprint.post("/saya/persetujuan")
def change_consent() -> AnyResponse:
    """`untuk` is one purpose; `setuju` 1 gives, else it is withdrawn."""
    me, actor, now = gate.me(), gate.actor(), clock.now()
    purpose, agreed = request.form.get("untuk", ""), request.form.get("setuju") == "1"
    if purpose == PAGE:
        with acting(
            done="Persetujuan tersimpan." if agreed else "Persetujuan ditarik. Halamannya tidak lagi dilihat umum."
        ):
            narasumber.publish(me, agreed, actor=actor, now=now)
    elif purpose not in set(ConsentTo):
        flash("Persetujuan tidak dikenal.", "err")
    elif agreed:
        with acting(done="Persetujuan tersimpan."):
            people_consents.give(me, ConsentTo(purpose), words=photo_consent(), actor=actor, now=now)
    else:
        with acting(done="Persetujuan ditarik, dan langsung berlaku."):
            people_consents.withdraw(me, ConsentTo(purpose), actor=actor, now=now)
    return redirect(url_for("privacy.consents"), 303)
