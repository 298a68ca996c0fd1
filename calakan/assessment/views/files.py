"""How a file that was handed in, or a picture beside a question, is served: as an attachment, from nothing of ours, kept by no cache."""

from __future__ import annotations

from flask import abort, current_app, send_file
from werkzeug.wrappers import Response

from calakan.assessment.models import Exercise, Question, Submission
from calakan.kernel import codes
from calakan.materials import contents

# No scripts, no forms, an origin of its own.
ISOLATED = "sandbox; default-src 'none'; frame-ancestors 'none'"


def sent(task: Exercise, row: Submission | None) -> Response:
    if row is None or row.sha256 is None:
        abort(404)
    path = current_app.extensions["calakan.files"].path(row.sha256)
    if not path.is_file():
        abort(404)
    name = f"{codes.slug(task.title)}-{codes.slug(row.person.name)}.{row.suffix}"
    answer = send_file(path, mimetype=contents.MEDIA[row.suffix], as_attachment=True, download_name=name)
    answer.headers["Content-Security-Policy"] = ISOLATED
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def picture(question: Question | None) -> Response:
    """To be seen on the page; 404 where there is none."""
    if question is None or question.picture_sha256 is None:
        abort(404)
    path = current_app.extensions["calakan.files"].path(question.picture_sha256)
    if not path.is_file():
        abort(404)
    answer = send_file(path, mimetype="image/webp")
    answer.headers["Content-Security-Policy"] = ISOLATED
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
