"""The person's own messages, and the outbox of the panitia."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from calakan.kernel import clock, db
from calakan.kernel.claims import WorkState
from calakan.kernel.errors import DomainError
from calakan.notifications import queries, services
from calakan.web import gate
from calakan.web.messages import sentence
from calakan.web.paging import page

blueprint = Blueprint("notifications", __name__, template_folder="templates")


@blueprint.get("/saya/pesan")
def inbox() -> str:
    person_id = gate.actor().person_id
    assert person_id is not None
    return render_template("notifications/inbox.html", page=page(queries.inbox(person_id)))


@blueprint.get("/kelola/pesan")
def outbox() -> str:
    words, state = request.args.get("q", "")[:100], request.args.get("status", "")
    chosen = WorkState(state) if state in set(WorkState) else None
    return render_template(
        "notifications/outbox.html",
        page=page(queries.outbox(state=chosen, words=words)),
        counts=queries.counts(),
        words=words,
        state=state,
    )


@blueprint.post("/kelola/pesan/kirim-ulang")
def resend() -> Response:
    text = request.form.get("id", "")
    id = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    try:
        with db.transaction():
            services.resend(id, actor=gate.actor(), now=clock.now())
        flash("Pesan masuk antrean lagi.", "ok")
    except DomainError as error:
        flash(sentence(error), "err")
    return redirect(url_for("notifications.outbox"))
