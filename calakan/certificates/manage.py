"""Issuing as the panitia see it: who gets a paper, who does not and why, how far the workers are."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from calakan.certificates import (
    corrections,
    documents,
    eligibility,
    queries,
    register,
    review,
    services,
    signatures,
    words,
)
from calakan.certificates.designs import queries as designs
from calakan.certificates.esign import EsignClient, RefusedError, ServiceAwayError
from calakan.certificates.forms import EsignForm, ReasonForm, ReserveForm, SignedFilesForm
from calakan.certificates.models import Certificate, CertificateRole, RegisterKind
from calakan.completion import groups, reasons
from calakan.completion.standing import conditions
from calakan.diklat.models import Diklat
from calakan.kernel import clock, db
from calakan.kernel.claims import WorkState
from calakan.kernel.errors import DomainError
from calakan.people import queries as people
from calakan.web import gate
from calakan.web.acting import acting
from calakan.web.messages import sentence
from calakan.web.paging import page

blueprint = Blueprint("certificates_manage", __name__, template_folder="templates")
MOST_FAILED = 100
SIGNED_AT_ONCE = 20


@blueprint.get("/kelola/diklat/<slug>/sertifikat")
def board(slug: str) -> str:
    diklat = gate.subject(Diklat)
    plan = eligibility.dry_run(diklat, now=clock.now())
    failed = db.session().scalars(queries.of_diklat(diklat.id, state=WorkState.FAILED).limit(MOST_FAILED)).all()
    return render_template(
        "certificates/board.html",
        diklat=diklat,
        plan=plan,
        asked=reasons.conditions(conditions(diklat)[diklat.id]),
        groups=groups.by_lack(plan.lacking.values()),
        later=reasons.outcome(diklat, now=clock.now()),
        revoked=queries.revoked_count(diklat.id),
        corrections=queries.corrections_waiting(gate.actor()),
        committee=queries.committee(diklat.id),
        chosen=designs.choice_of(diklat.id),
        choosable=designs.choosable(),
        default=designs.default_design(),
        roles=[(role, count) for role in CertificateRole if (count := plan.count(role))],
        numbers=queries.number_range(diklat.id),
        flawed=review.flawed(diklat, now=clock.now())[:MOST_FAILED],
        failed=[(row, words.why_failed(row.last_error or "")) for row in failed],
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
    hindrance = queries.hindrance(diklat_id) if waiting else None
    return {
        "work": work,
        "waiting": waiting,
        "hindrance": words.why_waiting(hindrance) if hindrance else "",
        "paused": work[WorkState.PAUSED],
        "total": sum(work.values()),
        "unsigned": work[WorkState.SIGNING],
    }


@blueprint.post("/kelola/diklat/<slug>/sertifikat/terbitkan")
def issue(slug: str) -> Response:
    id = gate.subject(Diklat).id
    with acting() as deed:
        new = services.request_for(id, actor=gate.actor(), now=clock.now())
    if deed.done:
        flash(f"{new} sertifikat masuk antrean." if new else "Semua yang memenuhi syarat sudah punya sertifikat.", "ok")
    return redirect(url_for("certificates_manage.board", slug=slug))


@blueprint.post("/kelola/diklat/<slug>/sertifikat/ulang")
def retry(slug: str) -> Response:
    id = gate.subject(Diklat).id
    with db.transaction():
        count = services.retry_failed(id, actor=gate.actor(), now=clock.now())
    flash(f"{count} sertifikat dicoba lagi.", "ok")
    return redirect(url_for("certificates_manage.board", slug=slug))


@blueprint.post("/kelola/diklat/<slug>/sertifikat/jeda")
def pause(slug: str) -> Response:
    """Hold what waits, or let it go on."""
    id, going_on = gate.subject(Diklat).id, request.form.get("lanjut") == "1"
    with db.transaction():
        count = (services.resume if going_on else services.pause)(id, actor=gate.actor(), now=clock.now())
    flash(f"{count} sertifikat {'dilanjutkan' if going_on else 'dijeda'}.", "ok")
    return redirect(url_for("certificates_manage.board", slug=slug))


@blueprint.post("/kelola/diklat/<slug>/sertifikat/keterangan")
def statements(slug: str) -> Response:
    id = gate.subject(Diklat).id
    with acting() as deed:
        new = services.request_statements(id, actor=gate.actor(), now=clock.now())
    if deed.done:
        flash(f"{new} surat keterangan masuk antrean." if new else "Semua surat keterangan sudah diminta.", "ok")
    return redirect(url_for("certificates_manage.board", slug=slug))


@blueprint.post("/kelola/diklat/<slug>/sertifikat/panitia")
def committee(slug: str) -> Response:
    """Who served as panitia of this diklat, by the address of the account."""
    id = gate.subject(Diklat).id
    person = people.by_contact(request.form.get("email", "").strip()[:254])
    if person is None:
        flash("Tidak ada akun dengan email itu.", "err")
        return redirect(url_for("certificates_manage.board", slug=slug, _anchor="panitia"))
    person_id, name, adding = person.id, person.name, request.form.get("act") != "remove"
    with acting(done=f"{name} {'dicatat sebagai' if adding else 'dihapus dari'} panitia diklat ini."):
        act = services.add_committee_member if adding else services.remove_committee_member
        act(id, person_id, actor=gate.actor(), now=clock.now())
    return redirect(url_for("certificates_manage.board", slug=slug, _anchor="panitia"))


@blueprint.post("/kelola/diklat/<slug>/sertifikat/tinjau")
def mend(slug: str) -> Response:
    """Put right what says more than is known: all of the diklat, or the paper that is named."""
    id, only = gate.subject(Diklat).id, request.form.get("kode") or None
    with db.transaction():
        count = corrections.mend(id, only=only, actor=gate.actor(), now=clock.now())
    flash(f"{count} lembar direvisi." if count else "Tidak ada lembar yang perlu direvisi.", "ok")
    return redirect(url_for("certificates_manage.board", slug=slug))


def _act(code: str, act: str) -> str | Response | tuple[str, int]:
    """A confirmation page with the consequence and a reason, then the deed."""
    paper, form = gate.subject(Certificate), ReasonForm()
    id, diklat_id = paper.id, paper.diklat_id
    if form.validate_on_submit():
        service = services.revoke if act == "revoke" else services.reissue
        with acting(form, beside="reason") as deed:
            service(id, reason=form.reason.data or "", actor=gate.actor(), now=clock.now())
        if deed.done:
            flash("Sertifikat dicabut." if act == "revoke" else "Revisi baru masuk antrean.", "ok")
            diklat = db.session().get_one(Diklat, diklat_id)
            return redirect(url_for("certificates_manage.board", slug=diklat.slug))
    paper, diklat = db.session().get_one(Certificate, id), db.session().get_one(Diklat, diklat_id)
    answer = render_template("certificates/act.html", paper=paper, diklat=diklat, act=act, form=form)
    return answer, 422 if form.errors else 200


@blueprint.route("/kelola/sertifikat/<code>/cabut", methods=["GET", "POST"])
def revoke(code: str) -> str | Response | tuple[str, int]:
    return _act(code, "revoke")


@blueprint.route("/kelola/sertifikat/<code>/ganti", methods=["GET", "POST"])
def reissue(code: str) -> str | Response | tuple[str, int]:
    return _act(code, "reissue")


def _waiting_for_signature(slug: str) -> list[Certificate]:
    rows = queries.of_diklat(gate.subject(Diklat).id, state=WorkState.SIGNING).limit(signatures.MOST_FILES)
    return list(db.session().scalars(rows))


def _signing_page(slug: str, **forms: Any) -> tuple[str, int]:
    settings = current_app.extensions["calakan.settings"]
    forms = {"upload": SignedFilesForm(formdata=None), "esign": EsignForm(formdata=None)} | forms
    work = queries.work(gate.subject(Diklat).id)
    page_text = render_template(
        "certificates/signing.html",
        diklat=gate.subject(Diklat),
        waiting=work[WorkState.SIGNING],
        at_once=min(SIGNED_AT_ONCE, work[WorkState.SIGNING]),
        client=bool(settings.bsre_url),
        **forms,
    )
    return page_text, 422 if any(form.errors for form in forms.values()) else 200


@blueprint.get("/kelola/diklat/<slug>/sertifikat/tanda-tangan")
def signing(slug: str) -> tuple[str, int]:
    """What an official has to sign by way of BSrE."""
    return _signing_page(slug)


@blueprint.get("/kelola/diklat/<slug>/sertifikat/tanda-tangan/berkas.zip")
def unsigned(slug: str) -> Response:
    papers = _waiting_for_signature(slug)
    if not papers:
        abort(404)
    answer = Response(signatures.bundle(papers, current_app.extensions["calakan.files"]), mimetype="application/zip")
    answer.headers["Content-Disposition"] = f'attachment; filename="tanda-tangan-{slug}.zip"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@blueprint.post("/kelola/diklat/<slug>/sertifikat/tanda-tangan")
def upload_signed(slug: str) -> Response | tuple[str, int]:
    """Signed files come back and are matched by the code inside; each is told apart."""
    diklat_id, form, done, refused = gate.subject(Diklat).id, SignedFilesForm(), 0, list[str]()
    for upload in filter(None, form.files.data or []):
        for name, content in signatures.unpack(upload.filename or "", upload.read()):
            try:
                _register_signed(diklat_id, content)
                done += 1
            except DomainError as error:
                refused.append(f"{name[:60]}: {sentence(error)}")
    if not done and not refused:
        form.files.errors = ["Pilih paling sedikit satu berkas PDF atau ZIP."]
        return _signing_page(slug, upload=form)
    if done:
        flash(f"{done} sertifikat bertanda tangan sudah terbit.", "ok")
    for line in refused[:10]:
        flash(line, "err")
    return redirect(url_for("certificates_manage.signing", slug=slug))


def _register_signed(diklat_id: int, content: bytes) -> None:
    store = current_app.extensions["calakan.files"]
    matched = signatures.match(content, store)
    sha256 = store.put(content)
    with db.transaction():
        services.accept_signed(
            diklat_id,
            matched.code,
            sha256=sha256,
            original_sha256=matched.original_sha256,
            actor=gate.actor(),
            now=clock.now(),
        )


@blueprint.post("/kelola/diklat/<slug>/sertifikat/tanda-tangan/esign")
def esign(slug: str) -> Response | tuple[str, int]:
    """The next papers by way of the BSrE service; the passphrase lives as long as this request."""
    settings, form = current_app.extensions["calakan.settings"], EsignForm()
    if not settings.bsre_url:
        abort(404)
    if not form.validate_on_submit():
        return _signing_page(slug, esign=form)
    client = EsignClient(settings.bsre_url, settings.bsre_user, settings.bsre_password)
    diklat_id, store, done = gate.subject(Diklat).id, current_app.extensions["calakan.files"], 0
    unsigned_files = [signatures.original(paper, store) for paper in _waiting_for_signature(slug)[:SIGNED_AT_ONCE]]
    try:
        for content in unsigned_files:
            _register_signed(diklat_id, client.sign(content, nik=form.nik.data, passphrase=form.passphrase.data))
            done += 1
    except RefusedError as error:
        form.passphrase.errors = [f"Layanan BSrE menolak: {error}"]
    except ServiceAwayError:
        form.form_errors.append("Layanan BSrE tidak menjawab. Coba lagi beberapa saat lagi.")
    except DomainError as error:
        form.form_errors.append(sentence(error))
    if done:
        flash(f"{done} sertifikat bertanda tangan sudah terbit.", "ok")
    if form.errors:
        return _signing_page(slug, esign=form)
    return redirect(url_for("certificates_manage.signing", slug=slug))


def _year() -> int:
    text = request.args.get("tahun", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) == 4 else clock.today().year


def _book() -> RegisterKind:
    """Which register; that of the certificates unless another is named."""
    named = request.args.get("buku")
    return RegisterKind(named) if named in set(RegisterKind) else RegisterKind.CERTIFICATE


def _register_page(form: ReserveForm) -> tuple[str, int]:
    book, year, asked = _book(), _year(), request.args.get("q", "")[:100]
    text = render_template(
        "certificates/register.html",
        book=book,
        titles=words.REGISTERS,
        year=year,
        years=sorted({*register.years(), clock.today().year}, reverse=True),
        page=page(register.entries(book, year, asked)),
        asked=asked,
        reserved=register.reserved(book, year),
        state_of=documents.state_of,
        form=form,
    )
    return text, 422 if form.errors else 200


@blueprint.get("/kelola/register")
def register_page() -> tuple[str, int]:
    """Every number of a year, and those that are kept."""
    return _register_page(ReserveForm(formdata=None))


@blueprint.post("/kelola/register")
def reserve() -> Response | tuple[str, int]:
    form = ReserveForm()
    if not form.validate_on_submit():
        return _register_page(form)
    with acting(form) as deed:
        register.reserve(
            _book(),
            _year(),
            form.first.data or 0,
            form.last.data or 0,
            purpose=form.purpose.data,
            actor=gate.actor(),
            now=clock.now(),
        )
    if not deed.done:
        return _register_page(form)
    flash("Nomor dicadangkan.", "ok")
    return redirect(url_for("certificates_manage.register_page", buku=_book(), tahun=_year()))


@blueprint.post("/kelola/diklat/<slug>/sertifikat/batal")
def void(slug: str) -> Response:
    """A number whose paper cannot be made, documented as void."""
    diklat_id, code = gate.subject(Diklat).id, request.form.get("code", "")[:26]
    id = queries.failed_id(diklat_id, code) or abort(404)
    with acting(done="Nomor dibatalkan dan tercatat di register."):
        register.void(id, reason=request.form.get("reason", ""), actor=gate.actor(), now=clock.now())
    return redirect(url_for("certificates_manage.board", slug=slug))


@blueprint.get("/kelola/koreksi")
def corrections_asked() -> str:
    """What holders ask to have corrected, the oldest first; `q` looks for a number or a name."""
    words = request.args.get("q", "")[:100]
    return render_template(
        "certificates/corrections.html",
        asked=queries.asked_corrections(words, actor=gate.actor()),
        words=words,
        waiting=queries.corrections_waiting(gate.actor()),
    )


@blueprint.post("/kelola/koreksi/<code>")
def decide(code: str) -> Response:
    id, approve = gate.subject(Certificate).id, request.form.get("act") == "approve"
    with acting(done="Revisi sertifikat masuk antrean." if approve else "Penolakan dikirim ke pemilik."):
        corrections.decide(
            id, approve=approve, answer=request.form.get("answer", ""), actor=gate.actor(), now=clock.now()
        )
    return redirect(url_for("certificates_manage.corrections_asked"))
