"""Making templates of certificates: for the panitia; which one is the office's default, for admins."""

from __future__ import annotations

import base64
from typing import Any

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from calakan.certificates.designs import layout as layouts
from calakan.certificates.designs import queries, services
from calakan.certificates.designs.checks import Finding, Trouble
from calakan.certificates.designs.forms import LayoutForm, NewDesignForm, typed
from calakan.certificates.designs.layout import Ground, Layout
from calakan.certificates.designs.looking import Picture, Sight
from calakan.certificates.models import Design
from calakan.diklat.models import Diklat
from calakan.intake.kinds import BACKGROUND
from calakan.intake.process import LARGEST, piece_of
from calakan.kernel import clock, db
from calakan.kernel.errors import DomainError
from calakan.web import gate, limits
from calakan.web.acting import acting

blueprint = Blueprint("designs", __name__)
Page = str | Response | tuple[str, int]
LONGEST = "terpanjang"
TROUBLES = {
    Trouble.OUTSIDE: "{0} keluar dari halaman.",
    Trouble.OVER: "{0} menumpuk pada {1}.",
    Trouble.SMALL: "{0} mengecil di bawah ukuran terkecilnya.",
}


@blueprint.url_value_preprocessor
def _larger(endpoint: str | None, values: object) -> None:
    """This form carries a file; read before the gate looks into the form."""
    if endpoint == "designs.edit":
        request.max_content_length = LARGEST + 256 * 1024


@blueprint.route("/kelola/templat", methods=["GET", "POST"])
def listing() -> Page:
    form = NewDesignForm()
    form.start.choices = [("", "Bawaan"), *((str(d.id), d.name) for d in queries.all_designs() if not d.archived_at)]
    if form.validate_on_submit():
        source = int(form.start.data) if form.start.data else None
        with acting(form) as deed:
            made = services.create(form.name.data, copied_from=source, actor=gate.actor(), now=clock.now())
            id = made.id
        if deed.done:
            flash("Templat dibuat. Atur letaknya, lalu terbitkan.", "ok")
            return redirect(url_for("designs.edit", id=id))
    default = queries.default_design()
    answer = render_template(
        "certificates/designs.html",
        form=form,
        designs=queries.all_designs(),
        newest=queries.newest_versions(),
        choosable=queries.choosable(),
        default=default.id if default is not None else 0,
    )
    return answer, 422 if form.errors else 200


def _form(design: Design) -> Any:
    held = layouts.loaded(design.draft)
    return LayoutForm(data={**typed(held), "name": design.name, "seen": design.changed_at.isoformat()})


@blueprint.route("/kelola/templat/<int:id>", methods=["GET", "POST"])
@limits.files
def edit(id: int) -> Page:
    """The draft: saved, or saved and published."""
    design = gate.subject(Design)
    form, held = _form(design), layouts.loaded(design.draft)
    if form.validate_on_submit():
        try:
            return _saved(id, form, form.layout(held))
        except DomainError as error:
            form.refuse(error)
    return _editor(id, form), 422 if form.errors else 200


def _saved(id: int, form: Any, layout: Layout) -> Response:
    content, background = form.sent_file(), None
    if content is not None:
        background = current_app.extensions["calakan.files"].put(piece_of(content, BACKGROUND))
        layout = layouts.on_own_ground(layout)
    draft = services.Draft(form.name.data, layout, form.seen_at, background)
    publish = request.form.get("terbit") == "1"
    with db.transaction():
        version = services.save(id, draft, publish=publish, actor=gate.actor(), now=clock.now())
        number = version.number if version is not None else 0
    flash(
        f"Versi {number} terbit. Sertifikat yang diminta sesudah ini memakainya." if number else "Rancangan disimpan.",
        "ok",
    )
    return redirect(url_for("designs.edit", id=id, nama=request.form.get("nama")))


