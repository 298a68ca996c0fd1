"""An application for one command."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask


@contextmanager
def application() -> Iterator[Flask]:
    gc.disable()  # what is loaded stays; looking through it again and again takes a sixth of the time
    from calakan.app import create_app  # heavy; `--help` does without
    from calakan.intake import process
    from calakan.office import house

    app = create_app()
    gc.enable()
    with app.app_context(), process.patiently():
        house.refresh()
        yield app
