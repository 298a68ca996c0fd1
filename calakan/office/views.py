"""The office's settings and lists, and the audit trail; for admins."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from calakan.audit import queries as audit
from calakan.kernel import clock, db
from calakan.kernel.errors import DomainError
from calakan.office import queries, services
from calakan.office.forms import SettingsForm
from calakan.office.models import ChoiceKind
from calakan.web import gate
from calakan.web.messages import sentence
from calakan.web.paging import page

blueprint = Blueprint("office", __name__, template_folder="templates")
NUMBERS = {"yearly_jp_target", "minutes_per_jp", "min_attendance_percent", "room_opens_minutes"}


@blueprint.route("/kelola/pengaturan", methods=["GET", "POST"])
def settings() -> str | Response | tuple[str, int]:
    held = queries.office_settings()
    first = held.signers[0] if held.signers else queries.Signer(post="", name="")
    values = asdict(held) | {f"signer_{k}": v for k, v in asdict(first).items()}
    form = SettingsForm(data=values if request.method == "GET" else None)
    if form.validate_on_submit():
        missing = [name for name in NUMBERS if form[name].data is None]
        for name in missing:
            form[name].errors = ["Wajib diisi."]
        if not missing:
            typed = {f.name: f.data for f in form if not f.name.startswith("signer_")}
            signer = queries.Signer(
                post=form.signer_post.data,
                name=form.signer_name.data or "",
                rank=form.signer_rank.data or "",
                nip=form.signer_nip.data or "",
            )
            try:
                with db.transaction():
                    services.change_settings(
                        actor=gate.actor(), now=clock.now(), **typed, signers=[signer, *held.signers[1:]]
                    )
            except DomainError as error:
                form.refuse(error)
            else:
                flash("Pengaturan disimpan.", "ok")
                return redirect(url_for("office.settings"))
    lists = queries.choices()
    answer = render_template("office/settings.html", form=form, rows={kind: lists.rows(kind) for kind in ChoiceKind})
    return answer, 422 if form.errors else 200


def _answer(act: Callable[[], object], text: str) -> Response:
    try:
        with db.transaction():
            act()
        flash(text, "ok")
    except DomainError as error:
        flash(sentence(error), "err")
    return redirect(url_for("office.settings"))


@blueprint.post("/kelola/pengaturan/pilihan")
def add_choice() -> Response:
    kind = request.form.get("kind", "")
    if kind not in set(ChoiceKind):
        flash("Daftar tidak dikenal.", "err")
        return redirect(url_for("office.settings"))
    label = request.form.get("label", "")[:80]
    return _answer(
        lambda: services.add_choice(ChoiceKind(kind), label, actor=gate.actor(), now=clock.now()),
        "Pilihan ditambahkan.",
    )


@blueprint.post("/kelola/pengaturan/pilihan/ubah")
def switch_choice() -> Response:
    text, active = request.form.get("id", ""), request.form.get("active") == "1"
    id = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    return _answer(
        lambda: services.switch_choice(id, active=active, actor=gate.actor(), now=clock.now()), "Pilihan diubah."
    )


@blueprint.get("/kelola/jejak")
def trail() -> str:
    act, words = request.args.get("tindakan", "")[:60], request.args.get("q", "")[:100]
    return render_template("office/trail.html", page=page(audit.trail(act=act, words=words)), act=act, words=words)
