"""JP from elsewhere: sent and withdrawn by their owner, looked at and decided by the kepala sekolah or the panitia."""

from __future__ import annotations

from flask import Blueprint, current_app, redirect, render_template, url_for
from werkzeug.wrappers import Response

from calakan.certificates.outside import services
from calakan.certificates.outside.forms import DecideForm, OutsideForm
from calakan.certificates.outside.models import OutsideJp
from calakan.kernel import clock
from calakan.materials.contents import MEDIA
from calakan.web import gate, handed_in
from calakan.web.acting import acting
from calakan.web.paging import page

blueprint = Blueprint("outside", __name__, template_folder="../templates")
Page = str | Response | tuple[str, int]


@blueprint.route("/saya/jp-luar", methods=["GET", "POST"])
def mine() -> Page:
    """What the visitor has sent, and the form for another."""
    form = OutsideForm()
    if form.validate_on_submit():
        content = form.file.data.read()
        with acting(form, beside="file", done="Terkirim. Kepala sekolah atau panitia memeriksanya.") as deed:
            shown = services.received(current_app.extensions["calakan.files"], content)
            services.send(gate.me(), form.said(), shown, actor=gate.actor(), now=clock.now())
        if deed.done:
            return redirect(url_for("outside.mine"), 303)
    html = render_template("certificates/outside.html", form=form, rows=services.of_person(gate.me()))
    return (html, 422) if form.errors else html


@blueprint.post("/saya/jp-luar/<code>/tarik")
def withdraw(code: str) -> Response:
    with acting(done="Ditarik kembali."):
        services.withdraw(code, actor=gate.actor(), now=clock.now())
    return redirect(url_for("outside.mine"), 303)


@blueprint.get("/saya/jp-luar/<code>/berkas")
def file(code: str) -> Response:
    """For its owner and whoever decides about it."""
    row = gate.subject(OutsideJp)
    return handed_in.file(
        row.sha256, MEDIA[row.suffix], as_attachment=True, download_name=f"jp-luar-{row.code}.{row.suffix}"
    )


@blueprint.get("/binaan/jp-luar")
def waiting() -> str:
    return render_template(
        "certificates/outside_waiting.html", page=page(services.waiting(gate.actor())), form=DecideForm(formdata=None)
    )


@blueprint.post("/binaan/jp-luar/<code>")
def decide(code: str) -> Response:
    form, agree = DecideForm(), False
    agree = form.verdict.data == "sah"
    with acting(done="Disahkan." if agree else "Ditolak."):
        services.decide(code, agree=agree, reason=form.reason.data or "", actor=gate.actor(), now=clock.now())
    return redirect(url_for("outside.waiting"), 303)
