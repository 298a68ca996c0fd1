"""Issuing as the panitia see it: who gets a paper, who does not and why, how far the workers are."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from calakan.certificates import eligibility, queries, services
from calakan.certificates.models import Certificate
from calakan.diklat.models import Diklat
from calakan.kernel import clock, db
from calakan.kernel.claims import WorkState
from calakan.kernel.errors import DomainError
from calakan.web import gate
from calakan.web.messages import sentence
from calakan.web.paging import page

blueprint = Blueprint("certificates_manage", __name__, template_folder="templates")


@blueprint.get("/kelola/diklat/<slug>/sertifikat")
def board(slug: str) -> str:
    diklat = gate.subject(Diklat)
    plan = eligibility.dry_run(diklat, now=clock.now())
    lacking = eligibility.names(list(plan.lacking)[:200])
    work = queries.work(diklat.id)
    waiting = work[WorkState.PENDING] + work[WorkState.CLAIMED]
    return render_template(
        "certificates/board.html",
        diklat=diklat,
        plan=plan,
        lacking=sorted(((p, plan.lacking[id]) for id, p in lacking.items()), key=lambda row: row[0].name_key),
        work=work,
        waiting=waiting,
        total=sum(work.values()),
        revoked=queries.revoked_count(diklat.id),
        failed=page(queries.of_diklat(diklat.id, state=WorkState.FAILED)).items,
        page=page(queries.of_diklat(diklat.id, state=WorkState.DONE)),
    )


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
