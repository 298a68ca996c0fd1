"""An application for one command."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask


@contextmanager
def application() -> Iterator[Flask]:
    from calakan.app import create_app  # heavy; `--help` does without
    from calakan.office import house

    app = create_app()
    with app.app_context():
        house.refresh()
        yield app
