"""The blueprint that the pages of this room share."""

from __future__ import annotations

from flask import Blueprint

from calakan.web import gate

blueprint = Blueprint("narasumber", __name__, template_folder="../templates")


def me() -> int:
    person_id = gate.actor().person_id
    assert person_id is not None
    return person_id
