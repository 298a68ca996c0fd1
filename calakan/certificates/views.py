"""Checking a certificate, for anyone; downloading it, for its holder."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint, abort, current_app, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from calakan.certificates import badges, queries, rendering, seals
from calakan.certificates.models import Certificate, Status
from calakan.certificates.signing.sources import CodeSigner
from calakan.kernel import clock
from calakan.web import gate
from calakan.web.assets import STATIC, asset, version
from calakan.web.limits import limiter

blueprint = Blueprint("certificates", __name__, template_folder="templates")
Page = str | Response | tuple[str | Response, int]


MISSES = limiter.shared_limit(
    "30 per minute; 200 per hour", scope="misses", deduct_when=lambda answer: answer.status_code == 404
)
"""Guessing: whoever asks for what does not exist is soon asked to wait, by address and over all three doors."""


@blueprint.get("/periksa")
@limiter.limit("60 per minute")
@MISSES
def check() -> Page:
    """By number or code, as typed or as read from the QR."""
    typed = request.args.get("no", "").strip().partition("#")[0][:200]
    if not typed:
        return render_template("certificates/check.html", state="start", typed="")
    paper = queries.by_number(typed) or queries.by_code(typed.rstrip("/").rpartition("/")[2])
    if paper is None:
        return render_template("certificates/check.html", state="unknown", typed=typed), 404
    return redirect(url_for("certificates.shown", code=paper.code))


@blueprint.get("/S/<code>", endpoint="scanned")
@blueprint.get("/s/<code>")
@limiter.limit("120 per minute")
@MISSES
def shown(code: str) -> Page:
    """What the QR opens: the verdict first, then what the paper must say. No NIP, no contacts."""
    paper = queries.by_code(code)
    if paper is None:
        return render_template("certificates/check.html", state="unknown", typed=code[:40]), 404
    newer = queries.newest_revision(paper) if paper.status is Status.REPLACED else None
    return render_template("certificates/check.html", state=paper.status.value, paper=paper, newer=newer, typed="")


@blueprint.get("/periksa/berkas")
@limiter.limit("120 per minute")
@MISSES
def file() -> Page:
    """Was a file with this SHA-256 issued? The browser counts the hash; the file stays where it is."""
    paper = queries.by_sha256(request.args.get("sha256", ""))
    if paper is None:
        return jsonify(status=None), 404
    newer = queries.newest_revision(paper) if paper.status is Status.REPLACED else None
    return jsonify(
        status=paper.status.value,
        code=paper.code,
        number=paper.number,
        revision=paper.revision,
        name=paper.facts["name"],
        title=paper.facts["event"]["title"],
        reason=paper.status_reason,
        replaced_by=newer.revision if newer is not None else None,
        specimen=paper.facts["event"]["specimen"],
    )


@blueprint.get("/periksa/luring")
def offline() -> Page:
    """The page that checks a QR without any network; kept by the service worker, so it is the same for everyone."""
    return render_template("certificates/offline.html")


@blueprint.get("/periksa/kunci.json")
def public_keys() -> Response:
    """All keys that ever signed, for whoever checks without us."""
    held = seals.keyring(current_app.extensions["calakan.settings"]).keys()
    return _for_everyone(jsonify(keys=[asdict(key) for key in held]))


@blueprint.get("/periksa/sw.js")
def worker() -> Response:
    kept = ["calakan.css", "calakan.js", "periksa.js", "ikon.svg", "logo.svg", "fonts/plus-jakarta-sans-var.woff2"]
    files = ["/periksa/luring", "/periksa/kunci.json", *map(asset, kept)]
    head = f"const VERSI='periksa-{version()}',BERKAS={current_app.json.dumps(files)};\n"
    answer = Response(head + (STATIC / "periksa-sw.js").read_text(), mimetype="text/javascript")
    answer.headers["Service-Worker-Allowed"] = "/"
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@blueprint.get("/periksa/manifest.webmanifest")
def manifest() -> Response:
    facts = {
        "id": "/periksa/luring",
        "name": "Cek sertifikat Calakan",
        "short_name": "Cek sertifikat",
        "lang": "id",
        "start_url": "/periksa/luring",
        "scope": "/",
        "display": "standalone",
        "background_color": "#f4f7f5",
        "theme_color": "#0b5d56",
        "icons": [{"src": asset("ikon-app.svg"), "sizes": "any", "type": "image/svg+xml"}],
    }
    return Response(current_app.json.dumps(facts), mimetype="application/manifest+json")


def _signed(document: dict[str, Any]) -> str:
    settings = current_app.extensions["calakan.settings"]
    signer = CodeSigner(seals.keyring(settings))
    return badges.secured(document, settings.base_url, kid=signer.kid, sign=signer)


@blueprint.get("/lencana/<code>.jwt")
@limiter.limit("60 per minute")
@MISSES
def badge(code: str) -> Response:
    """An issued paper as an Open Badge: what a wallet or a profile page takes in."""
    paper = queries.by_code(code) or abort(404)
    answer = Response(_signed(badges.credential(paper, _base_url())), mimetype="application/vc+jwt")
    answer.headers["Content-Disposition"] = f'attachment; filename="lencana-{paper.code}.jwt"'
    return _for_everyone(answer)


@blueprint.get("/lencana/<code>.json")
@limiter.limit("60 per minute")
@MISSES
def badge_facts(code: str) -> Response:
    """The same without its signature, for reading."""
    paper = queries.by_code(code) or abort(404)
    return _for_everyone(jsonify(badges.credential(paper, _base_url())))


@blueprint.get("/lencana/status/<int:number>")
def badge_status(number: int) -> Response:
    """Which badges were withdrawn, signed like the badges."""
    low = number * badges.LIST_BITS
    if number > 10_000:
        abort(404)
    listed = badges.status_list(number, queries.withdrawn(low, low + badges.LIST_BITS), _base_url(), now=clock.now())
    return _for_everyone(Response(_signed(listed), mimetype="application/vc+jwt"))


@blueprint.get("/.well-known/did.json")
def issuer() -> Response:
    """The issuer's DID document (did:web): where verifiers of badges find the keys."""
    held = seals.keyring(current_app.extensions["calakan.settings"]).keys()
    return _for_everyone(jsonify(badges.did_document(_base_url(), held)))


def _base_url() -> str:
    base: str = current_app.extensions["calakan.settings"].base_url
    return base


def _for_everyone(answer: Response) -> Response:
    """Readable from any site: verifiers run in browsers, too."""
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer


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
