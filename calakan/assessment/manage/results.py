"""What the tests of a diklat show: each participant's scores and gain, and how each question was answered."""

from __future__ import annotations

from flask import render_template
from werkzeug.wrappers import Response

from calakan.assessment import gains, items
from calakan.assessment.documents import results as files
from calakan.assessment.manage.tasks import blueprint
from calakan.assessment.models import ExamKind
from calakan.assessment.queries import exams
from calakan.diklat.models import Diklat
from calakan.enrolment import queries as enrolment
from calakan.kernel import clock, db
from calakan.kernel.actor import system
from calakan.web import gate
from calakan.web.paging import page


@blueprint.get("/kelola/diklat/<slug>/tes/hasil")
def results(slug: str) -> str:
    diklat, now = gate.subject(Diklat), clock.now()
    rows = exams.exams(diklat.id)
    scores = exams.best([row.id for row in rows], now=now, person_ids=enrolment.confirmed_people(diklat.id))
    before = next((row for row in rows if row.kind is ExamKind.PRE), None)
    after = next((row for row in rows if row.kind is ExamKind.POST), None)
    over = exams.over(rows, now=now)
    groups = [
        [row for row in rows if row.kind.shared and row.id in over],
        *([row] for row in rows if not row.kind.shared and row.id in over),
    ]
    return render_template(
        "assessment/results.html",
        diklat=diklat,
        rows=rows,
        before=before,
        after=after,
        scores=scores,
        total=gains.gain(gains.pairs(scores[before.id], scores[after.id])) if before and after else None,
        n_gain=gains.n_gain,
        groups=[
            (asked_in, gains.solved(exams.questions(asked_in[0]), asked_in, now=now)) for asked_in in groups if asked_in
        ],
        open=[row for row in rows if row.id not in over],
        # Nothing that would help, as long as an answer can still change.
        measured=[(row, found) for row in rows if (found := items.measured(row, now=now))],
        # A confirmed narasumber sees all whom he or she taught.
        page=page(enrolment.roster(diklat.id, visible_to=system("results of a test"))),
    )


@blueprint.get("/kelola/diklat/<slug>/tes/hasil.<any(xlsx, csv):form>")
def results_file(slug: str, form: str) -> Response:
    """Of everybody who takes part; numbers of identity for the office alone."""
    diklat, now, actor = gate.subject(Diklat), clock.now(), gate.actor()
    rows = exams.exams(diklat.id)
    wanted = enrolment.roster(diklat.id, visible_to=system("results of a test"))
    people = [row.person for row in db.session().scalars(wanted).unique()]
    scores = exams.best([row.id for row in rows], now=now, person_ids=[person.id for person in people])
    found = files.Results(people, rows, scores, numbered=actor.is_committee)
    answer = Response(files.WRITERS[form](found), mimetype=files.MIME_TYPES[form])
    answer.headers["Content-Disposition"] = f'attachment; filename="hasil-tes-{slug}.{form}"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
