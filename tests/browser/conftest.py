"""A site in a thread and a Chromium, shared by the journeys; they run in one worker, one after the other."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import upgrade
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from calakan.kernel import clock, db
from calakan.office.services import ensure_choices
from calakan.people.directory import ensure_places
from tests.conftest import make_app
from tests.world import PASSWORD, World, build

CHROMIUM = next((p for n in ("chromium", "chromium-browser", "google-chrome") if (p := shutil.which(n))), None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("browser"))
            item.add_marker(pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here"))


@dataclass
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
        )
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


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory, chromium: Browser) -> Iterator[Site]:
    """Everybody of `tests.world`, on SQLite."""
    folder: Path = tmp_path_factory.mktemp("office")
    app = make_app(f"sqlite:///{folder / 'office.sqlite3'}", folder)
    with app.app_context():
        upgrade()
        with db.transaction():
            ensure_places(now=clock.now())
            ensure_choices()
        made = build(app)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield Site(app, f"http://127.0.0.1:{server.server_port}", made, chromium)
    server.shutdown()
    thread.join()


@pytest.fixture
def log_in(office: Site) -> Callable[[Page, str], None]:
    """By the form, as a person does."""

    def type_it(page: Page, who: str) -> None:
        page.goto(f"{office.base}/masuk")
        page.fill("#email", office.world.emails[who])
        page.fill("#password", PASSWORD)
        page.click("main button")
        page.wait_for_url("**/saya")

    return type_it
