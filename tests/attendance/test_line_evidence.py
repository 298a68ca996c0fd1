"""Each line of a list that belongs to somebody is evidence, whatever it says: with its file, its line and its hours."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from calakan.attendance import batches, claiming, evidence, queries, retention
from calakan.attendance.models import BatchLine, Decision, Evidence, Kind, Presence, State
from calakan.attendance.rules import Reason, Rule, Sign, Window, decide
from calakan.certificates import undoing
from calakan.certificates.errors import ListCertified
from calakan.certificates.models import Certificate, CertificateRole
from calakan.diklat.models import Diklat, DiklatState, LiveSession, PresenceRule
from calakan.kernel import clock, db
from calakan.kernel.actor import Actor, Role
from calakan.kernel.errors import OwnCase
from tests import factories
from tests.attendance.decisions import decision_of
from tests.attendance.test_batches import give, line, store, undo
from tests.attendance.test_claims import claim, click
from tests.attendance.test_lists import START, Meeting

Opener = Callable[[int | None], FlaskClient]
HEAD = "Nama,Surel,Waktu bergabung,Waktu keluar\n"
SITI, AGUS, DWI = "peserta001@example.org", "agus@example.org", "peserta003@example.org"


@pytest.fixture
def meeting(app: Flask) -> Meeting:
    return Meeting()


def row(email: str, came: str, left: str, name: str = "x") -> str:
    return f"{name},{email},20/06/2022 {came},20/06/2022 {left}\n"


def ask(meeting: Meeting, percent: int, kind: PresenceRule = PresenceRule.CODE_OR_MINUTES) -> set[str]:
    """Who is present by another rule."""
    with db.transaction() as session:
        diklat = session.get_one(Diklat, meeting.diklat_id)
        diklat.presence_percent, diklat.presence_rule = percent, kind
        evidence.derive_diklat(diklat.id, now=clock.now())
    return meeting.present()


def signs(meeting: Meeting) -> dict[str, list[Evidence]]:
    db.session().rollback()
    found = evidence.of_people(meeting.id, [*meeting.people.values()])
    return {name: found[id] for name, id in meeting.people.items() if id in found}


def decided(meeting: Meeting, name: str) -> tuple[State, str, int | None]:
    db.session().rollback()
    found = decision_of(meeting.id, meeting.people[name])
    assert found is not None
    return found.state, found.why, found.minutes


def at(hour: int, minute: int) -> datetime:
    return START + timedelta(hours=hour - 9, minutes=minute)


def test_short_late_and_absent_lines_are_rows_with_their_line_and_hours(meeting: Meeting) -> None:
    content = (
        "Nama,Surel,Waktu bergabung,Waktu keluar,Kehadiran\n"
        "Siti,peserta001@example.org,20/06/2022 09:00,20/06/2022 10:40,Hadir\n"
        "Agus,agus@example.org,,,Alpa\n"
        "Dwi,peserta003@example.org,20/06/2022 13:00,20/06/2022 14:00,Hadir\n"
        "Slamet,slamet@example.org,20/06/2022 08:50,20/06/2022 11:20,Hadir\n"
    )
    done = meeting.take(content)
    found = {
        name: [(s.line, s.at, s.until, s.minutes, s.present) for s in rows] for name, rows in signs(meeting).items()
    }
    assert found == {
        "Siti Lestari": [(2, at(9, 0), at(10, 40), 100, True)],
        "Agus Santoso": [(3, START, None, None, False)],
        "Dwi Handayani": [(4, at(13, 0), at(14, 0), 0, True)],
        "Slamet": [(5, at(8, 50), at(11, 20), 140, True)],
    }
    assert {s.batch_id for rows in signs(meeting).values() for s in rows} == {done.batch_id}
    assert meeting.present() == {"Slamet"}
    assert decided(meeting, "Siti Lestari") == (State.ABSENT, "short", 100)
    assert decided(meeting, "Agus Santoso") == (State.ABSENT, "listed_absent", None)
    assert decided(meeting, "Dwi Handayani") == (State.ABSENT, "outside", 0)


def test_another_percentage_decides_about_everybody_anew(meeting: Meeting) -> None:
    content = HEAD + row(SITI, "09:00", "10:40") + row(AGUS, "09:00", "11:10") + row(DWI, "09:00", "11:30")
    meeting.take(content)
    assert meeting.present() == {"Agus Santoso", "Dwi Handayani"}
    assert ask(meeting, 60) == {"Siti Lestari", "Agus Santoso", "Dwi Handayani"}
    assert ask(meeting, 100) == {"Dwi Handayani"}
    assert ask(meeting, 80, PresenceRule.MINUTES) == {"Agus Santoso", "Dwi Handayani"}
    assert ask(meeting, 80, PresenceRule.CODE) == set()
    assert decided(meeting, "Siti Lestari") == (State.REVIEW, "no_code", 100)


def test_what_was_asked_of_one_list_stays_asked_of_it(meeting: Meeting) -> None:
    meeting.take(HEAD + row(SITI, "09:00", "09:40"), least=30)
    assert meeting.present() == {"Siti Lestari"}
    assert ask(meeting, 100) == {"Siti Lestari"}
    meeting.take(HEAD + row(AGUS, "09:00", "11:20"), least=145)
    assert ask(meeting, 80) == {"Siti Lestari"}


def test_two_stretches_of_one_address_add_up_and_what_lies_in_both_counts_once(meeting: Meeting) -> None:
    content = HEAD + row(SITI, "09:00", "10:10") + row(AGUS, "09:00", "10:10") + row(SITI, "10:20", "11:20")
    meeting.take(content + row(AGUS, "09:10", "10:20"))
    assert [(s.line, s.minutes) for s in signs(meeting)["Siti Lestari"]] == [(2, 70), (4, 60)]
    assert decided(meeting, "Siti Lestari") == (State.PRESENT, "minutes", 130)
    assert decided(meeting, "Agus Santoso") == (State.ABSENT, "short", 80)
    mark = db.session().scalars(sa.select(Presence)).one()
    assert mark.reason == "Impor zoom.csv, 130 menit"


def test_two_halves_in_two_files_add_up(meeting: Meeting) -> None:
    """A free room ends after a while, and each one has its own report."""
    first = meeting.take(HEAD + row(SITI, "09:00", "10:10") + row(AGUS, "09:00", "10:10"))
    assert (first.marked, meeting.present()) == (0, set())
    second = meeting.take(HEAD + row(SITI, "10:20", "11:20") + row(AGUS, "09:00", "10:10"))
    assert (second.marked, meeting.present()) == (1, {"Siti Lestari"})
    assert [row.verdict for row in second.plan.found] == ["short", "present"]
    undo(first.batch_id)
    assert meeting.present() == set()
    assert [s.batch_id for s in signs(meeting)["Siti Lestari"]] == [second.batch_id]


def test_durations_without_hours_of_two_files_may_be_the_same_and_are_asked_about(meeting: Meeting) -> None:
    head = "Nama,Surel,Total durasi (menit)\n"
    for minutes in (70, 70):
        meeting.take(f"{head}x,{SITI},{minutes}\ny,{minutes}@example.net,1\n")
    assert decided(meeting, "Siti Lestari") == (State.ABSENT, "short", 70)
    meeting.take(f"{head}x,{SITI},60\n")
    assert decided(meeting, "Siti Lestari") == (State.REVIEW, "partly", 70)


def test_halves_under_one_name_are_added_once_a_person_gave_both(meeting: Meeting) -> None:
    """Two lines that bear one name are nobody's until somebody looks, and then what both say counts together."""
    content = HEAD + row("", "09:00", "10:10", "Slamet") + row("", "10:05", "11:20", "Slamet")
    id = store(meeting, content).batch_id
    give(id, batches.sure(batches.lines(id)))
    assert (meeting.present(), signs(meeting)) == (set(), {})
    one, two = (found.id for found in batches.lines(id))
    slamet = meeting.people["Slamet"]
    assert give(id, {one: slamet}) == 0
    assert decided(meeting, "Slamet") == (State.ABSENT, "short", 70)
    assert give(id, {two: slamet}) == 1
    assert decided(meeting, "Slamet") == (State.PRESENT, "minutes", 140)


