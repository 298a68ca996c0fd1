"""What every template knows: the visitor, filters for words, dates and numbers, pieces of addresses."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any
from urllib.parse import quote

from flask import Flask, current_app, g, request

from calakan.certificates.models import Certificate
from calakan.diklat.models import Diklat
from calakan.diklat.queries import counts
from calakan.enrolment.queries import seats
from calakan.kernel import clock, formats
from calakan.office.house import house
from calakan.office.house import refresh as renewed
from calakan.office.queries import Choices, choices
from calakan.people import names, nip, phones
from calakan.web import markdown, messages, tones
from calakan.web.card import card_address
from calakan.web.emblem import letterhead_address, logo_address, tab_icon
from calakan.web.whitespace import LayoutRemoved

NAMELESS = ("web.asset", "health.livez")
"""What names no house. Whoever asks whether a process lives must not wait for the database: it would be ended for it."""
THEME_COOKIE = "tema"
THEMES = ("light", "dark")


def page_address(number: int) -> str:
    """This address with another page number."""
    args = request.args.to_dict(flat=False)
    args["hal"] = [str(number)]
    pairs = "&".join(f"{quote(k)}={quote(v)}" for k, values in args.items() for v in values)
    return f"{request.path}?{pairs}"


def appearance_address() -> str:
    """The switch of light and dark, and back to this page."""
    inside = request.method == "GET" and request.endpoint not in (None, "web.appearance")
    return "/tampilan" + (f"?next={quote(request.full_path.rstrip('?'))}" if inside else "")


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


def tab_counts(diklat: Diklat) -> dict[str, int]:
    """What stands beside the tabs of a diklat's own pages."""
    sessions, rows = counts(diklat.id)
    return {"sesi": sessions, "program": rows, "peserta": seats(diklat)[diklat.id].taken}


def unread() -> int:
    """How many messages of the visitor wait to be read, as the gate found them."""
    visitor = g.get("visitor")
    return visitor.logged.unread if visitor is not None else 0


def whose() -> str | None:
    """A mark of the visitor, by which the browser knows whose pages it keeps; empty for a stranger, None where nobody asked.

    A page that could not ask (the database is away) must not make the browser forget.
    """
    if "visitor" not in g:
        return None
    if g.visitor is None:
        return ""
    key: str = current_app.config["SECRET_KEY"]
    person_id = g.visitor.logged.actor.person_id
    return hashlib.blake2s(f"whose:{person_id}:{key}".encode(), digest_size=6).hexdigest()


def avatar_colour(id: int) -> int:
    return id % 6 + 1


def dates(paper: Certificate) -> str:
    """The days an issued paper names."""
    return formats.day_list([date.fromisoformat(day) for day in paper.facts["event"]["dates"]])


def theme() -> str | None:
    """The visitor's own choice; without one the page follows the device."""
    chosen = request.cookies.get(THEME_COOKIE)
    return chosen if chosen in THEMES else None


def init_app(app: Flask) -> None:
    env = app.jinja_env
    env.add_extension(LayoutRemoved)
    env.filters.update(
        day=formats.day, part=formats.part, clock_time=formats.clock_time, moment=formats.moment, span=formats.span,
        day_list=formats.day_list, days=formats.days, number=formats.number, word=messages.word, act=messages.act, letter=messages.letter, markdown=markdown.render,
        local=clock.local, masked=nip.masked, phone=phones.shown, initials=names.initials, label=label,
        first_name=names.first_name, month=formats.month, joined=formats.joined, file_size=formats.file_size, tone=tones.tone, uniform=tones.uniform,
    )  # fmt: skip
    env.globals.update(
        page_address=page_address,
        appearance_address=appearance_address,
        tab_counts=tab_counts,
        whatsapp=whatsapp,
        unread=unread,
        whose=whose,
        lists=lists,
        avatar_colour=avatar_colour,
        dates=dates,
        house=house,
        card_address=card_address,
        logo_address=logo_address,
        tab_icon=tab_icon,
        letterhead_address=letterhead_address,
        zone=clock.abbreviation,
    )

    @app.before_request
    def _whose_house() -> None:
        if request.endpoint not in NAMELESS:
            renewed()

    @app.context_processor
    def _visitor() -> dict[str, Any]:
        visitor = g.get("visitor")
        return {
            "visitor": visitor.logged if visitor is not None else None,
            "actor": g.get("actor"),
            "theme": theme(),
            "base_url": current_app.extensions["calakan.settings"].base_url,
            "now": clock.now(),
        }
