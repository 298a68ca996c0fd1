"""Checking a certificate, for anyone; downloading it, for its holder."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint, abort, current_app, flash, g, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from calakan.certificates import badges, corrections, links, queries, rendering, seals, signatures, snapshot
from calakan.certificates.documents import file_of, typed_elsewhere
from calakan.certificates.models import Certificate, Status
from calakan.certificates.past import services as past
from calakan.certificates.past import views as past_views
from calakan.certificates.services import CODE_LENGTH
from calakan.certificates.yearly import services as yearly
from calakan.certificates.yearly import views as yearly_views
from calakan.diklat.models import Diklat
from calakan.kernel import clock, codes, db
from calakan.kernel.askable import Askable
from calakan.kernel.errors import DomainError
from calakan.office.house import house
from calakan.paper import UndrawableError
from calakan.people import queries as people
from calakan.people.forms import PaperNameForm
from calakan.people.holders import holder
from calakan.people.models import Person
from calakan.people.services import profile
from calakan.signing.sources import CodeSigner
from calakan.web import gate
from calakan.web.acting import acting
from calakan.web.assets import asset, service_worker, version
from calakan.web.chrome import lists
from calakan.web.emblem import icons, logo_address
from calakan.web.limits import counted, limiter, strangers
from calakan.web.limits import person as each
from calakan.web.messages import sentence

blueprint = Blueprint("certificates", __name__, template_folder="templates")
Page = str | Response | tuple[str | Response, int]


def _counts_off() -> bool:
    """Numbers follow each other. The start of the page asks for nothing, and a code has 130 bits: it is met by nobody who guesses."""
    typed = codes.normal_code(_typed().rstrip("/").rpartition("/")[2])
    return bool(typed) and not (len(typed) == CODE_LENGTH and set(typed) <= set(codes.ALPHABET))


def _typed() -> str:
    return request.args.get("no", "").strip().partition("#")[0][:200]


NUMBERS = counted(
    strangers,
    lambda answer: answer.status_code == 404 or bool(g.get("by_number")),
    key_func=each,
    exempt_when=lambda: not _counts_off(),
)
"""Numbers alone can be counted off, so hits count like misses: as many an hour for one network as sign-ups, since behind it may
sit a hall, or all customers of a mobile network; whoever is logged in has a count of his own. At 300 an hour a register of
20,000 takes three days, and tells initials. Codes, QR and files are answered all the same when a network has used it up.
"""
OFTEN = limiter.limit("600 per minute", key_func=each)
"""What only knows or does not: against a flood alone. A hall scans its papers in the same minute."""


KEPT_OFFLINE = (
    "calakan.css",
    "gelap.css",
    "calakan.js",
    "periksa.js",
    "vendor/noble-ed25519/noble-ed25519.js",
    "ikon.svg",
    "fonts/plus-jakarta-sans-var.woff2",
)
"""What the page of a check needs without a connection."""


class Shown(Askable):
    """What the page of a check says: the status of a paper, that there is none, or nothing yet."""

    START = "start"
    UNKNOWN = "unknown"
    OUTSIDE = "outside"
    MASKED = "masked"
    VALID = "valid"
    REPLACED = "replaced"
    REVOKED = "revoked"


@blueprint.get("/periksa")
@OFTEN
@NUMBERS
def check() -> Page:
    """By number or code, as typed or as read from the QR. A number alone opens no name: numbers can be counted off."""
    typed = _typed()
    name = request.args.get("nama", "").strip()[:200]
    if not typed:
        return render_template("certificates/check.html", state=Shown.START, typed="")
    # What was not counted as a number is not looked up as one.
    numbered = queries.by_number(typed) if _counts_off() else None
    code = typed.rstrip("/").rpartition("/")[2]
    paper = numbered or queries.by_code(code)
    if paper is None and yearly.by_code(code) is not None:
        return redirect(url_for("certificates.shown", code=code.upper()))
    if paper is None and _counts_off() and (outside := past.by_number(typed)) is not None:
        return past_views.outside(*outside, state=Shown.OUTSIDE, typed=typed, name=name)
    if paper is None:
        return render_template("certificates/check.html", state=Shown.UNKNOWN, typed=typed), 404
    if numbered is not None:
        g.by_number = True
        if not queries.bears_name(paper, name):
            masked = queries.masked_name(paper.facts["name"])
            return render_template(
                "certificates/check.html", state=Shown.MASKED, paper=paper, typed=typed, masked=masked, other=bool(name)
            )
    return redirect(url_for("certificates.shown", code=paper.code))


@blueprint.get("/S/<code>", endpoint="scanned")
@blueprint.get("/s/<code>")
@OFTEN
def shown(code: str) -> Page:
    """What the QR opens: the verdict first, then what the paper must say. No NIP, no contacts."""
    paper = queries.by_code(code)
    if paper is None:
        unknown = render_template("certificates/check.html", state=Shown.UNKNOWN, typed=code[:40]), 404
        return yearly_views.checked(code) or unknown
    newer = queries.newest_revision(paper) if paper.status is Status.REPLACED else None
    return render_template(
        "certificates/check.html", state=Shown(paper.status.value), paper=paper, newer=newer, typed=""
    )


@blueprint.get("/periksa/berkas")
@OFTEN
def file() -> Page:
    """Was a file with this SHA-256 issued? The browser counts the hash; the file stays where it is."""
    sha256 = request.args.get("sha256", "")
    paper = queries.by_sha256(sha256)
    if paper is None and (summed := yearly.by_sha256(sha256)) is not None:
        return jsonify(yearly_views.told(summed))
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
    page, keys = url_for("certificates.offline"), url_for("certificates.public_keys")
    files = [page, keys, logo_address(), *map(asset, KEPT_OFFLINE)]
    answer = service_worker("periksa-sw.js", VERSION=f"periksa-{version()}", FILES=files, KEYS=keys, OFFLINE=page)
    answer.headers["Service-Worker-Allowed"] = "/"
    return answer


@blueprint.get("/periksa/manifest.webmanifest")
def manifest() -> Response:
    facts = {
        "id": url_for("certificates.offline"),
        "name": f"Cek sertifikat {house().name}",
        "short_name": "Cek sertifikat",
        "lang": "id",
        "start_url": url_for("certificates.offline"),
        "scope": "/",
        "display": "standalone",
        "background_color": "#f4f7f5",
        "theme_color": "#0b5d56",
        "icons": icons(),
    }
    return Response(current_app.json.dumps(facts), mimetype="application/manifest+json")


def _signed(document: dict[str, Any]) -> str:
    settings = current_app.extensions["calakan.settings"]
    signer = CodeSigner(seals.keyring(settings))
    return badges.secured(document, settings.base_url, kid=signer.kid, sign=signer)


@blueprint.get("/lencana/<code>.jwt")
@OFTEN
def badge(code: str) -> Response:
    """An issued paper as an Open Badge: what a wallet or a profile page takes in."""
    paper = queries.by_code(code) or abort(404)
    answer = Response(_signed(badges.credential(paper, _base_url())), mimetype="application/vc+jwt")
    answer.headers["Content-Disposition"] = f'attachment; filename="lencana-{paper.code}.jwt"'
    return _for_everyone(answer)


@blueprint.get("/lencana/<code>.json")
@OFTEN
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
    return file_of(gate.subject(Certificate))


@blueprint.get("/sertifikat/<token>.pdf")
@OFTEN
def by_letter(token: str) -> Response:
    """The same for whoever holds the link of its letter; a paper that no longer counts is told to be so instead."""
    paper = queries.by_code(links.read(token) or "")
    if paper is None or holder(paper.person_id) is None:
        abort(404)
    if paper.status is not Status.VALID:
        return redirect(url_for("certificates.shown", code=paper.code))
    answer = file_of(paper)
    answer.headers["Referrer-Policy"] = "no-referrer"  # the address is the key itself
    return answer


@blueprint.get("/saya/sertifikat/<code>")
def mine(code: str) -> str:
    """One paper of the holder: the file, sharing, and what other applications want typed."""
    paper = gate.subject(Certificate)
    return render_template("certificates/mine.html", paper=paper, rows=typed_elsewhere(paper))


@blueprint.get("/saya/sertifikat-<int:year>.zip")
def year_zip(year: int) -> Response:
    """All valid papers of a year in one file."""
    papers = [paper for paper in queries.of_person(_person().id) if paper.issued_on and paper.issued_on.year == year]
    if not papers:
        abort(404)
    try:
        content = signatures.year_bundle(papers, current_app.extensions["calakan.files"])
    except FileNotFoundError:
        abort(404)
    answer = Response(content, mimetype="application/zip")
    answer.headers["Content-Disposition"] = f'attachment; filename="sertifikat-{year}.zip"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@blueprint.get("/diklat/<slug>/sertifikat-saya")
def preview(slug: str) -> Page:
    """The paper as it will be, so that the name is right before it is printed."""
    return _preview(PaperNameForm(obj=_person()))


def _preview(form: PaperNameForm) -> str:
    diklat, person = gate.subject(Diklat), _person()
    form.offer(lists().active("status", keep=person.employment))
    problem = ""
    try:
        _picture(diklat, person)
    except UndrawableError as error:
        problem = (
            f"Huruf {' '.join(error.characters)} pada nama atau unit kerja tidak dapat dicetak. Betulkan profilnya."
        )
    except ValueError:
        problem = "Pratinjau belum dapat dibuat; data diklat ini belum lengkap."
    except OSError:
        problem = "Pratinjau belum dapat dibuat; berkas templatnya tidak terbaca. Beri tahu panitia."
    return render_template(
        "certificates/preview.html",
        diklat=diklat,
        person=person,
        unit=people.workplace(person),
        confirmed=corrections.name_confirmed(person.id),
        problem=problem,
        form=form,
    )


@blueprint.get("/diklat/<slug>/sertifikat-saya.svg")
def picture(slug: str) -> Response:
    try:
        drawn = _picture(gate.subject(Diklat), _person())
    except (ValueError, OSError):
        abort(404)
    answer = Response(drawn, mimetype="image/svg+xml")
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _picture(diklat: Diklat, person: Person) -> str:
    row = snapshot.preview(diklat, person, on=clock.today())
    return rendering.picture(row, current_app.extensions["calakan.files"], base_url=_base_url())


def _person() -> Person:
    found = people.person(gate.actor().person_id)
    assert found is not None
    return found


@blueprint.post("/diklat/<slug>/sertifikat-saya")
def confirm_name(slug: str) -> Response | tuple[str, int]:
    form, person = PaperNameForm(), _person()
    form.offer(lists().active("status", keep=person.employment))
    if form.validate():
        with acting(form, done="Terima kasih, nama pada sertifikat sudah dipastikan.") as deed:
            profile.save_name(person.id, _named(form), actor=gate.actor(), now=clock.now())
            corrections.confirm_name(person.id, now=clock.now())
        if deed.done:
            return redirect(url_for("certificates.preview", slug=slug))
    return _preview(form), 422


def _named(form: PaperNameForm) -> profile.Profile:
    return profile.Profile(
        name=form.name.data,
        title_before=form.title_before.data or "",
        title_after=form.title_after.data or "",
        employment=form.employment.data or None,
        nip=form.nip.data or "",
    )


@blueprint.route("/saya/sertifikat/<code>/koreksi", methods=["GET", "POST"])
def correction(code: str) -> Page:
    """The holder asks for a revision with the profile as it is now."""
    id, problem = gate.subject(Certificate).id, ""
    if request.method == "POST":
        try:
            with db.transaction():
                asked = corrections.ask(id, reason=request.form.get("reason", ""), actor=gate.actor(), now=clock.now())
                by_rule = asked.by_rule
        except DomainError as error:
            problem = sentence(error)
        else:
            text = "Revisi sertifikat sedang dibuat." if by_rule else "Permintaan koreksi dikirim ke panitia."
            flash(text, "ok")
            return redirect(url_for("enrolment.history"))
    held = db.session().get_one(Certificate, id)
    answer = render_template(
        "certificates/correction.html",
        paper=held,
        asked=queries.open_correction(id),
        until=corrections.open_until(held),
        changed=corrections.differences(held),
        problem=problem,
        typed=request.form.get("reason", "")[:300],
    )
    return answer, 422 if problem else 200