def test_a_line_that_says_absent_never_counts_in_favour(meeting: Meeting) -> None:
    absent = f"Nama,Surel,Kehadiran\nx,{SITI},Alpa\n"
    with db.transaction() as session:
        live = session.get_one(LiveSession, meeting.id)
        code = Evidence(live_session_id=live.id, person_id=meeting.people["Siti Lestari"], kind=Kind.CODE, at=START)
        evidence.keep(live, [code], now=START)
    assert meeting.present() == {"Siti Lestari"}
    done = meeting.take(absent)
    assert [row.verdict for row in done.plan.found] == ["absent"]
    assert decided(meeting, "Siti Lestari") == (State.REVIEW, "contradicted", None)
    assert meeting.present() == set()
    undo(done.batch_id)
    assert meeting.present() == {"Siti Lestari"}


@pytest.mark.parametrize("rule", list(PresenceRule))
def test_absence_is_no_sign_under_any_rule(rule: PresenceRule) -> None:
    window = Window(START, START + timedelta(minutes=150))
    absent, outside = Sign(Kind.LINE, present=False), Sign(Kind.LINE, minutes=0)
    for mix, why in (
        ([absent], Reason.LISTED_ABSENT),
        ([absent, Sign(Kind.JOIN)], Reason.LISTED_ABSENT),
        ([outside], Reason.OUTSIDE),
        ([outside, Sign(Kind.JOIN)], Reason.OUTSIDE),
    ):
        assert decide(Rule(rule), window, mix).state is State.ABSENT
        assert decide(Rule(rule), window, mix).why is why
    for sign in (Sign(Kind.CODE), Sign(Kind.LINE, minutes=150), Sign(Kind.LINE), Sign(Kind.TEST, minutes=150)):
        assert decide(Rule(rule), window, [sign, absent]).state is not State.PRESENT
    assert decide(Rule(rule), window, [absent, Sign(Kind.HAND)]).state is State.PRESENT


