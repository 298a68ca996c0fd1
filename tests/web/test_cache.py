"""Pages kept for anonymous visitors: what is kept, and above all what is not."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask, flash
from flask.testing import FlaskClient
from werkzeug.datastructures import Headers
from werkzeug.test import TestResponse

from calakan.diklat.models import Diklat
from calakan.kernel import clock, db
from calakan.web import cache
from calakan.web.cache import Pages
from tests import factories

pytestmark = pytest.mark.any_database

Opener = Callable[[int | None], FlaskClient]
PAGES = ["/", "/diklat", "/diklat/asesmen-formatif"]
KEPT = [*PAGES, "/statistik"]


@pytest.fixture
def pages(app: Flask) -> Iterator[Pages]:
    kept: Pages = app.extensions["calakan.pages"]
    kept.seconds = cache.SECONDS
    yield kept
    kept.seconds = 0
    kept.clear()


def questions(work: Callable[[], TestResponse]) -> tuple[TestResponse, int]:
    """The answer, and how many statements it took."""
    asked: list[object] = []

    def note(*args: object) -> None:
        asked.append(args)

    sa.event.listen(db.engine(), "before_cursor_execute", note)
    try:
        return work(), len(asked)
    finally:
        sa.event.remove(db.engine(), "before_cursor_execute", note)


def rename(title: str) -> None:
    with db.transaction() as session:
        session.scalars(sa.select(Diklat)).one().title = title


def test_nothing_is_kept_unless_asked_for(app: Flask, client: FlaskClient) -> None:
    factories.diklat()
    client.get("/diklat")
    assert len(app.extensions["calakan.pages"]) == 0


@pytest.mark.parametrize("path", PAGES)
def test_a_second_visitor_costs_no_statement_for_five_seconds(app: Flask, pages: Pages, path: str) -> None:
    factories.diklat()
    with time_machine.travel(clock.now(), tick=False) as time:
        first, asked = questions(lambda: app.test_client().get(path))
        assert asked > 0
        rename("Judul Baru")
        time.shift(timedelta(seconds=4.9))
        second, asked = questions(lambda: app.test_client().get(path))
        assert (asked, second.data) == (0, first.data)
        own = {"Date": "", "X-Request-ID": ""}
        assert {**second.headers, **own} == {**first.headers, **own}
        time.shift(timedelta(seconds=0.2))
        third, asked = questions(lambda: app.test_client().get(path))
        assert asked > 0
        assert b"Judul Baru" in third.data
        assert third.headers["ETag"] != first.headers["ETag"]


def test_an_unchanged_page_is_not_sent_again(app: Flask, client: FlaskClient) -> None:
    factories.diklat()
    for path in KEPT:
        first = client.get(path)
        again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
        assert again.headers["ETag"] == first.headers["ETag"]
    rename("Lain")
    assert client.get("/diklat", headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


def test_a_kept_page_answers_304_too(app: Flask, pages: Pages) -> None:
    factories.diklat()
    first = app.test_client().get("/diklat")
    again, asked = questions(lambda: app.test_client().get("/diklat", headers={"If-None-Match": first.headers["ETag"]}))
    assert (again.status_code, again.data, asked) == (304, b"", 0)
    assert app.test_client().get("/diklat").data == first.data


@pytest.mark.parametrize("path", PAGES)
def test_caches_are_told_what_the_page_depends_on(app: Flask, client_of: Opener, path: str) -> None:
    factories.diklat()
    anonymous, known = client_of(None).get(path), client_of(factories.person().id).get(path)
    for answer in (anonymous, known):
        assert {"cookie", "accept-encoding"} <= {name.lower() for name in answer.vary}
    assert anonymous.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert known.headers["Cache-Control"] == "no-store"
    assert "ETag" not in known.headers


@pytest.mark.parametrize("path", KEPT)
def test_who_is_logged_in_gets_and_leaves_nothing(app: Flask, client_of: Opener, pages: Pages, path: str) -> None:
    factories.diklat()
    teacher = client_of(factories.person("Sri Mulyati").id)
    assert "Sri Mulyati" in teacher.get(path).get_data(as_text=True)
    assert len(pages) == 0
    stranger = app.test_client().get(path).get_data(as_text=True)
    assert "Sri Mulyati" not in stranger
    assert len(pages) == 1
    assert "Sri Mulyati" in teacher.get(path).get_data(as_text=True)


def test_any_session_cookie_goes_past_what_is_kept(app: Flask, pages: Pages) -> None:
    factories.diklat()
    app.test_client().get("/diklat")
    client = app.test_client()
    client.set_cookie("calakan", "bukan-apa-apa")
    _, asked = questions(lambda: client.get("/diklat"))
    assert asked > 0
    assert len(pages) == 1


def test_a_flash_is_not_kept(app: Flask, pages: Pages) -> None:
    factories.diklat()
    client = app.test_client()
    with client.session_transaction() as session:
        session["_flashes"] = [("ok", "Rahasia Bu Sri")]
    assert "Rahasia Bu Sri" in client.get("/diklat").get_data(as_text=True)
    assert len(pages) == 0
    assert "Rahasia Bu Sri" not in app.test_client().get("/diklat").get_data(as_text=True)


@pytest.mark.parametrize(
    "doing",
    [
        lambda app: app.jinja_env.globals["csrf_token"](),
        lambda app: flash("Halo"),
    ],
)
def test_an_answer_that_makes_a_session_is_not_kept(
    app: Flask, pages: Pages, monkeypatch: pytest.MonkeyPatch, doing: Callable[[Flask], object]
) -> None:
    """A form token or a flash set while the page is made."""
    factories.diklat()
    plain = app.view_functions["diklat.catalogue"]

    def view() -> object:
        doing(app)
        return plain()

    monkeypatch.setitem(app.view_functions, "diklat.catalogue", view)
    answer = app.test_client().get("/diklat")
    assert "Set-Cookie" in answer.headers
    assert len(pages) == 0
    assert "ETag" not in answer.headers


def test_no_anonymous_public_page_holds_a_token_or_sets_a_cookie(app: Flask) -> None:
    factories.diklat()
    app.config["WTF_CSRF_ENABLED"] = True
    for path in KEPT:
        answer = app.test_client().get(path)
        assert "Set-Cookie" not in answer.headers
        assert "csrf_token" not in answer.get_data(as_text=True)


def test_only_found_public_pages_are_kept(app: Flask, pages: Pages) -> None:
    factories.diklat("Terbit")
    factories.diklat("Rahasia", publish=False)
    for path in ("/diklat/rahasia", "/diklat/tiada", "/masuk", "/periksa", "/privasi", "/diklat/terbit.ics", "/kelola"):
        app.test_client().get(path)
    app.test_client().head("/diklat")
    app.test_client().post("/diklat/terbit/daftar")
    assert len(pages) == 0


def test_each_address_theme_and_packing_is_its_own(app: Flask, pages: Pages) -> None:
    factories.diklat("Gemar Bermain")

    def seen(path: str, theme: str = "", packing: str = "") -> TestResponse:
        client = app.test_client()
        if theme:
            client.set_cookie("tema", theme)
        return client.get(path, headers={"Accept-Encoding": packing})

    for _ in range(2):
        assert 'data-theme="dark"' in seen("/diklat", "dark").get_data(as_text=True)
        assert 'data-theme="light"' in seen("/diklat", "light").get_data(as_text=True)
        assert "data-theme" not in seen("/diklat").get_data(as_text=True)
        assert "data-theme" not in seen("/diklat", "<script>").get_data(as_text=True)
        assert "Belum ada diklat “literasi”" in seen("/diklat?q=literasi").get_data(as_text=True)
        assert "Belum ada diklat" not in seen("/diklat").get_data(as_text=True)
        assert seen("/diklat", packing="br").headers["Content-Encoding"] == "br"
        assert seen("/diklat", packing="gzip").headers["Content-Encoding"] == "gzip"
    assert len(pages) == 6
    tags = {seen("/diklat", packing=p).headers["ETag"] for p in ("", "br", "gzip")}
    assert len(tags) == 3


def test_the_store_is_bounded(app: Flask, pages: Pages) -> None:
    for n in range(cache.MOST + 20):
        pages.keep((str(n), "", ""), Headers(), b"", now=clock.now())
    assert len(pages) == cache.MOST
    assert pages.get(("19", "", ""), now=clock.now()) is None
    assert pages.get(("20", "", ""), now=clock.now()) is not None
    long = "/diklat?q=" + "x" * cache.LONGEST_ADDRESS
    pages.clear()
    app.test_client().get(long)
    assert len(pages) == 0


@pytest.mark.parametrize("path", KEPT)
def test_what_apps_hang_on_a_link_is_no_other_page(app: Flask, pages: Pages, path: str) -> None:
    """Nor does it come back in a link of the page that others are shown."""
    factories.diklat("Asesmen Formatif")
    first, asked = questions(lambda: app.test_client().get(f"{path}?fbclid=IwAR0rahasia&utm_source=wa"))
    assert (first.status_code, asked > 0) == (200, True)
    assert "IwAR0rahasia" not in first.text
    again, asked = questions(lambda: app.test_client().get(f"{path}?fbclid=lain"))
    assert (again.text, asked) == (first.text, 0)
    assert len(pages) == 1


def test_what_the_page_reads_is_another_page(app: Flask, pages: Pages) -> None:
    factories.diklat("Asesmen Formatif")
    for query in ("", "?q=asesmen", "?q=lain", "?hal=2", "?jenjang=sd&ada=1"):
        assert app.test_client().get(f"/diklat{query}&gclid=1" if query else "/diklat?gclid=1").status_code == 200
    assert len(pages) == 5


def test_every_argument_that_these_pages_read_is_known(app: Flask) -> None:
    import inspect

    from calakan.diklat import views

    read = set(re.findall(r'_argument\("(\w+)"\)', inspect.getsource(views))) | {"hal"}
    assert read == cache.ARGUMENTS
