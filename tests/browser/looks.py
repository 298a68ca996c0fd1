"""Each page is opened once for all that is looked at there: at its usual size, with what aids need, and at twice the size."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from calakan.app import connect
from tests import world as worlds
from tests.browser.conftest import Site

# Files and answers for programs; and pages that need what this office does not have.
NO_PAGES = {
    "web.asset", "web.manifest", "web.robots", "web.security_txt", "diklat.card", "diklat.feed", "diklat.ics",
    "outside.file", "assessment.own_file", "assessment_manage.answer_file", "certificates.download", "certificates.by_letter", "designs.specimen",
    "people.school_options", "desk.running", "attendance.code_state", "attendance.run_state", "certificates_manage.progress",
}  # fmt: skip
VISITORS = (None, "peserta", "narasumber", "kepsek", "admin")
WIDE = "document.documentElement.scrollWidth"
UNFOLD = "document.querySelectorAll('main details').forEach(part => { part.open = true })"
COVERED = """[...document.querySelectorAll('body *')].filter(e => ['fixed', 'sticky'].includes(getComputedStyle(e).position))
    .map(e => e.getBoundingClientRect()).filter(r => r.height && r.width > innerWidth / 2 && r.top < innerHeight && r.bottom > 0)
    .reduce((sum, r) => sum + r.height, 0) / innerHeight"""
CUT_OFF = """[...document.querySelectorAll('.tabbar a, .top a, .top summary')]
    .filter(e => e.offsetParent && (e.getBoundingClientRect().right > innerWidth || e.scrollWidth > e.clientWidth + 1))
    .map(e => e.textContent.trim())"""
GLUED = r"[...document.body.innerText.matchAll(/.{0,20}(\p{L}·|·\p{L}|\p{Ll};\p{L}).{0,10}/gu)].map(m => m[0])"


@dataclass
class Look:
    """What is wrong with the pages of one visitor."""

    pages: int
    problems: list[str] = field(default_factory=list)
    at_twice_the_size: list[str] = field(default_factory=list)


@cache
def _pages(office: Site) -> dict[str | None, list[str]]:
    """Each page under the first visitor who is let in, so that every page is looked at once."""
    found: dict[str | None, list[str]] = {who: [] for who in VISITORS}
    connect(office.app.extensions["calakan.settings"])  # another test may have made another application
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


@cache
def look(office: Site, who: str | None) -> Look:
    """At 320 px."""
    connect(office.app.extensions["calakan.settings"])  # links are signed with the secret of the last one
    page, paths = office.page(who, width=320), _pages(office)[who]
    found = Look(len(paths))
    page.on("console", lambda line: found.problems.append(f"{page.url} {line.text}") if line.type == "error" else None)
    page.on("pageerror", lambda error: found.problems.append(f"{page.url} {error}"))
    for path in paths:
        page.goto(office.base + path)
        wide = page.evaluate(WIDE)
        if wide > 320:
            found.problems.append(f"{path}: {wide} px")
        if page.locator("input[type=file]:not(.berkas *)").count():
            found.problems.append(f"{path}: a file control in the words of the browser")
        found.problems += [f"{path}: no space in {words!r}" for words in page.evaluate(GLUED)]
        found.problems += [f"{path} {fault}" for fault in _faults(page)]
        page.evaluate(UNFOLD)
        for size in ("100%", "124%"):  # the second leaves columns beside each other that hardly fit
            page.evaluate("size => { document.documentElement.style.fontSize = size }", size)
            if (wide := page.evaluate(WIDE)) > 320:
                found.problems.append(f"{path}: {wide} px unfolded, at {size}")
        found.at_twice_the_size += [f"{path}: {fault}" for fault in _faults_of_large_letters(page)]
    page.context.close()
    return found


def _faults(page: Page) -> list[str]:
    """In the light with every rule, then in the dark with the one that depends on it."""
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    page.emulate_media(color_scheme="dark")
    found += page.evaluate("axe.run(document, {runOnly: ['color-contrast'], resultTypes: ['violations']})")[
        "violations"
    ]
    page.emulate_media(color_scheme="light")
    return [f"{fault['id']}: {fault['nodes'][0]['html'][:160]}" for fault in found]


def _faults_of_large_letters(page: Page) -> list[str]:
    """Fixed bars leave room to read, too."""
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    wide, covered, cut_off = page.evaluate(WIDE), page.evaluate(COVERED), page.evaluate(CUT_OFF)
    faults = [f"{wide} px"] * (wide > 320) + [f"bars cover {covered:.0%}"] * (covered > 0.25)
    return faults + [f"{entry} is cut off" for entry in cut_off]
