"""The blueprint of these pages, and how each of them ends: done, refused beside the field, or asked once more."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from calakan.diklat import queries
from calakan.diklat.models import Diklat
from calakan.web.acting import acting
from calakan.web.forms import Form

# Named after the room, so that its templates are found.
blueprint = Blueprint("diklat_manage", "calakan.diklat", template_folder="templates")
Page = str | Response | tuple[str, int]


def done(slug: str, text: str, page: str = "sessions") -> Response:
    flash(text, "ok")
    return redirect(url_for(f"diklat_manage.{page}", slug=slug), 303)


def at_once(slug: str, work: Callable[[], object], text: str, page: str = "sessions") -> Response:
    """A button without a form: the answer, good or bad, is a flash on the page it came from."""
    with acting(done=text):
        work()
    return redirect(url_for(f"diklat_manage.{page}", slug=slug), 303)


def answer(form: Form, page: str) -> Page:
    return (page, 422) if form.errors else page


def fresh(slug: str) -> Diklat:
    """The diklat of this address, read anew: a transaction lets go of what the gate had loaded."""
    found = queries.by_slug(slug)
    if found is None:
        abort(404)
    return found


def confirm(
    slug: str,
    form: Form,
    *,
    heading: str,
    text: str,
    button: str,
    danger: bool = True,
    radius: str = "",
    other: tuple[str, str] | None = None,
) -> Page:
    """The page that asks before something final; `other` is a better way, its address and words."""
    page = render_template(
        "diklat/manage_confirm.html",
        diklat=fresh(slug),
        form=form,
        heading=heading,
        text=text,
        button=button,
        danger=danger,
        radius=radius,
        other=other,
    )
    return answer(form, page)
