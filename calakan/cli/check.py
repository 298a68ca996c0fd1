"""`calakan check`: whether this version can live with the data that are here."""

from __future__ import annotations

import sys

from calakan.cli import cli
from calakan.cli.app import application

PAGES = ("/livez", "/", "/diklat", "/masuk")  # what a stranger sees without doing anything


@cli.command()
def check() -> None:
    """Exit 1 unless schema and models agree and the first pages answer. Needs no running site, and changes nothing."""
    import flask_migrate  # with its command alone

    with application() as app:
        flask_migrate.check()
        base = app.extensions["calakan.settings"].base_url
        for page in PAGES:
            answer = app.test_client().get(page, base_url=base)
            if answer.status_code != 200:
                sys.exit(f"calakan: {page} answers {answer.status}")