def _editor(id: int, form: Any) -> str:
    design = db.session().get_one(Design, id)
    newest = queries.newest_version(id)
    held = layouts.loaded(design.draft)
    return render_template(
        "certificates/design.html",
        design=design,
        form=form,
        versions=queries.versions_of(id),
        papers=queries.papers_by_version(id),
        used_by=queries.diklat_using(id),
        draft_differs=newest is None
        or (newest.layout, newest.background_sha256) != (design.draft, design.background_sha256),
        long=_long(),
        **_seen(_look(held, design)),
    )


def _long() -> bool:
    return request.values.get("nama") == LONGEST


def _look(layout: Layout, design: Design) -> Picture | None:
    """None while the background cannot be read."""
    try:
        return _sight(layout, design).picture(long=_long())
    except OSError:
        return None


def _sight(layout: Layout, design: Design, *, marked: bool = False) -> Sight:
    base_url: str = current_app.extensions["calakan.settings"].base_url
    store = current_app.extensions["calakan.files"]
    return Sight(layout, design.background_sha256, store, base_url=base_url, on=clock.today(), marked=marked)


def _seen(picture: Picture | None) -> dict[str, Any]:
    """What the fragment with the picture shows."""
    if picture is None:
        return {"picture": None}
    packed = base64.b64encode(picture.svg.encode()).decode()
    return {
        "picture": picture,
        "source": Markup(f"data:image/svg+xml;base64,{packed}"),  # noqa: S704  # letters and digits
        "warnings": [_worded(finding) for finding in picture.findings]
        + [f"Dengan nama terpanjang: {_worded(finding)}" for finding in picture.longest],
    }


def _worded(finding: Finding) -> str:
    return TROUBLES[finding.trouble].format(*finding.labels)


@blueprint.post("/kelola/templat/<int:id>/pratinjau")
def preview(id: int) -> Page:
    """The picture of what is typed, while one types; nothing is kept."""
    design = gate.subject(Design)
    form = _form(design)
    if not form.validate():
        problem = next(field.errors[0] for field in form if field.errors)
        label = next(field.label.text for field in form if field.errors)
        return render_template("certificates/_design_problem.html", label=label, problem=problem), 422
    layout = form.layout(layouts.loaded(design.draft))
    if layout.ground is Ground.OWN and design.background_sha256 is None:
        layout = layouts.on_plain_ground(layout)
    return render_template("certificates/_design_picture.html", design=design, **_seen(_look(layout, design)))


@blueprint.get("/kelola/templat/<int:id>/contoh.pdf")
def specimen(id: int) -> Response:
    """The draft as a paper, marked as a specimen."""
    design = gate.subject(Design)
    try:
        content = _sight(layouts.loaded(design.draft), design, marked=True).file(now=clock.now())
    except FileNotFoundError:
        abort(404)
    answer = Response(content, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="contoh-templat-{id}.pdf"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _act(done: str, back: str, act: Any, *arguments: Any, **named: Any) -> Response:
    with acting(done=done):
        act(*arguments, actor=gate.actor(), now=clock.now(), **named)
    return redirect(back)


@blueprint.post("/kelola/templat/<int:id>/arsip")
def archive(id: int) -> Response:
    """Out of the lists, or back into them."""
    again = request.form.get("act") == "restore"
    done = "Templat dipakai lagi." if again else "Templat diarsipkan. Sertifikat yang sudah terbit tidak berubah."
    return _act(done, url_for("designs.listing"), services.restore if again else services.archive, id)


@blueprint.post("/kelola/templat/bawaan")
def default() -> Response:
    return _act("Templat bawaan diubah.", url_for("designs.listing"), services.set_default, _number("templat"))


def _number(name: str) -> int | None:
    """The id that was chosen; 0 is nobody's."""
    text = request.form.get(name, "")
    if not text:
        return None
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


@blueprint.post("/kelola/diklat/<slug>/sertifikat/templat")
def choose(slug: str) -> Response:
    """Which one the papers of a diklat use: one of the office's, the shipped one, or whatever is the default."""
    id, back = gate.subject(Diklat).id, url_for("certificates_manage.board", slug=slug, _anchor="templat")
    shipped = request.form.get("templat") == "asli"
    wanted = None if shipped else _number("templat")
    return _act("Templat sertifikat diklat ini diubah.", back, services.choose, id, wanted, shipped=shipped)
