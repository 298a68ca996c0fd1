"""JP from elsewhere: sent and withdrawn by their owner, looked at and decided by the kepala sekolah or the panitia."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from calakan.assessment.services import discarding
from calakan.certificates import seals
from calakan.certificates.outside import issuers, services
from calakan.certificates.outside.forms import DecideForm, IssuerForm, OutsideForm
from calakan.certificates.outside.models import OutsideJp
from calakan.kernel import clock, db
from calakan.kernel.errors import DomainError
from calakan.materials.contents import MEDIA, MOST_BYTES
from calakan.web import gate, handed_in
from calakan.web.acting import acting
from calakan.web.paging import page

blueprint = Blueprint("outside", __name__, template_folder="../templates")
Page = str | Response | tuple[str, int]
_TOLD = {"sah": "Disahkan.", "batal": "Pengesahannya dibatalkan."}


@blueprint.url_value_preprocessor
def _larger(endpoint: str | None, values: object) -> None:
    """The form carries a file; read before the gate looks into the form."""
    if endpoint == "outside.mine":
        request.max_content_length = MOST_BYTES + 256 * 1024


@blueprint.route("/saya/jp-luar", methods=["GET", "POST"])
def mine() -> Page:
    """What the visitor has sent, and the form for another."""
    form = OutsideForm()
    if form.validate_on_submit() and _sent(form):
        flash("Terkirim. Kepala sekolah atau panitia memeriksanya.", "ok")
        return redirect(url_for("outside.mine"), 303)
    html = render_template("certificates/outside.html", form=form, rows=services.of_person(gate.me()))
    return (html, 422) if form.errors else html


def _sent(form: OutsideForm) -> bool:
    """Else the form says why not. The file is stored before the transaction, since files are not rolled back."""
    try:
        shown = services.received(current_app.extensions["calakan.files"], form.file.data.read(MOST_BYTES + 1))
        with discarding.unless_taken(shown.sha256), db.transaction():
            services.send(gate.me(), form.said(), shown, actor=gate.actor(), now=clock.now())
    except DomainError as error:
        form.refuse(error, "file")
        return False
    return True


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
    """What waits for a decision; with `lihat=sah` what was confirmed, to annul it."""
    settled = request.args.get("lihat") == "sah"
    wanted = services.annullable if settled else services.waiting
    return render_template("certificates/outside_waiting.html", page=page(wanted(gate.actor())), settled=settled)


@blueprint.post("/binaan/jp-luar/<code>")
def decide(code: str) -> Response:
    """`verdict` is the button: `sah`, `tolak`, or `batal` for what was confirmed."""
    form, actor, now = DecideForm(), gate.actor(), clock.now()
    verdict, reason = form.verdict.data, form.reason.data or ""
    with acting(done=_TOLD.get(verdict or "", "Ditolak.")):
        if verdict == "batal":
            services.annul(code, reason, actor=actor, now=now)
        else:
            services.decide(code, agree=verdict == "sah", reason=reason, actor=actor, now=now)
    return redirect(url_for("outside.waiting", lihat="sah" if verdict == "batal" else None), 303)


@blueprint.route("/kelola/pengaturan/penerbit", methods=["GET", "POST"])
def trusted() -> Page:
    """Installations whose signature is believed: add one, give one other keys, or with the button `hapus` take one away."""
    form = IssuerForm()
    if request.method == "POST" and (gone := request.form.get("hapus", "")):
        with acting(done="Penerbit dihapus."):
            issuers.distrust(int(gone) if gone.isascii() and gone.isdigit() and len(gone) < 10 else 0, **_who())
            services.prove_anew(current_app.extensions["calakan.files"])
        return redirect(url_for("outside.trusted"), 303)
    if form.validate_on_submit():
        with acting(form) as deed:
            ours = seals.keyring(current_app.extensions["calakan.settings"]).keys()
            own = {key.kid for key in ours}
            issuers.trust(form.name.data or "", form.keys.data or "", own=own, **_who())
            services.prove_anew(current_app.extensions["calakan.files"])
        if deed.done:
            flash("Penerbit disimpan.", "ok")
            return redirect(url_for("outside.trusted"), 303)
    answer = render_template("certificates/issuers.html", form=form, rows=issuers.listed())
    return (answer, 422) if form.errors else answer


def _who() -> dict[str, Any]:
    return {"actor": gate.actor(), "now": clock.now()}
