"""The panitia's pages of this room, under /kelola."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("people_manage", __name__, template_folder="templates")
