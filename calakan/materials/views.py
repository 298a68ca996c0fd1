"""Handing out, for those who prepare a diklat or speak in it; and the isolated addresses files are served from."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from calakan.assessment.services import discarding
from calakan.diklat import queries as diklat_queries
from calakan.diklat.models import Diklat
from calakan.kernel import clock, codes, db
from calakan.kernel.errors import DomainError
from calakan.materials import contents, queries, rules, services
from calakan.materials.forms import ContentForm, MaterialForm
from calakan.materials.models import Audience, Material, MaterialKind
from calakan.web import gate, handed_in
from calakan.web.acting import acting
from calakan.web.forms import Form

blueprint = Blueprint("materials", __name__, template_folder="templates")
Page = Response | str | tuple[str, int]
UPLOADS = {"materials.board", "materials.renew"}


@blueprint.url_value_preprocessor
def _larger(endpoint: str | None, values: object) -> None:
    """These two forms carry a file; read before the gate looks into the form."""
    if endpoint in UPLOADS:
        request.max_content_length = contents.MOST_BYTES + 256 * 1024


def _attempt(form: Form, work: Callable[[], object]) -> bool:
    try:
        work()
    except DomainError as error:
        form.refuse(error)
        return False
    return True


def _content(form: ContentForm) -> services.Content:
    store = current_app.extensions["calakan.files"]
    return services.received(store, file=form.sent_file(), url=form.url.data or "", note=form.note.data or "")


@blueprint.route("/kelola/diklat/<slug>/materi", methods=["GET", "POST"])
def board(slug: str) -> Page:
    diklat_id, actor = gate.subject(Diklat).id, gate.actor()
    form = MaterialForm()
    sessions = {s.number: (s.id, s.title) for s in diklat_queries.sessions_of(diklat_id)}
    form.session.choices = [("", "Seluruh diklat"), *((str(n), f"Sesi {n} · {t}") for n, (_, t) in sessions.items())]

    def work() -> None:
        content, chosen = _content(form), form.session.data
        with discarding.unless_taken(content.sha256), db.transaction():
            services.hand_out(
                diklat_id,
                content,
                title=form.title.data or "",
                kind=MaterialKind(form.kind.data),
                audience=Audience(form.audience.data),
                session_id=sessions[int(chosen)][0] if chosen else None,
                actor=actor,
                now=clock.now(),
            )

    if form.validate_on_submit() and _attempt(form, work):
        flash("Materi dibagikan.", "ok")
        return redirect(url_for("materials.board", slug=slug), 303)
    page = render_template(
        "materials/board.html",
        diklat=diklat_queries.by_slug(slug),
        form=form,
        rows=queries.of_diklat(diklat_id),
        unwanted=queries.unwanted(diklat_id),
        names={id: f"Sesi {n} · {t}" for n, (id, t) in sessions.items()},
    )
    return (page, 422) if form.errors else page


@blueprint.route("/kelola/materi/<code>", methods=["GET", "POST"])
def renew(code: str) -> Page:
    material_id, actor, form = gate.subject(Material).id, gate.actor(), ContentForm()
    slug = gate.subject(Material).diklat.slug

    def work() -> None:
        content = _content(form)
        with discarding.unless_taken(content.sha256), db.transaction():
            services.renew(material_id, content, actor=actor, now=clock.now())

    if form.validate_on_submit() and _attempt(form, work):
        flash("Versi baru dibagikan. Alamatnya tetap.", "ok")
        return redirect(url_for("materials.board", slug=slug), 303)
    page = render_template("materials/renew.html", form=form, material=queries.by_code(code))
    return (page, 422) if form.errors else page


def _at_once(code: str, work: Callable[[], object], text: str) -> Response:
    slug = gate.subject(Material).diklat.slug
    with acting(done=text):
        work()
    return redirect(url_for("materials.board", slug=slug), 303)


@blueprint.post("/kelola/materi/<code>/tarik")
def withdraw(code: str) -> Response:
    material_id = gate.subject(Material).id
    return _at_once(
        code, lambda: services.withdraw(material_id, actor=gate.actor(), now=clock.now()), "Materi ditarik."
    )


@blueprint.post("/kelola/materi/<code>/untuk")
def set_audience(code: str) -> Response:
    material_id, everyone = gate.subject(Material).id, request.form.get("siapa") == "everyone"
    audience = Audience.EVERYONE if everyone else Audience.ENROLLED
    return _at_once(
        code,
        lambda: services.set_audience(material_id, audience, actor=gate.actor(), now=clock.now()),
        "Sekarang siapa saja boleh membuka." if everyone else "Sekarang hanya peserta terdaftar yang boleh membuka.",
    )


@blueprint.get("/berkas/<code>")
def newest(code: str) -> Response:
    return send(gate.subject(Material), 0)


@blueprint.get("/berkas/<code>/<int(max=9999):number>")
def version(code: str, number: int) -> Response:
    """An older version, for those who hand out."""
    return send(gate.subject(Material), number)


def send(material: Material, number: int) -> Response:
    """The newest version (0) or an older one; who may have it was asked before."""
    held = next((v for v in material.versions if v.number == number or not number), None)
    if held is None:
        abort(404)
    if held.url is not None:
        answer: Response = redirect(held.url)
    else:
        name = f"{codes.slug(material.title)}-v{held.number}.{held.suffix}"
        answer = handed_in.file(
            held.sha256, contents.MEDIA[held.suffix], as_attachment=True, download_name=name, etag=held.sha256 or ""
        )
    everyone = rules.open_to_everyone(material) and not number
    answer.headers["Cache-Control"] = "public, no-cache" if everyone else "private, no-store"
    return answer
