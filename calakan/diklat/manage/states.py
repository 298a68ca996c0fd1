"""From draft to closed: proposing, publishing, sending back, cancelling."""

from __future__ import annotations

from flask import redirect, url_for
from werkzeug.wrappers import Response

from calakan.diklat import queries
from calakan.diklat.forms import ReasonForm
from calakan.diklat.manage.answers import Page, blueprint, confirm, done, fresh
from calakan.diklat.models import Diklat
from calakan.diklat.services import states
from calakan.kernel import clock
from calakan.planning import radius, words
from calakan.web import gate
from calakan.web.acting import acting, held


@blueprint.post("/kelola/diklat/<slug>/ajukan")
def propose(slug: str) -> Response:
    diklat_id, actor = gate.subject(Diklat).id, gate.actor()
    with acting(done="Diklat diajukan kepada panitia."):
        states.propose(diklat_id, actor=actor, now=clock.now())
    return redirect(url_for("desk.board", slug=slug), 303)


@blueprint.post("/kelola/diklat/<slug>/terbitkan")
def publish(slug: str) -> Response:
    diklat_id, actor = gate.subject(Diklat).id, gate.actor()
    with acting(done="Diklat terbit di katalog. Bagikan sekarang juga kepada grup guru.") as deed:
        states.publish(diklat_id, actor=actor, now=clock.now())
    return redirect(url_for("enrolment_manage.share" if deed.done else "desk.board", slug=slug), 303)


@blueprint.route("/kelola/diklat/<slug>/kembalikan", methods=["GET", "POST"])
def send_back(slug: str) -> Page:
    diklat_id, actor, form = gate.subject(Diklat).id, gate.actor(), ReasonForm()
    if form.validate_on_submit() and held(
        form, lambda: states.send_back(diklat_id, note=form.reason.data or "", actor=actor, now=clock.now())
    ):
        return done(slug, "Usulan dikembalikan sebagai draf.")
    return confirm(
        slug,
        form,
        heading="Kembalikan usulan ini?",
        text="Usulan menjadi draf lagi. Tulis apa yang perlu dilengkapi; penanggung jawab diklat membacanya di halaman sesi.",
        button="Kembalikan",
        danger=False,
    )


@blueprint.route("/kelola/diklat/<slug>/batal", methods=["GET", "POST"])
def cancel(slug: str) -> Page:
    diklat_id, actor, form = gate.subject(Diklat).id, gate.actor(), ReasonForm()
    if form.validate_on_submit() and held(
        form, lambda: states.cancel(diklat_id, reason=form.reason.data or "", actor=actor, now=clock.now())
    ):
        return done(slug, "Diklat dibatalkan. Semua peserta diberi tahu.")
    touched = radius.of_sessions(fresh(slug), queries.sessions_of(diklat_id), now=clock.now(), waiting=True)
    return confirm(
        slug,
        form,
        heading="Batalkan diklat ini?",
        text="Semua sesi yang akan datang dibatalkan, pengingat dihentikan, dan setiap orang diberi tahu sekali. "
        "Ini tidak dapat diurungkan.",
        button="Batalkan diklat",
        radius=words.touched(touched),
    )
