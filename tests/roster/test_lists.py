"""Staff lists: read and looked at, applied as far as they can be, updated with a difference, taken back whole."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from calakan.audit.models import AuditEntry
from calakan.kernel import claims, clock, db
from calakan.kernel.claims import WorkState
from calakan.kernel.errors import NotFound
from calakan.people.models import School
from calakan.roster import judging, lists, tasks, working
from calakan.roster.errors import DateAhead, ListForgotten, ListNotReady
from calakan.roster.models import RosterLine, RosterList, RosterRow, Stage
from tests import factories
from tests.roster import listing
from tests.roster.listing import NIPS, applied, read, rows, text, told, undone


@pytest.fixture
def npsn(app: Flask) -> tuple[str, str]:
    one, other = listing.schools()
    return one, other


def test_a_list_becomes_rows_with_date_and_source_and_no_account(npsn: tuple[str, str]) -> None:
    before = db.session().scalar(sa.text("SELECT count(*) FROM person"))
    content = text(
        f"SRI MULYATI, S.Pd.;{NIPS[0]};1234567890123456;Sri@Example.org;081234567890;Guru Kelas;PNS;{npsn[0]}"
    )
    id = applied(content, days_ago=3)
    (row,) = rows()
    assert (row.name, row.title_after, row.nip, row.nuptk, row.email, row.phone) == (
        "SRI MULYATI", "S.Pd.", NIPS[0], "1234567890123456", "sri@example.org", "+6281234567890",
    )  # fmt: skip
    assert (row.jabatan, row.employment, row.source, row.as_of, row.list_id, row.left_on, row.person_id) == (
        "guru_kelas", "pns", "Dapodik", listing.day(3), id, None, None,
    )  # fmt: skip
    assert db.session().scalar(sa.text("SELECT count(*) FROM person")) == before
    assert listing.held(id).stage is Stage.APPLIED


def test_nothing_counts_before_it_is_applied_and_the_same_file_finds_its_list(npsn: tuple[str, str]) -> None:
    content = text(f"Sri;{NIPS[0]};;;;;;{npsn[0]}")
    id = read(content)
    assert rows() == []
    assert listing.held(id).stage is Stage.PREVIEW
    assert read(content) == id
    assert read(content, days_ago=1) != id
    for _ in range(2):
        with db.transaction():
            lists.apply(id, actor=factories.SYSTEM, now=clock.now())
        listing.work(id)
    assert len(rows()) == 1


def test_known_rows_are_updated_with_the_difference_and_empty_cells_take_nothing_away(npsn: tuple[str, str]) -> None:
    applied(text(f"Sri Mulyati;{NIPS[0]};1234567890123456;sri@example.org;;Guru Kelas;;{npsn[0]}"), days_ago=9)
    first = rows()[0].id
    id = read(text(f"Sri Mulyati;{NIPS[0]};;;081234567890;Kepala Sekolah;;{npsn[1]}", f"Budi;{NIPS[2]};;;;;;{npsn[1]}"))
    assert told(id) == [(2, "changed", "", None), (3, "new", "", None)]
    changes = listing.lines(id)[0].changes
    assert set(changes) == {"phone", "jabatan", "school_id"}
    assert changes["jabatan"] == ["guru_kelas", "kepala_sekolah"]
    assert rows()[0].jabatan == "guru_kelas"
    with db.transaction():
        lists.apply(id, actor=factories.SYSTEM, now=clock.now())
    listing.work(id)
    budi, sri = rows()
    assert (sri.id, sri.jabatan, sri.email, sri.nuptk, sri.as_of) == (
        first, "kepala_sekolah", "sri@example.org", "1234567890123456", listing.day(0),
    )  # fmt: skip
    assert budi.nip == NIPS[2]


def test_an_undone_list_leaves_everything_as_it_was(npsn: tuple[str, str]) -> None:
    applied(text(f"Sri Mulyati;{NIPS[0]};;;;Guru Kelas;;{npsn[0]}", f"Tuti;{NIPS[4]};;;;;;{npsn[0]}"), days_ago=9)
    before = [(row.id, row.name, row.jabatan, row.as_of, row.left_on, row.list_id) for row in rows()]
    id = applied(text(f"Sri Mulyatí;{NIPS[0]};;;;Tutor;;{npsn[0]}", f"Budi;{NIPS[2]};;;;;;{npsn[0]}"), whole=True)
    assert [(row.name, row.left_on) for row in rows()] == [
        ("Budi", None), ("Sri Mulyatí", None), ("Tuti", listing.day(0)),
    ]  # fmt: skip
    undone(id)
    assert [(row.id, row.name, row.jabatan, row.as_of, row.left_on, row.list_id) for row in rows()] == before
    assert listing.held(id).stage is Stage.UNDONE
    undone(id)
    acts = set(db.session().scalars(sa.select(AuditEntry.act).where(AuditEntry.act.startswith("roster."))))
    assert acts == {"roster.read", "roster.apply", "roster.undo"}


def test_what_a_later_list_rests_on_stays_when_the_earlier_goes(npsn: tuple[str, str]) -> None:
    first = applied(text(f"Sri;{NIPS[0]};;;;Tutor;;{npsn[0]}", f"Budi;{NIPS[2]};;;;;;{npsn[0]}"), days_ago=9)
    applied(text(f"Sri;{NIPS[0]};;;;Guru Kelas;;{npsn[0]}"))
    undone(first)
    assert [(row.name, row.jabatan) for row in rows()] == [("Sri", "guru_kelas")]
    assert [one[2] for one in told(first)] == ["stays", ""]


def test_a_number_that_another_row_bears_since_does_not_hold_up_the_taking_back(npsn: tuple[str, str]) -> None:
    """A list corrects the NIP of one person, the next one brings the person whose it was: the first cannot get it back."""
    applied(text(f"Sri Mulyati;{NIPS[0]};1234567890123456;;;;;{npsn[0]}"), days_ago=9)
    corrected = applied(text(f"Sri Mulyati;{NIPS[2]};1234567890123456;;;;;{npsn[0]}"), days_ago=6)
    applied(text(f"Budi Santoso;{NIPS[0]};;;;;;{npsn[0]}"), days_ago=3)
    undone(corrected)
    assert listing.held(corrected).stage is Stage.UNDONE
    assert {row.name: row.nip for row in rows()} == {"Sri Mulyati": NIPS[2], "Budi Santoso": NIPS[0]}
    assert [line.why for line in listing.lines(corrected)] == ["stays"]


def test_leavers_are_marked_only_where_the_list_is_whole_and_sure(npsn: tuple[str, str]) -> None:
    one, other = npsn
    applied(text(f"Ani;{NIPS[0]};;;;;;{one}", f"Budi;{NIPS[2]};;;;;;{one}", f"Cici;{NIPS[4]};;;;;;{other}"), days_ago=9)
    applied(text(f"Ani;{NIPS[0]};;;;;;{one}"), days_ago=8)
    assert [row.left_on for row in rows()] == [None, None, None]
    # Budi's line is broken, so nobody may say that he left; Cici's school is not in the list.
    unsure = read(text(f"Ani;{NIPS[0]};;;;;;{one}", f"Budi;123;;;;;;{one}"), days_ago=7, whole=True)
    assert lists.leavers(listing.held(unsure)) == []
    id = applied(text(f"Ani;{NIPS[0]};;;;;;{one}"), days_ago=6, whole=True)
    assert [(row.name, row.left_on) for row in rows()] == [("Ani", None), ("Budi", listing.day(6)), ("Cici", None)]
    assert [(line.number, line.name) for line in listing.lines(id) if line.verdict.is_left] == [(None, "Budi")]
    # Who comes back is there again, and the difference says so.
    back = applied(text(f"Budi;{NIPS[2]};;;;;;{one}"))
    assert rows()[1].left_on is None
    assert listing.lines(back)[0].changes == {"left_on": [listing.day(6).isoformat(), None]}


def test_a_list_of_an_earlier_day_overwrites_nothing(npsn: tuple[str, str]) -> None:
    applied(text(f"Sri;{NIPS[0]};;;;Guru Kelas;;{npsn[0]}"))
    id = applied(text(f"Sri;{NIPS[0]};;;;Tutor;;{npsn[0]}"), days_ago=9)
    assert told(id) == [(2, "waits", "older", None)]
    assert rows()[0].jabatan == "guru_kelas"


def test_a_line_is_judged_again_when_it_is_applied(npsn: tuple[str, str]) -> None:
    first = read(text(f"Sri;{NIPS[0]};;;;;;{npsn[0]}"))
    applied(text(f"Budi;{NIPS[0]};;;;;;{npsn[0]}"))
    with db.transaction():
        lists.apply(first, actor=factories.SYSTEM, now=clock.now())
    listing.work(first)
    assert told(first) == [(2, "waits", "other_name", None)]
    assert [row.name for row in rows()] == ["Budi"]


def test_a_killed_worker_doubles_nobody_and_the_next_goes_on(
    npsn: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(working, "AT_ONCE", 2)
    content = text(*(f"Guru {chr(97 + at)};{NIPS[at * 2]};;;;;;{npsn[0]}" for at in range(7)))
    with db.transaction():
        id = lists.store(
            content, source="Dapodik", as_of=clock.today(), file_name="a.csv", actor=factories.SYSTEM, now=clock.now()
        ).id
    for stage in (Stage.READING, Stage.APPLYING, Stage.UNDOING):
        if stage is Stage.APPLYING:
            with db.transaction():
                lists.apply(id, actor=factories.SYSTEM, now=clock.now())
        if stage is Stage.UNDOING:
            with db.transaction():
                lists.undo(id, reason="x", actor=factories.SYSTEM, now=clock.now())
        killed = _killed(id, monkeypatch)
        assert listing.held(id).stage is stage
        with db.transaction():
            claims.release_expired(RosterList, now=clock.now() + timedelta(minutes=6))
        # Whoever wakes up late writes nothing.
        with pytest.raises(working.Lost):
            working.work(id, killed)
        listing.work(id)
        if stage is Stage.APPLYING:
            assert [row.name for row in rows()] == [f"Guru {chr(97 + at)}" for at in range(7)]
        assert [one[0] for one in told(id)] == [2, 3, 4, 5, 6, 7, 8]
    assert rows() == []


def _killed(id: int, patch: pytest.MonkeyPatch) -> str:
    """The claim of a worker that was ended after its first portion."""
    with db.transaction():
        token, ids = claims.claim(RosterList, now=clock.now(), limit=1, only={"id": id})
    assert ids == [id]
    real, portions = working._hold, []

    def held(list_id: int, claim: str) -> None:
        portions.append(claim)
        if len(portions) > 2:
            raise KeyboardInterrupt
        real(list_id, claim)

    with patch.context() as changed:
        changed.setattr(working, "_hold", held)
        with pytest.raises(KeyboardInterrupt):
            working.work(id, token)
    return token


def test_a_file_that_is_no_table_is_refused_with_its_reason(app: Flask) -> None:
    id = read(b"satu;dua\n1;2\n")
    held = listing.held(id)
    assert (held.stage, held.refused["why"], held.content) == (Stage.REFUSED, "columns", None)
    with pytest.raises(ListNotReady), db.transaction():
        lists.apply(id, actor=factories.SYSTEM, now=clock.now())


def test_what_fails_unforeseen_is_tried_again_later(npsn: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    with db.transaction():
        id = lists.store(
            text(f"Sri;;;;;;;{npsn[0]}"), source="x", as_of=clock.today(), file_name="a", actor=factories.SYSTEM,
            now=clock.now(),
        ).id  # fmt: skip
    with monkeypatch.context() as changed:
        changed.setattr(lists, "judged", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            tasks.work_one(id)
    held = listing.held(id)
    assert (held.state, held.attempts, held.last_error) == (WorkState.PENDING, 1, "ZeroDivisionError")
    assert held.due_at > clock.now()
    assert not tasks.work_one(id)


def _breaks(id: int, monkeypatch: pytest.MonkeyPatch) -> RosterList:
    """The list after as many unforeseen failures as are allowed."""
    with monkeypatch.context() as changed:
        changed.setattr(working, "work", lambda *_: 1 / 0)
        for _ in range(tasks.MOST_UNFORESEEN):
            with db.transaction():
                db.session().execute(sa.update(RosterList).values(due_at=clock.now()))
            with pytest.raises(ZeroDivisionError):
                tasks.work_one(id)
    held = listing.held(id)
    assert (held.state, held.open, held.failed) == (WorkState.FAILED, False, True)
    with db.transaction():
        db.session().execute(sa.update(RosterList).values(due_at=clock.now()))
    assert not tasks.work_one(id)
    return held


def test_what_fails_again_and_again_is_left_to_people_who_have_it_gone_on_with_or_taken_back(
    npsn: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    content = text(f"Sri;{NIPS[0]};;;;;;{npsn[0]}")
    kept: dict[str, Any] = {"source": "Dapodik", "as_of": clock.today(), "file_name": "a", "actor": factories.SYSTEM}
    with db.transaction():
        id = lists.store(content, now=clock.now(), **kept).id
    assert _breaks(id, monkeypatch).stage is Stage.READING
    assert read(content) == id  # the same file has it read once more
    with db.transaction():
        lists.apply(id, actor=factories.SYSTEM, now=clock.now())
    assert _breaks(id, monkeypatch).stage is Stage.APPLYING
    with db.transaction():
        lists.apply(id, actor=factories.SYSTEM, now=clock.now())
    listing.work(id)
    assert (listing.held(id).stage, len(rows())) == (Stage.APPLIED, 1)
    with db.transaction():
        lists.undo(id, reason="keliru", actor=factories.SYSTEM, now=clock.now())
    assert _breaks(id, monkeypatch).stage is Stage.UNDOING
    undone(id)
    assert (listing.held(id).stage, rows()) == (Stage.UNDONE, [])


def test_a_list_that_failed_is_taken_back_from_wherever_it_stands(
    npsn: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with db.transaction():
        id = lists.store(
            text(f"Sri;;;;;;;{npsn[0]}"), source="x", as_of=clock.today(), file_name="a", actor=factories.SYSTEM,
            now=clock.now(),
        ).id  # fmt: skip
    _breaks(id, monkeypatch)
    undone(id)
    assert listing.held(id).stage is Stage.UNDONE


def test_what_is_refused(npsn: tuple[str, str]) -> None:
    with pytest.raises(DateAhead), db.transaction():
        lists.store(
            b"x", source="x", as_of=clock.today() + timedelta(days=1), file_name="x", actor=factories.SYSTEM,
            now=clock.now(),
        )  # fmt: skip
    with db.transaction():
        id = lists.store(
            text("Sri"), source="x", as_of=clock.today(), file_name="x", actor=factories.SYSTEM, now=clock.now()
        ).id
    for act in (
        lambda: lists.apply(id, actor=factories.SYSTEM, now=clock.now()),
        lambda: lists.undo(id, reason="x", actor=factories.SYSTEM, now=clock.now()),
    ):
        with pytest.raises(ListNotReady), db.transaction():
            act()
    with pytest.raises(NotFound), db.transaction():
        lists.undo(10**6, reason="x", actor=factories.SYSTEM, now=clock.now())


def test_lists_are_emptied_after_a_while_and_leavers_go_long_after(npsn: tuple[str, str]) -> None:
    applied(text(f"Ani;{NIPS[0]};;;;;;{npsn[0]}", f"Budi;{NIPS[2]};;;;;;{npsn[0]}"), days_ago=9)
    id = applied(text(f"Ani;{NIPS[0]};;;;;;{npsn[0]}", f"Rusak;12;;;;;;{npsn[1]}"), whole=True)
    with db.transaction():
        assert lists.forget(now=clock.now() + timedelta(days=179)) == 0
    with db.transaction():
        assert lists.forget(now=clock.now() + timedelta(days=181)) == 2
    assert {(line.name, str(line.facts), str(line.cells), str(line.before)) for line in listing.lines(id)} == {
        ("", "{}", "{}", "{}")
    }
    assert [row.name for row in rows()] == ["Ani", "Budi"]
    with pytest.raises(ListForgotten), db.transaction():
        lists.undo(id, reason="x", actor=factories.SYSTEM, now=clock.now())
    with db.transaction():
        assert lists.forget(now=clock.now() + timedelta(days=5 * 365 + 1)) == 1
    assert [row.name for row in rows()] == ["Ani"]


def test_a_school_of_dapodik_stands_above_its_headings(app: Flask) -> None:
    school = db.session().scalars(sa.select(School).order_by(School.id)).first()
    assert school is not None
    id, name = school.id, school.name
    content = (
        f"Daftar Guru;;;\n{name};;;\nKecamatan Ajibarang, Kabupaten Banyumas;;;\n"
        "No;Nama;NUPTK;JK;Tempat Lahir;Tanggal Lahir;NIP;Status Kepegawaian;Jenis PTK;Kecamatan;HP;Email\n"
        f"1;SRI MULYATI;;P;Banyumas;1985-01-31;{NIPS[1]};PNS;Guru Kelas;Kec. Kembaran;081234567890;sri@example.org\n"
        "2;BUDI;;L;Banyumas;1985-01-31;;Guru Honor Sekolah;Tenaga Administrasi Sekolah;;;\n"
    ).encode()
    assert [one[1:3] for one in told(applied(content))] == [("new", ""), ("new", "")]
    budi, sri = rows()
    assert (sri.school_id, sri.sex, sri.employment, sri.jabatan) == (id, "P", "pns", "guru_kelas")
    assert (budi.school_id, budi.employment, budi.jabatan) == (id, "honorer", "tenaga_kependidikan")
    assert db.session().scalar(sa.select(sa.func.count()).select_from(RosterLine)) == 2
    assert db.session().scalar(sa.select(sa.func.count()).select_from(RosterRow)) == 2


def test_of_a_long_list_all_rows_are_read_at_once(npsn: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging, "AT_ONCE", 1)
    content = [f"Sri;{NIPS[0]};;;;;;{npsn[0]}", f"Budi;;1234567890123456;;;;;{npsn[0]}", f"Ani;;;;;;;{npsn[0]}"]
    applied(text(*content), days_ago=1)
    assert [one[1] for one in told(applied(text(*content)))] == ["same", "same", "same"]
