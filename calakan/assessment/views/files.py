"""How a file that was handed in, or a picture beside a question, is served."""

from __future__ import annotations

from flask import abort
from werkzeug.wrappers import Response

from calakan.assessment.models import Exercise, Question, Submission
from calakan.kernel import codes
from calakan.materials import contents
from calakan.web import handed_in


def sent(task: Exercise, row: Submission | None, place: int) -> Response:
    """As an attachment; 404 where there is none."""
    found = next((file for file in row.files if file.place == place), None) if row is not None else None
    if row is None or found is None:
        abort(404)
    several = f"-{place}" if len(row.files) > 1 else ""
    name = f"{codes.slug(task.title)}-{codes.slug(row.person.name)}{several}.{found.suffix}"
    return handed_in.file(found.sha256, contents.MEDIA[found.suffix], as_attachment=True, download_name=name)


def picture(question: Question | None) -> Response:
    """To be seen on the page; 404 where there is none."""
    if question is None:
        abort(404)
    return handed_in.file(question.picture_sha256, "image/webp")
