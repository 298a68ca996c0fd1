"""Letters of twice the size on the narrowest phone: nothing leaves the screen, and fixed bars leave room to read."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Site
from tests.browser.test_every_page import VISITORS, pages

__all__ = ["pages"]

WIDE = "document.documentElement.scrollWidth"
COVERED = """[...document.querySelectorAll('body *')].filter(e => ['fixed', 'sticky'].includes(getComputedStyle(e).position))
    .map(e => e.getBoundingClientRect()).filter(r => r.height && r.width > innerWidth / 2 && r.top < innerHeight && r.bottom > 0)
    .reduce((sum, r) => sum + r.height, 0) / innerHeight"""


@pytest.mark.timeout(300)
@pytest.mark.parametrize("who", VISITORS)
def test_twice_the_size_fits_a_phone(office: Site, pages: dict[str | None, list[str]], who: str | None) -> None:
    page, problems = office.page(who, width=320), []
    for path in pages[who]:
        page.goto(office.base + path)
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        wide, covered = page.evaluate(WIDE), page.evaluate(COVERED)
        if wide > 320:
            problems.append(f"{path}: {wide} px")
        if covered > 0.25:
            problems.append(f"{path}: bars cover {covered:.0%}")
    page.context.close()
    assert problems == []
