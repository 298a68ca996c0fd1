"""All main pages: nothing scrolls sideways at 320 px, no finding of axe of any impact, nothing on the console."""

from __future__ import annotations

import pytest

from tests import world as worlds
from tests.browser.conftest import Site
from tests.browser.looks import NO_PAGES, VISITORS, look


@pytest.mark.timeout(300)
@pytest.mark.parametrize("who", VISITORS)
def test_every_page_fits_a_phone_and_hinders_nobody(office: Site, who: str | None) -> None:
    assert look(office, who).problems == []
    assert look(office, who).pages > 0


def test_what_is_left_out_exists(office: Site) -> None:
    assert set(worlds.endpoints(office.app, "GET")) >= NO_PAGES
