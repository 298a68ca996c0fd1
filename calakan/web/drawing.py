"""How templates are loaded."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from flask.templating import Environment


class Drawing(Environment):
    """All templates share one plain dict of what every template knows; no template has globals of its own.

    Jinja lays a mapping of each template over it, and reads it name by name for each template that a page imports.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        if d:
            raise ValueError("what one template alone knows is handed to it when it is rendered")
        return self.globals
