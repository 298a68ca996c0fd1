"""Small drawings travel within what asks for them, and a theme that was chosen needs no second colour sheet."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from calakan.web.assets import STATIC, asset, icon, lean

pytestmark = pytest.mark.any_database


def test_a_style_sheet_holds_its_drawings() -> None:
    sheet = lean(STATIC / "calakan.css").decode()
    assert ".svg)" not in sheet
    assert sheet.count('url("data:image/svg+xml,%3Csvg') >= 3
    assert "@media screen and (prefers-color-scheme:dark){:root:not([data-theme=light])" in sheet.replace(
        ": dark", ":dark"
    )


def test_an_icon_that_there_is_not_is_noticed() -> None:
    assert icon("search").startswith("<path")
    with pytest.raises(KeyError):
        icon("kuda")


@pytest.mark.parametrize(("theme", "sheets"), [(None, 0), ("light", 0), ("dark", 1)])
def test_the_dark_sheet_comes_alone_for_whoever_chose_it(
    client: FlaskClient, app: Flask, theme: str | None, sheets: int
) -> None:
    if theme:
        client.set_cookie("tema", theme)
    page = client.get("/masuk").get_data(as_text=True)
    assert page.count("gelap.css") == sheets
    assert (f'data-theme="{theme}"' in page) == (theme is not None)
    assert client.get(asset("gelap.css")).status_code == 200


def test_every_icon_that_a_template_names_is_there() -> None:
    texts = "\n".join(path.read_text() for path in STATIC.parents[1].rglob("*.html"))
    named = {one or other for one, other in re.findall(r"\bi\('([a-z0-9-]+)'|\bicon='([a-z0-9-]+)'", texts)}
    assert len(named) > 30
    for name in sorted(named):
        assert icon(name)
