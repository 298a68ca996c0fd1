"""Pages that belong to no room: help, manifest, robots."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from flask import (
    Blueprint,
    abort,
    current_app,
    redirect,
    render_template,
    request,
    send_from_directory,
    session,
    url_for,
)
from werkzeug.wrappers import Response

from calakan.kernel import clock
from calakan.kernel.actor import Role
from calakan.office.house import house
from calakan.office.models import Emblem
from calakan.web import emblem as emblems
from calakan.web import gate, guide, markdown
from calakan.web.addresses import safe_next
from calakan.web.card import answer
from calakan.web.chrome import THEME_COOKIE, THEMES, theme
from calakan.web.forms import Form, RadioField

blueprint = Blueprint("web", __name__)
ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")
STANDS_DAYS = 180  # of security.txt, which is made anew with each look
PICTURE_SECONDS = 24 * 3600
THEME_SECONDS = 365 * 24 * 3600


@blueprint.get("/bantuan")
def help_page() -> str:
    """The guide of whoever asks, or of whom the address names, a long one topic by topic; with words, what all say of them."""
    words = request.args.get("q", "").replace("\x00", "").strip()[:80]
    asked = request.args.get("untuk", "")
    reader = guide.Reader(asked) if asked in set(guide.Reader) else _reader()
    topic = request.args.get("bagian", "") if guide.is_long(reader) and not words else None
    return render_template(
        "web/help.html",
        topic=topic,
        words=words,
        reader=reader,
        readers=list(guide.Reader),
        sections=guide.search(words) if words else guide.sections(reader),
        render=markdown.render_guide,
    )


def _reader() -> guide.Reader:
    actor = gate.actor_or_none()
    if actor is not None and actor.has_desk:
        return guide.Reader.COMMITTEE
    speaks = actor is not None and actor.has(Role.NARASUMBER)
    return guide.Reader.SPEAKER if speaks else guide.Reader.PARTICIPANT


@blueprint.get("/bantuan/gambar/<name>.webp")
def help_picture(name: str) -> Response:
    answer = send_from_directory(guide.PICTURES, f"{name}.webp", mimetype="image/webp", max_age=PICTURE_SECONDS)
    answer.headers["Cache-Control"] = f"public, max-age={PICTURE_SECONDS}"
    return answer


@blueprint.get("/aksesibilitas")
def accessibility() -> str:
    return render_template("web/accessibility.html")


class ThemeForm(Form):
    tema = RadioField(
        "Tampilan",
        choices=[("", "Ikut setelan perangkat"), ("light", "Terang"), ("dark", "Gelap")],
        validate_choice=False,
    )


@blueprint.route("/tampilan", methods=["GET", "POST"])
def appearance() -> Response | str | tuple[str, int]:
    """A page of its own, so that public pages need no form token and can be kept."""
    form = ThemeForm(data={"tema": theme() or ""})
    if request.method == "GET":
        return render_template("web/appearance.html", form=form, next=safe_next("/"))
    chosen = form.tema.data or ""
    if chosen and chosen not in THEMES:
        form.tema.errors = ["Pilih dari daftar."]
        return render_template("web/appearance.html", form=form, next=safe_next("/")), 422
    if gate.actor_or_none() is None:
        session.clear()  # it held nothing but the token of this form
    answer = redirect(safe_next("/"), 303)
    if chosen:
        secure = current_app.config["SESSION_COOKIE_SECURE"]
        answer.set_cookie(THEME_COOKIE, chosen, max_age=THEME_SECONDS, samesite="Lax", secure=secure, httponly=True)
    else:
        answer.delete_cookie(THEME_COOKIE)
    return answer


@blueprint.get("/manifest.webmanifest")
def manifest() -> Response:
    facts: dict[str, Any] = {
        "name": house().name,
        "short_name": house().short_name,
        "lang": "id",
        "start_url": url_for("desk.home"),
        "display": "standalone",
        "background_color": "#f4f7f5",
        "theme_color": "#0b5d56",
        "icons": emblems.icons(),
        "shortcuts": [
            {"name": name, "url": url_for(endpoint)}
            for name, endpoint in (
                ("Hari ini", "desk.home"),
                ("Cari diklat", "diklat.catalogue"),
                ("Diklat saya", "enrolment.mine"),
            )
        ],
    }
    return Response(current_app.json.dumps(facts), mimetype="application/manifest+json")


@blueprint.get("/kartu/<mark>.jpg")
def card(mark: str) -> Response:
    return answer()


@blueprint.get("/lambang/<emblem>-<mark>.png", endpoint="emblem")
def emblem_file(emblem: str, mark: str) -> Response:
    if emblem not in set(Emblem):
        abort(404)
    return emblems.answer(Emblem(emblem), mark).make_conditional(request)


@blueprint.get("/robots.txt")
def robots() -> Response:
    return Response("User-agent: *\nDisallow: /kelola\nDisallow: /saya\nDisallow: /s/\n", mimetype="text/plain")


@blueprint.get("/.well-known/security.txt")
def security_txt() -> Response:
    """Whom to tell of a weakness (RFC 9116); without an email of the house, the page that names its contact."""
    base, contact = current_app.extensions["calakan.settings"].base_url, house().privacy_contact
    until = clock.start_of(clock.today() + timedelta(days=STANDS_DAYS)).strftime("%Y-%m-%dT%H:%M:%SZ")
    lines = (
        f"Contact: mailto:{contact}" if ADDRESS.fullmatch(contact) else f"Contact: {base}{url_for('privacy.notice')}",
        f"Expires: {until}",
        "Preferred-Languages: id, en",
        f"Canonical: {base}{url_for('web.security_txt')}",
    )
    return Response("\n".join(lines) + "\n", mimetype="text/plain")
