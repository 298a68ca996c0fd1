"""The person's own messages and what he wants of them, and the outbox of the panitia."""

from __future__ import annotations

from flask import Blueprint, abort, current_app, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from calakan.kernel import clock, db
from calakan.kernel.actor import system
from calakan.kernel.claims import WorkState
from calakan.kernel.errors import DomainError
from calakan.notifications import budget, devices, queries, services, topics, ways
from calakan.notifications.bounces import queries as bounces
from calakan.notifications.channels import opening
from calakan.notifications.channels.interface import Device
from calakan.notifications.forms import TOPICS, PreferencesForm
from calakan.notifications.ways import Way
from calakan.people import holders
from calakan.people import queries as people
from calakan.web import gate
from calakan.web.acting import acting
from calakan.web.assets import BELOW, service_worker
from calakan.web.emblem import logo_address
from calakan.web.paging import page

blueprint = Blueprint("notifications", __name__, template_folder="templates")


@blueprint.get("/saya/pesan")
def inbox() -> str:
    me = gate.me()
    return render_template(
        "notifications/inbox.html",
        page=page(queries.inbox(me)),
        seen_at=queries.seen_at(me),
    )


@blueprint.post("/saya/pesan/dibaca")
def mark_read() -> Response:
    me = gate.me()
    with db.transaction():
        services.mark_read(me, now=clock.now())
    return redirect(url_for("notifications.inbox"), 303)


@blueprint.route("/saya/pesan/atur", methods=["GET", "POST"])
def preferences() -> str | Response | tuple[str, int]:
    me = gate.me()
    mine = queries.devices_of(me) if Way.PUSH in ways.others() else []
    channels = [Way.MAIL, *queries.addresses([me], ways.others()).get(me, {}), *([Way.PUSH] if mine else [])]
    form = PreferencesForm({(topic, way) for _, topic, way in queries.muted([me])}, channels)
    if form.validate_on_submit():
        with db.transaction():
            services.choose_topics(me, form.muted, actor=gate.actor(), now=clock.now())
        flash("Pilihan tersimpan.", "ok")
        return redirect(url_for("notifications.preferences"), 303)
    person = people.person(me)
    html = render_template(
        "notifications/preferences.html",
        form=form,
        channels=_other_channels(me),
        devices=mine,
        push_key=_push_key(),
        refusal=bounces.refusal(person.email) if person is not None else None,
    )
    return html, 422 if form.errors else 200


def _push_key() -> str:
    """What a browser needs to subscribe; empty where there are no notifications on devices."""
    return (
        opening.push_sender(current_app.extensions["calakan.settings"]).public_key if Way.PUSH in ways.others() else ""
    )


@blueprint.post("/saya/pesan/perangkat")
def add_device() -> Response:
    """A browser brings the address and the keys that its push service gave it."""
    me, given = gate.me(), {name: request.form.get(name, "") for name in ("endpoint", "public", "auth")}
    with acting(done="Notifikasi aktif di perangkat ini."):
        devices.add(me, Device(**given), browser=request.user_agent.string, actor=gate.actor(), now=clock.now())
    return redirect(url_for("notifications.preferences"), 303)


@blueprint.post("/saya/pesan/perangkat/hentikan")
def remove_device() -> Response:
    me, address = gate.me(), request.form.get("perangkat", "")[:80]
    try:
        with db.transaction():
            devices.remove(me, address, actor=gate.actor(), now=clock.now())
    except DomainError:
        abort(404)
    flash("Notifikasi di perangkat itu dihentikan.", "ok")
    return redirect(url_for("notifications.preferences"), 303)


@blueprint.get("/notifikasi-sw.js")
def worker() -> Response:
    """At the root, where its scope may be all of the person's pages."""
    # Below this scope it stands in the place of the worker that answers without a signal, so it does that as well.
    return service_worker(
        "luring-sw.js",
        "notifikasi-sw.js",
        ASSETS=BELOW,
        OFFLINE=url_for("desk.offline_page"),
        ICON=logo_address("ikon-192.png"),
        HOME=url_for("enrolment.mine"),
    )


