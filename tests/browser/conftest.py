"""A site in a thread and a Chromium, shared by the journeys; they run in one worker, one after the other."""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import upgrade
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.office.services import ensure_choices
from calakan.people import passwords
from calakan.people.directory import ensure_places
from calakan.people.models import Person
from tests import factories
from tests.conftest import empty_tables, make_app
from tests.world import PASSWORD, World, build

PATIENCE = 60_000.0  # milliseconds, for what takes a blink on a machine with nothing else to do
expect.set_options(timeout=PATIENCE)
CHROMIUM = next((p for n in ("chromium", "chromium-browser", "google-chrome") if (p := shutil.which(n))), None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here"))


@dataclass(eq=False)
class Site:
    app: Flask
    base: str
    world: World
    browser: Browser

    def page(self, who: str | None, *, width: int = 390, dark: bool = False, script: bool = True) -> Page:
        """A fresh browser of this person, logged in by cookie; what it says on its console counts as a mistake."""
        context = self.browser.new_context(
            viewport={"width": width, "height": 844},
            color_scheme="dark" if dark else "light",
            java_script_enabled=script,
            accept_downloads=True,
            reduced_motion="reduce",  # colours change at once, so that they can be measured
        )
        context.set_default_timeout(PATIENCE)
        if who is not None:
            client = self.world.client(who)
            cookie = client.get_cookie("calakan", domain="localhost")
            assert cookie is not None
            context.add_cookies([{"name": "calakan", "value": cookie.value, "url": self.base}])
        return context.new_page()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


def new_app(folder: Path) -> Flask:
    """On SQLite, with the places and the lists of choices and nobody in it."""
    app = make_app(f"sqlite:///{folder / 'site.sqlite3'}", folder)
    with app.app_context():
        upgrade()
        with db.transaction():
            ensure_places(now=clock.now())
            ensure_choices()
    return app


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """Where the application answers meanwhile."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory, chromium: Browser) -> Iterator[Site]:
    """Everybody of `tests.world`; for tests that only look."""
    app = new_app(tmp_path_factory.mktemp("office"))
    with app.app_context():
        made = build(app)
    with served(app) as base:
        yield Site(app, base, made, chromium)


@dataclass
class Town:
    """An office where nothing has happened yet, and the browsers of a journey in it."""

    app: Flask
    base: str
    browser: Browser
    contexts: list[BrowserContext] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)  # what a browser complained of; a journey ends without any

    def account(self, name: str, *roles: Role, complete: bool = True, **values: object) -> str:
        """The address of a new person who has a password."""
        return self.give_password(factories.person(name, *roles, complete=complete, **values).id)

    def give_password(self, person_id: int) -> str:
        with db.transaction():
            db.session().get_one(Person, person_id).password_hash = passwords.hashed(PASSWORD)
        return db.session().get_one(Person, person_id).email

    def open(self, *, width: int = 390, script: bool = True) -> Page:
        """A browser of its own, at the first page."""
        context = self.browser.new_context(
            viewport={"width": width, "height": 844}, accept_downloads=True, java_script_enabled=script
        )
        context.set_default_timeout(PATIENCE)
        self.contexts.append(context)
        page = context.new_page()
        page.on("console", lambda line: self.problems.append(f"{page.url} {line.text}") if line.type == "error" else 0)
        page.on("pageerror", lambda error: self.problems.append(f"{page.url} {error}"))
        page.on("response", lambda r: self.problems.append(f"{r.url} {r.status}") if r.status >= 500 else None)
        page.goto(self.base)
        return page

    def log_in(self, email: str, *, width: int = 390, script: bool = True) -> Page:
        """By the form, as a person does."""
        page = self.open(width=width, script=script)
        page.goto(f"{self.base}/masuk")
        type_account(page, email)
        arrive(page, "/hari-ini")
        return page


def fresh() -> Session:
    """The rows as they are now: what this thread read before is forgotten."""
    db.db.session.remove()
    return db.session()


def type_account(page: Page, email: str, password: str = PASSWORD) -> None:
    page.fill("#email", email)
    page.fill("#password", password)
    go_on(page)


def arrive(page: Page, path: str) -> None:
    """Wait for the page at this path, whatever stands behind it; `*` is anything."""
    page.wait_for_url(re.compile(rf"^http://[^/]+{re.escape(path).replace(re.escape('*'), '[^?#]*')}([?#]|$)"))


def go_on(page: Page) -> None:
    """Press the page's primary button: there is one, and it is in sight of everybody."""
    button = page.locator("main .btn, .sticky .btn").locator("visible=true")
    button = button.and_(page.locator(".btn:not(.btn-2, .btn-3, .btn-err, .btn-sun)"))
    expect(button).to_have_count(1)
    button.click()


def fits(page: Page) -> bool:
    """Nothing to scroll sideways for."""
    viewport = page.viewport_size
    assert viewport is not None
    page.wait_for_load_state()  # a page that is just coming has nothing to measure
    return int(page.evaluate("document.documentElement.scrollWidth")) <= viewport["width"]


@pytest.fixture(scope="session")
def empty_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Flask, str]]:
    app = new_app(tmp_path_factory.mktemp("town"))
    with served(app) as base:
        yield app, base


@pytest.fixture
def town(empty_site: tuple[Flask, str], chromium: Browser) -> Iterator[Town]:
    app, base = empty_site
    made = Town(app, base, chromium)
    with app.app_context():
        yield made
        db.session().rollback()
    for context in made.contexts:
        context.close()
    with app.app_context():
        empty_tables()
    assert made.problems == []


@pytest.fixture
def morning() -> datetime:
    """Nine o'clock in Jakarta on a day to come: browsers throw away the cookies of a server that lives in the past."""
    return clock.start_of(clock.today() + timedelta(days=2)) + timedelta(hours=9)
