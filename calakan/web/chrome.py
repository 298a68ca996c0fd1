"""What every template knows: the visitor, filters for words, dates and numbers, pieces of addresses."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import quote

from flask import Flask, current_app, g, request

from calakan.certificates.models import Certificate
from calakan.kernel import clock, formats
from calakan.office.queries import Choices, choices
from calakan.people import names, nip, phones
from calakan.web import markdown
from calakan.web.words import word


def page_address(number: int) -> str:
    """This address with another page number."""
    args = request.args.to_dict(flat=False)
    args["hal"] = [str(number)]
    pairs = "&".join(f"{quote(k)}={quote(v)}" for k, values in args.items() for v in values)
    return f"{request.path}?{pairs}"


def whatsapp(text: str) -> str:
    return "https://wa.me/?text=" + quote(text)


def lists() -> Choices:
    """The office's lists, read once a request."""
    if "lists" not in g:
        g.lists = choices()
    found: Choices = g.lists
    return found


def label(code: str | None, kind: str) -> str:
    return lists().label(kind, code)


def avatar_colour(id: int) -> int:
    return id % 6 + 1


def dates(paper: Certificate) -> str:
    """The days an issued paper names."""
    return formats.day_list([date.fromisoformat(day) for day in paper.facts["event"]["dates"]])


def init_app(app: Flask) -> None:
    env = app.jinja_env
    env.trim_blocks = env.lstrip_blocks = True
    env.filters.update(
        day=formats.day, part=formats.part, clock_time=formats.clock_time, moment=formats.moment, span=formats.span,
        day_list=formats.day_list, days=formats.days, number=formats.number, word=word, markdown=markdown.render,
        local=clock.local, masked=nip.masked, phone=phones.shown, initials=names.initials, label=label,
        first_name=names.first_name, month=formats.month, joined=formats.joined, file_size=formats.file_size,
    )  # fmt: skip
    env.globals.update(
        page_address=page_address, whatsapp=whatsapp, lists=lists, avatar_colour=avatar_colour, dates=dates
    )

    @app.context_processor
    def _visitor() -> dict[str, Any]:
        visitor = g.get("visitor")
        return {
            "visitor": visitor.logged if visitor is not None else None,
            "actor": g.get("actor"),
            "theme": request.cookies.get("tema") if request.cookies.get("tema") in ("light", "dark") else None,
            "base_url": current_app.extensions["calakan.settings"].base_url,
            "now": clock.now(),
        }