def test_what_was_not_understood_waits_and_is_no_evidence_until_somebody_chose(meeting: Meeting) -> None:
    content = f"Nama,Surel,Durasi\nx,{SITI},lama sekali\ny,{AGUS},2 jam 30 menit\n"
    id = store(meeting, content).batch_id
    give(id, batches.sure(batches.lines(id)))
    assert set(signs(meeting)) == {"Agus Santoso"}
    assert line(id, "x").given_at is None
    assert give(id, {line(id, "x").id: meeting.people["Siti Lestari"]}) == 1
    assert [(s.line, s.minutes) for s in signs(meeting)["Siti Lestari"]] == [(2, None)]


def test_undoing_withdraws_exactly_the_rows_of_its_list(meeting: Meeting) -> None:
    first = meeting.take(HEAD + row(SITI, "09:00", "11:30") + row(AGUS, "09:00", "09:30")).batch_id
    second = meeting.take(HEAD + row(SITI, "09:00", "11:30") + row(DWI, "09:00", "09:30")).batch_id
    assert undo(first) == 0
    rows = db.session().execute(sa.select(Evidence.batch_id, Evidence.line, Evidence.withdrawn_at.is_(None))).all()
    assert sorted(map(tuple, rows)) == [(first, 2, False), (first, 3, False), (second, 2, True), (second, 3, True)]
    assert meeting.present() == {"Siti Lestari"}
    assert undo(second) == 1


def test_papers_keep_the_list_without_which_somebody_would_not_be_present(meeting: Meeting) -> None:
    """Also where it made nobody present alone, and after the diklat was closed."""
    first = meeting.take(HEAD + row(SITI, "09:00", "10:10") + row(AGUS, "09:00", "11:30")).batch_id
    second = meeting.take(HEAD + row(SITI, "10:20", "11:20")).batch_id
    third = meeting.take(HEAD + row(AGUS, "09:00", "11:30")).batch_id
    with db.transaction() as session:
        for name in ("Siti Lestari", "Agus Santoso"):
            session.add(
                Certificate(
                    code=name[0] * 26, diklat_id=meeting.diklat_id, person_id=meeting.people[name],
                    role=CertificateRole.PARTICIPANT, key=name, asked_at=clock.now(), due_at=clock.now(), facts={},
                )
            )  # fmt: skip
    for state in (DiklatState.PUBLISHED, DiklatState.CLOSED):
        with db.transaction() as session:
            session.get_one(Diklat, meeting.diklat_id).state = state
        for id in (first, second):
            with pytest.raises(ListCertified) as refused:
                undo(id, undoing.undo_list)
            assert refused.value.facts["names"] == ["Siti Lestari"]
    with db.transaction() as session:
        session.get_one(Diklat, meeting.diklat_id).state = DiklatState.PUBLISHED
    assert undo(third, undoing.undo_list) == 0
    assert meeting.present() == {"Siti Lestari", "Agus Santoso"}


