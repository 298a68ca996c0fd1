"""What is handed out: how a paper stands in the register, its file, its facts as other applications ask for them."""

from __future__ import annotations

from datetime import date

from flask import abort, current_app, request
from werkzeug.wrappers import Response

from calakan.certificates import rendering
from calakan.certificates.models import Certificate, Status
from calakan.diklat.models import Kind
from calakan.kernel.claims import WorkState
from calakan.web.messages import word

STATES = {Status.VALID: "Berlaku", Status.REPLACED: "Diganti", Status.REVOKED: "Dicabut"}
UNFINISHED, VOID = "Belum terbit", "Batal"


def state_of(paper: Certificate) -> str:
    """One word on how it stands with a number."""
    if paper.state is WorkState.DROPPED:
        return VOID
    return STATES[paper.status] if paper.state is WorkState.DONE else UNFINISHED


def file_of(paper: Certificate) -> Response:
    """The very file that was issued; 404 where it is gone."""
    try:
        content = rendering.read(paper, current_app.extensions["calakan.files"])
    except FileNotFoundError:
        abort(404)
    answer = Response(content, mimetype="application/pdf")
    name = (paper.number or "sertifikat").replace("/", "-")
    way = "inline" if request.args.get("cetak") == "1" else "attachment"
    answer.headers["Content-Disposition"] = f'{way}; filename="sertifikat-{name}.pdf"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def typed_elsewhere(paper: Certificate) -> list[tuple[str, str]]:
    """What Dapodik and MyASN ask for, in their notation (dates as dd-mm-yyyy)."""
    event = paper.facts["event"]
    days = [date.fromisoformat(day).strftime("%d-%m-%Y") for day in event["dates"]]
    return [
        ("Nama kegiatan", event["title"]),
        ("Jenis", word(Kind(event["kind"]))),
        ("Nomor sertifikat", paper.number or ""),
        ("Penyelenggara", event["organiser"]),
        ("Peran", word(paper.role)),
        ("Tingkat", event["level"]),
        ("Tanggal mulai", days[0] if days else ""),
        ("Tanggal selesai", days[-1] if days else ""),
        ("Tahun", days[-1][-4:] if days else ""),
        ("Jumlah jam (JP)", str(paper.jp)),
    ]
