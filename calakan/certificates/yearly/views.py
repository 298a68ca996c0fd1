"""The paper over a year: made and taken by its holder, checked by anyone."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, abort, current_app, redirect, render_template, url_for
from werkzeug.wrappers import Response

from calakan.certificates.errors import YearUndrawable, YearUnsigned
from calakan.certificates.seals import Seals
from calakan.certificates.yearly import services
from calakan.certificates.yearly.models import YearPaper
from calakan.kernel import clock
from calakan.paper import UndrawableError
from calakan.web import gate
from calakan.web.acting import acting

blueprint = Blueprint("yearly", __name__, template_folder="../templates")


@blueprint.post("/saya/rekap-<int:year>")
def make(year: int) -> Response:
    """The file comes at once; what stands in the way is said on the page of the certificates."""
    code = ""
    with acting() as deed:
        code = _made(year).code
    target = url_for("yearly.download", code=code) if deed.done else url_for("enrolment.history")
    return redirect(target, 303)


def _made(year: int) -> YearPaper:
    """Raises NothingThatYear, YearUndrawable, YearUnsigned."""
    settings, now = current_app.extensions["calakan.settings"], clock.now()
    try:
        return services.make(
            gate.me(),
            year,
            store=current_app.extensions["calakan.files"],
            seals=Seals(settings, now=now),
            base_url=settings.base_url,
            actor=gate.actor(),
            now=now,
        )
    except UndrawableError as error:
        raise YearUndrawable(letters=" ".join(error.characters)) from error
    except OSError as error:
        raise YearUnsigned() from error


@blueprint.get("/saya/rekap/<code>.pdf")
def download(code: str) -> Response:
    """The very file that was made."""
    paper = gate.subject(YearPaper)
    try:
        content = current_app.extensions["calakan.files"].get(paper.sha256)
    except FileNotFoundError:
        abort(404)
    answer = Response(content, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="rekap-jp-{paper.year}.pdf"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def checked(code: str) -> str | None:
    """What the QR opens; None where no paper over a year has the code."""
    paper = services.by_code(code)
    if paper is None:
        return None
    elsewhere = [{**line, "day": date.fromisoformat(line["held_on"])} for line in paper.facts.get("outside", ())]
    standing = services.standing(paper)
    return render_template("certificates/year.html", paper=paper, standing=standing, elsewhere=elsewhere)


def told(paper: YearPaper) -> dict[str, Any]:
    """What the page of a check says of a file, in the shape of a certificate's."""
    standing = services.standing(paper)
    return {
        "status": standing.status.value,
        "code": paper.code,
        "number": paper.number,
        "revision": paper.revision,
        "name": paper.facts["name"],
        "title": f"Rekap JP tahun {paper.year}",
        "reason": "",
        "replaced_by": standing.newer.revision if standing.newer is not None else None,
        "specimen": paper.facts["specimen"],
    }