def test_a_claim_that_two_make_takes_back_its_line_and_no_other(meeting: Meeting) -> None:
    content = (
        HEAD
        + row("", "09:20", "11:30", "Galaxy A12")
        + row("", "09:00", "09:10", "Tablet")
        + row(DWI, "09:00", "11:30")
    )
    id = store(meeting, content).batch_id
    give(id, batches.sure(batches.lines(id)))
    for name in ("Slamet", "Siti Lestari"):
        click(meeting, name, 20)
    give(id, {line(id, "Tablet").id: meeting.people["Slamet"]})
    galaxy = line(id, "Galaxy A12").id
    assert claim(meeting, galaxy, "Slamet") is True
    assert [s.line for s in signs(meeting)["Slamet"] if s.kind is Kind.LINE] == [3, 2]
    assert claim(meeting, galaxy, "Siti Lestari") is False
    assert [s.line for s in signs(meeting)["Slamet"] if s.kind is Kind.LINE] == [3]
    assert claiming.of_line(galaxy)[0].person_id == meeting.people["Slamet"]


def test_nobody_gives_himself_the_other_half_by_his_name_alone(meeting: Meeting) -> None:
    """A member of the panitia who takes part, too."""
    own = Actor(person_id=meeting.people["Siti Lestari"], name="Siti", roles=frozenset({Role.PANITIA}))
    content = HEAD + row("", "09:00", "10:10", "Siti Lestari") + row(AGUS, "09:00", "09:10")
    id = store(meeting, content).batch_id
    with db.transaction():
        batches.apply(id, {}, actor=own, now=clock.now())
    assert set(signs(meeting)) == {"Agus Santoso"}
    with pytest.raises(OwnCase), db.transaction():
        batches.apply(id, {line(id, "Siti Lestari").id: own.person_id or 0}, actor=own, now=clock.now())


def test_a_list_from_before_says_what_it_said(meeting: Meeting) -> None:
    """Its lines were not kept one by one, nor are those of a list that was emptied."""
    content = HEAD + row(SITI, "09:00", "11:30") + row(AGUS, "09:00", "09:30") + row(DWI, "13:00", "14:00")
    id = store(meeting, content).batch_id
    with db.transaction() as session:
        session.execute(sa.update(BatchLine).values(pieces=[]))
    assert give(id, batches.sure(batches.lines(id))) == 1
    assert {name: [(s.line, s.minutes) for s in rows] for name, rows in signs(meeting).items()} == {
        "Siti Lestari": [(2, 150)], "Agus Santoso": [(3, 30)], "Dwi Handayani": [(4, 0)],
    }  # fmt: skip


def test_the_hours_of_lines_are_emptied_with_what_they_wrote(meeting: Meeting) -> None:
    id = store(meeting, HEAD + row(SITI, "09:00", "11:30")).batch_id
    assert batches.lines(id)[0].pieces[0]["line"] == 2
    with db.transaction():
        retention.forget_lists(now=clock.now() + timedelta(days=4000))
    assert batches.lines(id)[0].pieces == []


def test_a_look_at_ones_evidence_names_file_and_line(meeting: Meeting, client_of: Opener) -> None:
    meeting.take(HEAD + row(AGUS, "09:00", "11:30") + row(SITI, "09:00", "09:30"))
    page = client_of(meeting.people["Siti Lestari"]).get(f"/belajar/{meeting.slug}/sesi/2").get_data(as_text=True)
    assert "zoom.csv, baris 3" in page
    assert "30 menit" in page


def test_lines_of_another_day_do_not_say_that_a_session_was_held(meeting: Meeting) -> None:
    meeting.take(HEAD + "x,peserta001@example.org,21/06/2022 09:00,21/06/2022 11:30\n")
    assert (decided(meeting, "Siti Lestari")[1], queries.with_a_claim(meeting.id)) == ("outside", 0)
    meeting.take(HEAD + row(SITI, "09:00", "09:05"))
    assert queries.with_a_claim(meeting.id) == 1


def test_no_row_of_another_session_is_touched(meeting: Meeting) -> None:
    other = factories.live_session(meeting.diklat_id, START + timedelta(days=1), hours=2.5).id
    meeting.take(HEAD + row(SITI, "09:00", "11:30"))
    assert db.session().scalars(sa.select(Decision).where(Decision.live_session_id == other)).all() == []
