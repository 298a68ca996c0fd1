"""All main pages: nothing scrolls sideways at 320 px, no serious fault for those who use aids, nothing on the console."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests import world as worlds
from tests.browser.conftest import Site

# Files and answers for programs; and pages that need what this office does not have.
NO_PAGES = {
    "web.asset", "web.manifest", "web.robots", "web.security_txt", "diklat.card", "diklat.feed", "diklat.ics",
    "assessment.own_file", "assessment_manage.answer_file", "certificates.download", "designs.specimen",
    "people.school_options", "desk.running", "attendance.code_state", "attendance.run_state", "certificates_manage.progress",
}  # fmt: skip
VISITORS = (None, "peserta", "narasumber", "kepsek", "admin")


@pytest.fixture(scope="module")
def pages(office: Site) -> dict[str | None, list[str]]:
    """Each page under the first visitor who is let in, so that every page is looked at once."""
    found: dict[str | None, list[str]] = {who: [] for who in VISITORS}
    with office.app.app_context():
        clients = {who: office.world.client(who) for who in VISITORS}
        for endpoint in worlds.endpoints(office.app, "GET"):
            if endpoint in NO_PAGES:
                continue
            path = worlds.address(office.app, endpoint, next(iter(worlds.sides(office.world, endpoint).values())))
            for who, client in clients.items():
                answer = client.get(path)
                if answer.status_code == 200 and answer.mimetype == "text/html":
                    found[who].append(path)
                    break
    return found


def faults(page: Page) -> list[str]:
    """In the light with every rule, then in the dark with the one that depends on it."""
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    page.emulate_media(color_scheme="dark")
    found += page.evaluate("axe.run(document, {runOnly: ['color-contrast'], resultTypes: ['violations']})")[
        "violations"
    ]
    page.emulate_media(color_scheme="light")
    return [
        f"{fault['id']}: {fault['nodes'][0]['html'][:160]}"
        for fault in found
        if fault["impact"] in ("serious", "critical")
    ]


@pytest.mark.timeout(180)
@pytest.mark.parametrize("who", VISITORS)
def test_every_page_fits_a_phone_and_hinders_nobody(
    office: Site, pages: dict[str | None, list[str]], who: str | None
) -> None:
    page, problems = office.page(who, width=320), []
    page.on("console", lambda line: problems.append(f"{page.url} {line.text}") if line.type == "error" else None)
    page.on("pageerror", lambda error: problems.append(f"{page.url} {error}"))
    for path in pages[who]:
        page.goto(office.base + path)
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > 320:
            problems.append(f"{path}: {wide} px")
        problems += [f"{path} {fault}" for fault in faults(page)]
    page.context.close()
    assert problems == []
    assert len(pages[who]) > 0


def test_what_is_left_out_exists(office: Site) -> None:
    assert set(worlds.endpoints(office.app, "GET")) >= NO_PAGES
