"""What the tests of a diklat show: each participant's scores and gain, and how each question was answered."""

from __future__ import annotations

from flask import render_template

from calakan.assessment import gains
from calakan.assessment.manage.tasks import blueprint
from calakan.assessment.models import ExamKind
from calakan.assessment.queries import exams
from calakan.diklat.models import Diklat
from calakan.enrolment import queries as enrolment
from calakan.kernel import clock
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
    groups = [
        [row for row in rows if row.kind.shared],
        *([row] for row in rows if not row.kind.shared),
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
        # A confirmed narasumber sees all whom he or she taught.
        page=page(enrolment.roster(diklat.id, visible_to=system("results of a test"))),
    )
