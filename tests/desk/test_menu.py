"""The menu of the panitia: few entries, each opens, and every page of a group can be reached from the others."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from calakan.kernel.actor import Role
from tests import factories

Opener = Callable[[int | None], FlaskClient]


def links(page: str, start: str) -> list[str]:
    part = page.partition(start)[2].partition("</nav>")[0]
    return re.findall(r'<a [^>]*href="([^"]+)"', part)


@pytest.mark.parametrize(
    ("role", "first", "entries"),
    [(Role.ADMIN, "/kelola", 9), (Role.PANITIA, "/kelola", 8), (Role.PIMPINAN, "/kelola/capaian", 1)],
)
def test_a_role_has_nine_entries_at_most_and_all_open(
    app: Flask, client_of: Opener, role: Role, first: str, entries: int
) -> None:
    browser = client_of(factories.person("Rina", role).id)
    menu = links(browser.get(first).get_data(as_text=True), 'class="adm-nav"')
    assert len(menu) == entries
    for path in menu:
        page = browser.get(path)
        assert page.status_code in (200, 302), path
        for tab in links(page.get_data(as_text=True), 'class="tabs"'):
            assert browser.get(tab).status_code in (200, 302), tab


def test_the_pages_of_an_entry_are_tabs_of_each_other(app: Flask, client_of: Opener) -> None:
    admin = client_of(factories.person("Ade", Role.ADMIN).id)
    office = ["/kelola/pengaturan", "/kelola/pelindungan-data", "/kelola/jejak", "/kelola/pemeriksaan"]
    for path in office:
        page = admin.get(path).get_data(as_text=True)
        assert links(page, 'class="tabs"') == office
        assert f'href="{path}" aria-current="page"' in page
