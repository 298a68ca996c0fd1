"""The same document as a page, for people."""

from __future__ import annotations

from flask import Blueprint, render_template

from calakan.api import document
from calakan.api.bodies import Body
from calakan.api.routes import OPERATIONS, PREFIX

blueprint = Blueprint("api_docs", __name__, template_folder="templates")
TITLES = {"diklat": "Diklat", "manage": "Diklat", "sessions": "Sesi", "attendance-lists": "Daftar hadir", "me": "Data sendiri",
          "people": "Orang", "schools": "Sekolah", "certificates": "Sertifikat", "statistics": "Statistik",
          "reports": "Laporan"}  # fmt: skip


@blueprint.get(f"{PREFIX}/docs")
def page() -> str:
    groups: dict[str, list[dict[str, object]]] = {}
    for operation in OPERATIONS:
        body = operation.body
        entry: dict[str, object] = {
            "operation": operation,
            "entry": document.entry(operation),
            "fields": body.schema() if isinstance(body, Body) else None,
            "types": None if body is None or isinstance(body, Body) else body.types,
            "refusals": [(status, document.REFUSALS[status]) for status in document.refusals_of(operation)],
        }
        groups.setdefault(TITLES[operation.path.split("/")[1]], []).append(entry)
    return render_template("api/docs.html", groups=groups, prefix=PREFIX)
