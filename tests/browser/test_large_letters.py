"""Letters of twice the size on the narrowest phone: nothing leaves the screen, and fixed bars leave room to read."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Site
from tests.browser.looks import VISITORS, look


@pytest.mark.timeout(300)
@pytest.mark.parametrize("who", VISITORS)
def test_twice_the_size_fits_a_phone(office: Site, who: str | None) -> None:
    assert look(office, who).at_twice_the_size == []