def _other_channels(me: int) -> list[tuple[Way, str]]:
    """Those with a page of their own, and how each stands."""
    rows = {way: queries.address_of(me, way) for way in ways.others() if way in (Way.WHATSAPP, Way.TELEGRAM)}
    return [(way, row.state if row is not None else "") for way, row in rows.items()]


@blueprint.route("/berhenti/<token>", methods=["GET", "POST"])
def unsubscribe(token: str) -> Response:
    """Without a log-in: the link names person and topic. Mail programs post here by themselves (RFC 8058)."""
    read = topics.read(token)
    if read is None or holders.holder(read[0]) is None:
        abort(404)
    person_id, topic = read
    by_mail, silent = (topic, Way.MAIL), {(muted, way) for _, muted, way in queries.muted([person_id])}
    if request.method == "POST":
        silent = silent - {by_mail} if request.form.get("pilih") == "lanjut" else silent | {by_mail}
        with db.transaction():
            services.choose_topics(person_id, silent, actor=system("unsubscribe"), now=clock.now())
        if "List-Unsubscribe" in request.form:
            return Response("OK", mimetype="text/plain")
        return redirect(url_for("notifications.unsubscribe", token=token), 303)
    html = render_template(
        "notifications/unsubscribe.html", token=token, text=dict(TOPICS)[topic.value], silent=by_mail in silent
    )
    page = make_response(html)
    page.headers["Referrer-Policy"] = "no-referrer"  # the address is the key itself
    return page


@blueprint.get("/kelola/pesan")
def outbox() -> str:
    args = request.args
    words, state, kind = args.get("q", "")[:100], args.get("status", ""), args.get("jenis", "")[:60]
    person = people.by_code(args.get("orang", "")[:10])
    channel = args.get("kanal", "")
    chosen = WorkState(state) if state in set(WorkState) else None
    way = Way(channel) if channel in set(Way) else None
    return render_template(
        "notifications/outbox.html",
        page=page(
            queries.outbox(state=chosen, words=words, kind=kind, person_id=person.id if person else None, way=way)
        ),
        channels=_channels(),
        channel=channel,
        counts=queries.counts(),
        failed=queries.failed_by_kind(),
        refusals=bounces.some_refusals(),
        words=words,
        state=chosen or "",
        kind=kind,
        person=person,
    )


def _channels() -> list[dict[str, object]]:
    """How each channel stands; one line alone says nothing new, so an office with mail only sees none."""
    waiting, agreed, resting = queries.waiting_by_channel(), queries.agreed_by_channel(), budget.resting(clock.now())
    lines: list[dict[str, object]] = [
        {"way": way, "waiting": waiting.get(way, 0), "people": agreed.get(way), "rest": resting.get(way)}
        for way in ways.configured()
    ]
    return lines if len(lines) > 1 or resting else []


@blueprint.post("/kelola/pesan/uji")
def try_channel() -> Response:
    text, me = request.form.get("kanal", ""), gate.me()
    person = people.person(me)
    assert person is not None
    name, email = person.name, person.email
    if text not in ways.configured():
        flash("Kanal tidak dikenal.", "err")
        return redirect(url_for("notifications.outbox"), 303)
    with acting(done="Pesan uji masuk antrean."):
        services.try_channel(me, Way(text), name=name, email=email, actor=gate.actor(), now=clock.now())
    return redirect(url_for("notifications.outbox"), 303)


@blueprint.post("/kelola/pesan/kirim-ulang")
def resend() -> Response:
    text = request.form.get("id", "")
    id = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    with acting(done="Pesan masuk antrean lagi."):
        services.resend(id, actor=gate.actor(), now=clock.now())
    return redirect(url_for("notifications.outbox"))


@blueprint.post("/kelola/pesan/kirim-ulang-semua")
def resend_failed() -> Response:
    kind = request.form.get("jenis", "")[:60]
    if kind not in dict(queries.failed_by_kind()):
        flash("Tidak ada pesan gagal dari jenis ini.", "warn")
        return redirect(url_for("notifications.outbox"), 303)
    with db.transaction():
        count = services.resend_failed(kind, actor=gate.actor(), now=clock.now())
    flash(f"{count} pesan masuk antrean lagi.", "ok")
    return redirect(url_for("notifications.outbox"), 303)
