"""The blueprint of these pages."""

from __future__ import annotations

from flask import Blueprint
from werkzeug.wrappers import Response

# Named after the room, so that its templates are found.
blueprint = Blueprint("planning_manage", "calakan.planning", template_folder="templates")
Page = Response | str | tuple[str, int]
