"""JP, hours, who attended enough, gain and satisfaction beside the counts: counted by hand, and one figure wherever it stands."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from datetime import timedelta

import openpyxl
import pytest
import sqlalchemy as sa
import time_machine
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient

from calakan.assessment.models import Exam, ExamKind
from calakan.assessment.services import exams, scores
from calakan.attendance.models import Method, Presence
from calakan.cli import reports as commands
from calakan.diklat.models import Diklat
from calakan.enrolment.models import Enrolment
from calakan.feedback import queries as feedback
from calakan.feedback.models import SessionAnswer
from calakan.kernel import clock, db
from calakan.kernel.actor import Actor, Role
from calakan.people.models import Jenjang
from calakan.reports import measuring, pivot, queries
from calakan.reports.documents import measures
from calakan.reports.documents.lists.participants import COLUMNS, Participants
from calakan.reports.terms import Count, Dimension, Filters, Measure, Stage
from calakan.reports.views import participation
from tests import factories
from tests.api.conftest import token_of

Opener = Callable[[int | None], FlaskClient]
ALL = tuple(Measure)
# Two diklat of a session of 3 hours (4 JP) and one of 90 minutes (2 JP). Six teachers of SD take the first: all sat its first
# session, four the second; two of SMP take the second, of whom one was in one session. Two thirds are not enough. Those six sat
# both tests.


@pytest.fixture(autouse=True)
def in_the_middle_of_the_year() -> Iterator[None]:
    with time_machine.travel(factories.june()):
        yield


def _course(title: str, topics: list[str]) -> tuple[int, list[int]]:
    id = factories.diklat(title, topics=topics, min_attendance_percent=67).id
    second = factories.live_session(id, factories.morning(4), hours=1.5).id
    return id, [row.id for row in sorted(measuring.sessions_of(id), key=lambda row: row.id == second)]


def _present(session_id: int, people: list[int], present: bool = True) -> None:
    with db.transaction() as session:
        session.add_all(
            Presence(
                live_session_id=session_id, person_id=id, method=Method.HAND, marked_at=clock.now(), present=present
            )
            for id in people
        )


def _tests(course: int, before: dict[int, float], after: dict[int, float]) -> None:
    plan = exams.ExamPlan(
        title="Tes", opens_at=clock.now(), closes_at=clock.now() + timedelta(days=1), attempts_allowed=1, minutes=None,
        pass_score=None,
    )  # fmt: skip
    for kind, marks in ((ExamKind.PRE, before), (ExamKind.POST, after)):
        with db.transaction():
            made = exams.set_exam(course, kind, plan, actor=factories.SYSTEM, now=clock.now())
            scores.import_scores(made.id, marks, source="Forms", actor=factories.SYSTEM, now=clock.now())


def _answers(session_id: int, *, counted: int, waiting: int) -> None:
    with db.transaction() as session:
        session.add_all(
            SessionAnswer(
                live_session_id=session_id, mastery=4, delivery=3 if n < counted else 1, interaction=3, timing=2 + n % 2,
                answered_on=clock.today(), counted=n < counted,
            )
            for n in range(counted + waiting)
        )  # fmt: skip


@pytest.fixture
def world(app: Flask) -> list[int]:
    """The sessions of the first diklat."""
    first, sessions = _course("Literasi", ["literasi", "numerasi"])
    second, others = _course("Numerasi", ["numerasi"])
    sd = [factories.person(f"Guru {n}").id for n in range(6)]
    smp = [factories.person(f"Pengajar {n}", jenjang=Jenjang.SMP).id for n in range(2)]
    factories.enrol(first, sd)
    factories.enrol(second, smp)
    _present(sessions[0], sd)
    _present(sessions[1], sd[:4])
    _present(others[0], smp[:1])
    _present(others[0], smp[1:], present=False)
    _tests(first, dict.fromkeys(sd, 40.0), dict.fromkeys(sd, 70.0))
    _tests(second, dict.fromkeys(smp, 50.0), {})
    _answers(sessions[0], counted=5, waiting=3)
    return sessions


def report(*by: Dimension, actor: Actor = factories.SYSTEM, **filters: object) -> dict[str, tuple[object, ...]]:
    """Label of the last dimension -> its measures, and the total under "Jumlah"."""
    found = queries.participation(by, Filters(measures=ALL, **filters), visible_to=actor)  # type: ignore[arg-type]  # as a filter takes it
    return {row.keys[-1].label: row.more for row in found.rows} | {"Jumlah": found.total_more}


def test_measures_by_hand(world: list[int]) -> None:
    whole = (36, 27.0, 50, 30.0, 3.1)
    assert report(Dimension.DIKLAT) == {
        "Literasi": (32, 24.0, 67, 30.0, 3.1), "Numerasi": (4, 3.0, 0, None, None), "Jumlah": whole,
    }  # fmt: skip
    # A diklat of two topics counts under both, and once in all; marks of an angket belong to no kind of person.
    assert report(Dimension.TOPIC)["Numerasi"] == whole
    by_level = report(Dimension.JENJANG)
    assert (by_level["SD"], by_level["SMP"]) == ((32, 24.0, 67, 30.0, None), (4, 3.0, 0, None, None))
    assert by_level["Jumlah"] == (36, 27.0, 50, 30.0, None)


def test_a_gain_of_few_does_not_follow_from_the_others(world: list[int]) -> None:
    course = db.session().scalars(sa.select(Diklat).where(Diklat.title == "Numerasi")).one().id
    sat = db.session().scalars(sa.select(Enrolment.person_id).where(Enrolment.diklat_id == course)).first()
    [after] = db.session().scalars(sa.select(Exam.id).where(Exam.diklat_id == course, Exam.kind == ExamKind.POST))
    db.session().rollback()
    with db.transaction():
        scores.import_scores(after, {sat: 60.0}, source="Forms", actor=factories.SYSTEM, now=clock.now())
    # (6 * 30 + 10) / 7: with the gain of the six beside it anybody works out that of the seventh.
    assert {label: more[3] for label, more in report(Dimension.DIKLAT).items()} == {
        "Literasi": None, "Numerasi": None, "Jumlah": 27.14,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("sat", "whole", "untold"),
    [
        ([6, 9], 15, []),
        ([6, 9, 0], 15, [2]),
        ([6, 9, 3], 18, [0, 2]),
        ([6, 9, 3, 2], 20, [2, 3]),
        ([6, 9, 9], 9, [0]),
        ([4], 4, [0]),
    ],
)
def test_which_gains_are_not_told(sat: list[int], whole: int, untold: list[int]) -> None:
    counts = {(str(number),): count for number, count in enumerate(sat)}
    assert measuring.untold(counts, whole) == {(str(number),) for number in untold}


def test_measures_are_of_the_very_people_that_are_counted(world: list[int]) -> None:
    assert report(Dimension.DIKLAT, stage=Stage.PASSED)["Literasi"] == (24, 18.0, 67, None, 3.1)
    narrowed = report(Dimension.DIKLAT, only=((Dimension.JENJANG, "smp"),))
    assert narrowed == {"Numerasi": (4, 3.0, 0, None, None), "Jumlah": (4, 3.0, 0, None, None)}
    head = factories.actor(factories.person("Rina", Role.PIMPINAN))
    assert report(Dimension.DIKLAT, actor=head)["Jumlah"] == (36, 27.0, 50, 30.0, 3.1)
    alone = factories.actor(factories.person("Ani"))
    assert report(Dimension.DIKLAT, actor=alone)["Jumlah"] == (0, 0.0, None, None, None)
    assert report(Dimension.DIKLAT, since=clock.today() + timedelta(days=90)) == {"Jumlah": (0, 0.0, None, None, None)}


def test_measures_agree_with_what_other_places_say(world: list[int]) -> None:
    found = queries.participation([Dimension.DIKLAT], Filters(measures=ALL), visible_to=factories.SYSTEM)
    jp, _, passed, gain, marks = found.total_more
    listing = Participants(Filters(), actor=factories.SYSTEM, now=clock.now())
    at = [column.name for column in COLUMNS].index("JP hadir")
    assert jp == sum(int(str(row[at])) for row in listing.rows(listing.ids(), lambda written: None))
    turnout = measuring.Turnout(Filters(), visible_to=factories.SYSTEM)
    assert passed == queries.summary(turnout).percent_passed
    told = measures.gain(Filters(), clock.now())
    assert told is not None
    assert gain == told[1].gain
    assert marks == feedback.digests(world)[world[0]].mean
    elements = measures.means(Filters())
    assert elements is not None
    assert (elements[0], marks) == (5, round(sum(round(mean, 2) for mean in elements[1]) / 4, 2))


def test_page_files_program_and_command_say_the_same(
    world: list[int], app: Flask, client_of: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "application", app.app_context)
    rina = factories.person("Rina", Role.PANITIA)
    token, chief = token_of(rina), client_of(rina.id)
    query = "dari=&sampai=&menurut=diklat&" + "&".join(f"ukuran={measure.value}" for measure in ALL)
    page = chief.get(f"/kelola/laporan?{query}").get_data(as_text=True)
    row = page.split('<th scope="row">Literasi</th>')[1].split("</tr>")[0]
    assert [text.split(">")[1] for text in row.split("</td>")[2:7]] == ["32", "24", "67", "30", "3,1"]
    assert "–</td>" in page.split('<th scope="row">Numerasi</th>')[1].split("</tr>")[0]
    told = json.loads(chief.get(f"/kelola/laporan/unduh?{query}&format=json").data)
    assert [told["total"][measure.value] for measure in ALL] == [36, 27.0, 50, 30.0, 3.1]
    assert "paling sedikit lima jawaban" in told["definition"]
    text = chief.get(f"/kelola/laporan/unduh?{query}&format=csv").data.decode("utf-8-sig")
    head, first, second = csv.reader(io.StringIO(text), delimiter=";")
    assert head[4:] == [
        "JP diikuti",
        "Jam diikuti",
        "Memenuhi syarat kehadiran (%)",
        "Kenaikan nilai tes",
        "Kepuasan (1–4)",
    ]
    assert (first[4:], second[4:]) == (["32", "24,0", "67", "30,0", "3,1"], ["4", "3,0", "0", "", ""])
    book = openpyxl.load_workbook(io.BytesIO(chief.get(f"/kelola/laporan/unduh?{query}&format=xlsx").data))
    rows = list(book["Partisipasi"].iter_rows(min_row=2, min_col=5, values_only=True))
    assert rows == [(32, 24, 67, 30, 3.1), (4, 3, 0, None, None)]
    assert dict(book["Keterangan"].iter_rows(values_only=True))["Kepuasan (1–4)"] == 3.1
    names = ",".join(measure.value for measure in ALL)
    asked = app.test_client().get(
        f"/api/v1/reports/participation?by=diklat&measures={names}", headers={"Authorization": f"Bearer {token}"}
    )
    assert asked.get_json()["rows"] == told["rows"]
    done = CliRunner().invoke(commands.participation, ["--by", "diklat", "--measure", "jp", "--measure", "gain"])
    assert "literasi\tLiterasi\t6\t6\t32\t30.0" in done.output
    kept = chief.post("/kelola/laporan/simpan", data={"nama": "Ukuran", "menurut": "diklat", "ukuran": ["jp", "gain"]})
    assert "ukuran=jp&ukuran=gain" in kept.headers["Location"]
    assert chief.get("/kelola/laporan?ukuran=warna").status_code == 422


def test_rows_are_sorted_by_a_measure_and_what_is_not_known_comes_last(world: list[int]) -> None:
    found = queries.participation([Dimension.DIKLAT], Filters(measures=ALL), visible_to=factories.SYSTEM)
    for wanted, names in (("jp", ["Numerasi", "Literasi"]), ("-jp", ["Literasi", "Numerasi"]),
                          ("gain", ["Literasi", "Numerasi"]), ("-gain", ["Literasi", "Numerasi"])):  # fmt: skip
        assert [row.keys[0].label for row in pivot.ordered(found, wanted)] == names
    assert pivot.adds_up(found, Count.KEPESERTAAN)


def test_more_people_than_a_page_can_weigh_are_for_a_file(
    world: list[int], client_of: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(participation.measuring, "MOST_ON_A_PAGE", 7)
    chief = client_of(factories.person("Rina", Role.PANITIA).id)
    page = chief.get("/kelola/laporan?dari=&sampai=&ukuran=jp").get_data(as_text=True)
    assert "Terlalu banyak peserta untuk menghitung ukuran lain di layar." in page
    assert "ukuran=jp" in page
    assert 'data-l="JP diikuti"' not in page
    assert json.loads(chief.get("/kelola/laporan/unduh?dari=&sampai=&ukuran=jp&format=json").data)["total"]["jp"] == 36
