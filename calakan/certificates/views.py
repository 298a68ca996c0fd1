"""Checking a certificate, for anyone; downloading it, for its holder."""

from __future__ import annotations

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from calakan.certificates import queries, rendering
from calakan.certificates.models import Certificate, Status
from calakan.web import gate
from calakan.web.limits import limiter

blueprint = Blueprint("certificates", __name__, template_folder="templates")
Page = str | Response | tuple[str, int]


@blueprint.get("/periksa")
@limiter.limit("60 per minute")
def check() -> Page:
    """By number or code, as typed."""
    typed = request.args.get("no", "").strip()[:100]
    if not typed:
        return render_template("certificates/check.html", state="start", typed="")
    paper = queries.by_number(typed) or queries.by_code(typed)
    if paper is None:
        return render_template("certificates/check.html", state="unknown", typed=typed), 404
    return redirect(url_for("certificates.shown", code=paper.code))


@blueprint.get("/s/<code>")
@limiter.limit("120 per minute")
def shown(code: str) -> Page:
    """What the QR opens: the verdict first, then what the paper must say. No NIP, no contacts."""
    paper = queries.by_code(code)
    if paper is None:
        return render_template("certificates/check.html", state="unknown", typed=code[:40]), 404
    newer = queries.newest_revision(paper) if paper.status is Status.REPLACED else None
    return render_template("certificates/check.html", state=paper.status.value, paper=paper, newer=newer, typed="")


@blueprint.get("/saya/sertifikat/<code>.pdf")
def download(code: str) -> Response:
    """The very file that was issued."""
    paper = gate.subject(Certificate)
    try:
        content = rendering.read(paper, current_app.extensions["calakan.files"])
    except FileNotFoundError:
        abort(404)
    answer = Response(content, mimetype="application/pdf")
    name = (paper.number or "sertifikat").replace("/", "-")
    answer.headers["Content-Disposition"] = f'attachment; filename="sertifikat-{name}.pdf"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
