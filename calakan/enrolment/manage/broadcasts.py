"""The panitia's messages to many: write, look, try, send, stop, see how each ended."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from calakan.diklat import queries as diklat_queries
from calakan.diklat.models import Diklat
from calakan.enrolment import broadcasts as core
from calakan.enrolment.broadcasts import Audience
from calakan.enrolment.forms import BroadcastForm, SendForm
from calakan.enrolment.manage.roster import Page, blueprint
from calakan.enrolment.models import Broadcast, EnrolmentState
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.kernel.errors import DomainError
from calakan.notifications import budget, ways
from calakan.notifications import queries as notifications
from calakan.notifications.letters import kind_of, link
from calakan.notifications.ways import Way
from calakan.office.queries import office_settings
from calakan.people import queries as people
from calakan.people.models import Jenjang
from calakan.web import gate
from calakan.web.acting import acting
from calakan.web.messages import sentence, word
from calakan.web.paging import page


@blueprint.get("/kelola/siaran")
def broadcasts() -> str:
    found = page(core.all_broadcasts())
    return render_template(
        "enrolment/broadcasts.html", page=found, counts=core.result_counts(*(b.id for b in found.items))
    )


def _form() -> BroadcastForm:
    about = request.args.get("diklat", "")[:80]
    form = BroadcastForm(data={"diklat": about, "stage": "confirmed", "channels": list(ways.configured())})
    mine = db.session().scalars(diklat_queries.managed(gate.actor()).limit(300)).all()
    form.diklat.choices = [("", "Semua orang"), *((d.slug, d.title) for d in mine)]
    form.kecamatan.choices = [("", "Semua"), *((k.code, k.name) for k in people.all_kecamatan())]
    return form


@blueprint.route("/kelola/siaran/baru", methods=["GET", "POST"])
def new_broadcast() -> Page:
    form = _form()
    if form.validate_on_submit():
        diklat = diklat_queries.by_slug(form.diklat.data) if form.diklat.data else None
        audience = Audience(
            diklat_id=diklat.id if diklat is not None else None,
            stage=form.stage.data,
            jenjang=form.jenjang.data,
            kecamatan=form.kecamatan.data,
            npsn=form.npsn.data or "",
            role=form.role.data,
        )
        actor, subject, body = gate.actor(), form.subject.data or "", form.body.data or ""
        with acting(form) as deed:
            code = core.write(subject, body, audience, channels=form.chosen, actor=actor, now=clock.now()).code
        if deed.done:
            return redirect(url_for("enrolment_manage.broadcast", code=code), 303)
    return render_template("enrolment/broadcast_new.html", form=form), 422 if form.errors else 200


def _show(code: str, form: SendForm) -> Page:
    found = core.by_code(code)
    assert found is not None
    audience = core.audience_of(found)
    diklat = db.session().get(Diklat, found.diklat_id) if found.diklat_id is not None else None
    first = db.session().execute(core.recipients(audience).limit(1)).first()
    name, school, kecamatan = (first[1], first[3], first[4]) if first is not None else ("", None, None)
    values = core.values_for(found, diklat, name=name, school=school, kecamatan=kecamatan, link=link(""))
    html = render_template(
        "enrolment/broadcast.html",
        broadcast=found,
        diklat=diklat,
        meant=_meant(audience, diklat),
        people=core.count(audience),
        reached=core.reached(found),
        shown=(core.filled(found.subject, values), core.filled(found.body, values)) if first is not None else None,
        counts=core.result_counts(found.id)[found.id],
        last_at=_last_at(core.reached(found)),
        page=page(core.results(found.id)),
        form=form,
    )
    return html, 422 if form.errors else 200


def _meant(audience: Audience, diklat: Diklat | None) -> list[str]:
    """Whom the filters mean, part by part."""
    stage = word(EnrolmentState(audience.stage))
    parts = [f"{diklat.title}: {stage}" if diklat is not None else "Semua orang"]
    if audience.jenjang:
        parts.append(word(Jenjang(audience.jenjang)))
    parts += [f"Kec. {k.name}" for k in people.all_kecamatan() if k.code == audience.kecamatan]
    if audience.npsn:
        parts.append(f"NPSN {audience.npsn}")
    if audience.people:
        parts.append(f"{len(audience.chosen)} orang yang dipilih")
    if audience.role:
        parts.append(word(Role(audience.role)))
    return parts


def _last_at(reached: dict[Way, int]) -> datetime | None:
    """When the last message would leave, if that is not at once: channels have caps, and others wait already."""
    settings, now = office_settings(), clock.now()
    last = now
    for way, number in reached.items():
        limits = budget.caps(settings, way)
        if limits and number:
            ahead = notifications.waiting_before(kind_of(core.KIND).priority, way)
            last = max(last, budget.done_at(limits, number + ahead, now))
    return last if last - now > timedelta(minutes=5) else None


@blueprint.get("/kelola/siaran/<code>")
def broadcast(code: str) -> Page:
    return _show(code, SendForm(formdata=None))


@blueprint.post("/kelola/siaran/<code>/uji")
def try_broadcast(code: str) -> Response:
    id, actor = gate.subject(Broadcast).id, gate.actor()
    with db.transaction():
        core.try_on(id, gate.me(), actor=actor, now=clock.now())
    flash("Satu surat uji dikirim ke alamat Bapak/Ibu.", "ok")
    return redirect(url_for("enrolment_manage.broadcast", code=code), 303)


@blueprint.post("/kelola/siaran/<code>/kirim")
def send_broadcast(code: str) -> Page:
    id, form = gate.subject(Broadcast).id, SendForm()
    if form.validate_on_submit():
        try:
            with db.transaction():
                count = core.send(id, at=form.at.data, actor=gate.actor(), now=clock.now())
        except DomainError as error:
            form.form_errors.append(sentence(error))
        else:
            flash(f"{count} surat masuk antrean.", "ok")
            return redirect(url_for("enrolment_manage.broadcast", code=code), 303)
    return _show(code, form)


@blueprint.post("/kelola/siaran/<code>/hentikan")
def stop_broadcast(code: str) -> Response:
    id = gate.subject(Broadcast).id
    with db.transaction():
        stopped = core.stop(id, actor=gate.actor(), now=clock.now())
    flash(f"Siaran dihentikan; {stopped} surat tidak jadi dikirim.", "ok")
    return redirect(url_for("enrolment_manage.broadcast", code=code), 303)
