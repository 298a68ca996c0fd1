"""The first visit over a real connection: a page and all that its first view needs, packed with brotli, is at most 25 KiB."""

from __future__ import annotations

import http.client
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from urllib.parse import urljoin

import brotli
import pytest
from flask import Flask
from werkzeug.serving import make_server

from calakan.diklat import queries
from calakan.diklat.services.sessions import SessionPlan
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.narasumber import queries as narasumber
from calakan.narasumber.services import reschedule
from calakan.people.models import Jenjang
from tests import factories
from tests import world as worlds
from tests.world import World

pytestmark = pytest.mark.any_database

KIB = 1024
PAGES = (
    "/", "/diklat", "/masuk", "/akun/daftar", "/relawan/daftar", "/statistik", "/kalender", "/privasi", "/aksesibilitas",
    "/tampilan", "/diklat/{slug}", "/diklat/{slug}/ikut", "/periksa", "/bantuan",
    "/bantuan?untuk=panitia", "/bantuan?untuk=panitia&bagian=terbitkan", "/bantuan?untuk=narasumber",
)  # fmt: skip
Fetched = tuple[int, str, bytes]


@contextmanager
def served(app: Flask) -> Iterator[int]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()


@pytest.fixture
def port(app: Flask) -> Iterator[int]:
    with served(app) as number:
        yield number


def fetch(port: int, path: str) -> Fetched:
    """(bytes on the wire without the head, its type, the unpacked body)."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path, headers={"Accept-Encoding": "br"})
    answer = connection.getresponse()
    packed = answer.read()
    assert answer.status == 200, path
    body = brotli.decompress(packed) if answer.headers["Content-Encoding"] == "br" else packed
    connection.close()
    return len(packed), answer.headers["Content-Type"].partition(";")[0], body


def needs(path: str, kind: str, body: bytes) -> set[str]:
    """Addresses a browser fetches for the first view of this page or style sheet: no manifest, nothing far below."""
    text = body.decode()
    if kind == "text/css":
        found = re.findall(r"url\(([^)]+)\)", text)
    else:
        links = re.findall(r"<link [^>]*>", text)
        later = ("canonical", "alternate", "manifest")
        found = [m for link in links if not any(word in link for word in later) for m in HREF.findall(link)]
        found += re.findall(r'<script[^>]* src="([^"]+)"', text)
        found += [SRC.findall(img)[0] for img in re.findall(r"<img [^>]*>", text) if 'loading="lazy"' not in img]
        found += re.findall(r'<use href="([^"#]+)#', text)
    addresses = (address.strip("\"'") for address in found)
    return {urljoin(path, address) for address in addresses if not address.startswith("data:")}


SRC = re.compile(r' src="([^"]+)"')
HREF = re.compile(r'href="([^"]+)"')


def first_visit(port: int, path: str) -> dict[str, int]:
    """address -> bytes, of everything."""
    weights: dict[str, int] = {}
    waiting = {path}
    while waiting:
        address = waiting.pop()
        weight, kind, body = fetch(port, address)
        weights[address] = weight
        if kind in ("text/html", "text/css"):
            waiting |= needs(address, kind, body) - weights.keys()
    return weights


def fill() -> str:
    """A full page of cards, each with people and a waiting list's worth of words; the address of one."""
    speakers = [factories.person(f"Narasumber Kehormatan {n}", Role.NARASUMBER).id for n in range(3)]
    now = clock.now()
    for n in range(15):
        made = factories.diklat(
            f"Pembelajaran Berdiferensiasi di Kelas Besar bagian {n}", quota=100 + n, days=n + 2, levels=[Jenjang.SD]
        )
        id, slug = made.id, made.slug
        session = queries.sessions_of(id)[0]
        session_id, start = session.id, now + timedelta(days=n + 2, hours=n)
        plan = SessionPlan(title="Pembukaan", starts_at=start, ends_at=start + timedelta(minutes=50))
        with db.transaction():
            reschedule(session_id, plan, speakers, actor=factories.SYSTEM, now=now)
        assert len(narasumber.speakers_by_diklat([id])[id]) == 3
    return slug


@pytest.mark.parametrize("path", PAGES)
def test_the_first_view_is_light(app: Flask, port: int, path: str) -> None:
    weights = first_visit(port, path.format(slug=fill()))
    kinds = {address.rpartition(".")[2] for address in weights if "." in address}
    assert {"css", "js", "woff2"} <= kinds
    assert sum(weights.values()) <= 25 * KIB, weights
    assert len(weights) <= 5


def test_so_is_that_of_every_page_that_a_stranger_may_open(shared: World) -> None:
    heavy: dict[str, object] = {}
    seen, client = 0, shared.client(None)
    with served(shared.app) as port:
        for endpoint in worlds.endpoints(shared.app, "GET"):
            path = worlds.address(shared.app, endpoint, next(iter(worlds.sides(shared, endpoint).values())))
            answer = client.get(path)
            if answer.status_code != 200 or answer.mimetype != "text/html":
                continue
            seen += 1
            weights = first_visit(port, path)
            if len(weights) > 5 or sum(weights.values()) > 25 * KIB:
                heavy[endpoint] = sorted(weights.items())
    assert heavy == {}
    assert seen > len(PAGES)


def test_nothing_is_fetched_from_elsewhere(app: Flask, port: int) -> None:
    fill()
    assert all(address.startswith("/") for address in first_visit(port, "/diklat"))
