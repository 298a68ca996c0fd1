"""Issuing as the panitia see it: who gets a paper, who does not and why, how far the workers are."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from calakan.certificates import eligibility, queries, services
from calakan.certificates.models import Certificate
from calakan.diklat.models import Diklat
from calakan.kernel import clock, db, formats
from calakan.kernel.claims import WorkState
from calakan.kernel.errors import DomainError
from calakan.web import gate
from calakan.web.messages import sentence
from calakan.web.paging import page

blueprint = Blueprint("certificates_manage", __name__, template_folder="templates")
MOST_FAILED = 100
FAILURES = {
    "a certificate needs a name": ("Namanya kosong.", "person"),
    "at most three people sign a certificate": ("Penanda tangan lebih dari tiga.", "settings"),
    "the head of a certificate has at most three lines": (
        "Nama program atau keterangannya terlalu panjang.",
        "settings",
    ),
}


@blueprint.get("/kelola/diklat/<slug>/sertifikat")
def board(slug: str) -> str:
    diklat = gate.subject(Diklat)
    plan = eligibility.dry_run(diklat, now=clock.now())
    failed = db.session().scalars(queries.of_diklat(diklat.id, state=WorkState.FAILED).limit(MOST_FAILED)).all()
    return render_template(
        "certificates/board.html",
        diklat=diklat,
        plan=plan,
        without=eligibility.without_paper(plan),
        revoked=queries.revoked_count(diklat.id),
        numbers=queries.number_range(diklat.id),
        failed=[(row, why_failed(row.last_error or "")) for row in failed],
        page=page(queries.of_diklat(diklat.id, state=WorkState.DONE)),
        **_progress(diklat.id),
    )


@blueprint.get("/kelola/diklat/<slug>/sertifikat/kemajuan")
def progress(slug: str) -> Response | str:
    """How far the workers are, asked for every few seconds; 204 once nothing waits any more."""
    found = _progress(gate.subject(Diklat).id)
    if not found["waiting"]:
        return Response(status=204)
    return render_template("certificates/_progress.html", **found)


def _progress(diklat_id: int) -> dict[str, Any]:
    work = queries.work(diklat_id)
    waiting = work[WorkState.PENDING] + work[WorkState.CLAIMED]
    return {"work": work, "waiting": waiting, "total": sum(work.values())}


def why_failed(error: str) -> tuple[str, str]:
    """What stopped a paper, and whose page mends it (`person` or `settings`). The worker's own words are English."""
    letters = [chr(int(code, 16)) for code in re.findall(r"U\+([0-9A-F]{4,6})", error)]
    if letters:
        return f"Huruf {formats.joined(letters)} tidak dapat dicetak. Betulkan nama atau unit kerjanya.", "person"
    return FAILURES.get(error, ("Lembarnya tidak dapat dibuat; coba lagi, atau periksa data orangnya.", "person"))


@blueprint.post("/kelola/diklat/<slug>/sertifikat/terbitkan")
def issue(slug: str) -> Response:
    id = gate.subject(Diklat).id
    try:
        with db.transaction():
            new = services.request_for(id, actor=gate.actor(), now=clock.now())
        flash(f"{new} sertifikat masuk antrean." if new else "Semua yang memenuhi syarat sudah punya sertifikat.", "ok")
    except DomainError as error:
        flash(sentence(error), "err")
    return redirect(url_for("certificates_manage.board", slug=slug))


@blueprint.post("/kelola/diklat/<slug>/sertifikat/ulang")
def retry(slug: str) -> Response:
    id = gate.subject(Diklat).id
    with db.transaction():
        count = services.retry_failed(id, actor=gate.actor(), now=clock.now())
    flash(f"{count} sertifikat dicoba lagi.", "ok")
    return redirect(url_for("certificates_manage.board", slug=slug))


def _act(code: str, act: str) -> str | Response | tuple[str, int]:
    """A confirmation page with the consequence and a reason, then the deed."""
    paper = gate.subject(Certificate)
    id, problem = paper.id, ""
    if request.method == "POST":
        service = services.revoke if act == "revoke" else services.reissue
        try:
            with db.transaction():
                service(id, reason=request.form.get("reason", ""), actor=gate.actor(), now=clock.now())
        except DomainError as error:
            problem = sentence(error)
        else:
            flash("Sertifikat dicabut." if act == "revoke" else "Revisi baru masuk antrean.", "ok")
            diklat = db.session().get_one(Diklat, db.session().get_one(Certificate, id).diklat_id)
            return redirect(url_for("certificates_manage.board", slug=diklat.slug))
    paper = db.session().get_one(Certificate, id)
    diklat = db.session().get_one(Diklat, paper.diklat_id)
    answer = render_template(
        "certificates/act.html",
        paper=paper,
        diklat=diklat,
        act=act,
        problem=problem,
        typed=request.form.get("reason", "")[:300],
    )
    return answer, 422 if problem else 200


@blueprint.route("/kelola/sertifikat/<code>/cabut", methods=["GET", "POST"])
def revoke(code: str) -> str | Response | tuple[str, int]:
    return _act(code, "revoke")


@blueprint.route("/kelola/sertifikat/<code>/ganti", methods=["GET", "POST"])
def reissue(code: str) -> str | Response | tuple[str, int]:
    return _act(code, "reissue")
