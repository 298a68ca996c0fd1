"""The trail is chained: whatever is changed behind our back is found by its entry, and an erasure keeps the chain whole."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from calakan.audit import chain
from calakan.audit import services as audit
from calakan.audit.models import AuditEntry, TrailHead, TrailLink
from calakan.audit.tasks import seal as beat
from calakan.kernel import clock, db, vault
from calakan.people.models import Person
from calakan.privacy import erasure
from calakan.promises.invariants import trail
from tests import factories
from tests.conftest import _let_go_of_the_trail as ungarded

KEYS = "k" * 40


def note(person: Person, act: str = "people.log_in", **facts: object) -> int:
    with db.transaction() as session:
        audit.record(act, person, actor=factories.actor(person), now=clock.now(), **facts)
        session.flush()
        return session.scalars(sa.select(sa.func.max(AuditEntry.id))).one() or 0


def sealed() -> int:
    done = 0
    while made := chain.seal():
        done += made
    return done


def behind_our_back(*statements: str) -> None:
    """What somebody does who has the database and drops its triggers first."""
    postgresql = db.engine().dialect.name == "postgresql"
    with db.transaction() as session:
        ungarded(session)
        kept = []
        if not postgresql:
            wanted = sa.text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE :like")
            for like in ("audit_entry", "trail%"):
                kept += session.execute(wanted, {"like": like}).all()
            for name, _ in kept:
                session.execute(sa.text(f"DROP TRIGGER {name}"))
        for statement in statements:
            session.execute(sa.text(statement))
        for _, made in kept:
            session.execute(sa.text(made))


@pytest.fixture
def entries(app: Flask) -> list[int]:
    """Three entries with their links, after those of making the person."""
    person = factories.person("Sri Mulyati")
    ids = [note(person, "people.save_profile", was="a", now_is=n) for n in range(3)]
    assert sealed() >= 3
    assert trail() == []
    return ids


BREAKS: dict[str, tuple[Callable[[list[int]], list[str]], Callable[[list[int]], list[str]]]] = {
    "the act": (
        lambda ids: [f"UPDATE audit_entry SET act = 'x.y' WHERE id = {ids[1]}"],
        lambda ids: [f"entry {ids[1]} (x.y) was changed, or its link"],
    ),
    "the moment": (
        lambda ids: [f"UPDATE audit_entry SET at = '2020-01-01 00:00:00+00' WHERE id = {ids[1]}"],
        lambda ids: [f"entry {ids[1]} (people.save_profile) was changed, or its link"],
    ),
    "who did it": (
        lambda ids: [f"UPDATE audit_entry SET actor_id = NULL WHERE id = {ids[1]}"],
        lambda ids: [f"entry {ids[1]} (people.save_profile) was changed, or its link"],
    ),
    "a name": (
        lambda ids: [f"UPDATE audit_entry SET actor_name = 'Lain' WHERE id = {ids[1]}"],
        lambda ids: [f"entry {ids[1]} (people.save_profile): its names or facts were changed"],
    ),
    "the facts": (
        lambda ids: [f"UPDATE audit_entry SET facts = '{{}}' WHERE id = {ids[1]}"],
        lambda ids: [f"entry {ids[1]} (people.save_profile): its names or facts were changed"],
    ),
    "words taken for nobody": (
        lambda ids: [
            f"UPDATE audit_entry SET facts = '{{}}' WHERE id = {ids[1]}",
            f"UPDATE trail_link SET salt = NULL WHERE entry_id = {ids[1]}",
        ],
        lambda ids: [f"entry {ids[1]} (people.save_profile): its names or facts were changed"],
    ),
    "an entry away": (
        lambda ids: [f"DELETE FROM audit_entry WHERE id = {ids[1]}"],
        lambda ids: [f"entry {ids[1]} was taken away"],
    ),
}


@pytest.mark.parametrize("how", BREAKS)
def test_a_break_is_found_by_its_entry(entries: list[int], how: str) -> None:
    statements, told = BREAKS[how]
    behind_our_back(*statements(entries))
    assert trail() == [f"trail-broken: {line}" for line in told(entries)]


def test_an_entry_and_its_link_taken_away_leave_a_gap(entries: list[int]) -> None:
    behind_our_back(
        f"DELETE FROM trail_link WHERE entry_id = {entries[1]}", f"DELETE FROM audit_entry WHERE id = {entries[1]}"
    )
    position = db.session().scalars(sa.select(TrailLink.position).where(TrailLink.entry_id == entries[2])).one()
    assert trail() == [
        f"trail-broken: links {position - 1} to {position - 1} are missing",
        f"trail-broken: entry {entries[2]} (people.save_profile) was changed, or its link",
    ]


def test_a_chain_made_anew_does_not_match_the_head_of_a_day(app: Flask, entries: list[int]) -> None:
    """Whoever has the database alone can compute every link again, but has no key for the proof."""
    settings = app.extensions["calakan.settings"]
    with time_machine.travel(clock.now() + timedelta(days=1)):
        beat(settings)
        beat(settings)  # twice is once
        day = db.session().scalars(sa.select(TrailHead.day)).one()
        assert trail() == []
        behind_our_back(f"UPDATE audit_entry SET act = 'x.y' WHERE id = {entries[1]}", "DELETE FROM trail_link")
        sealed()
        assert trail() == [f"trail-broken: the head of {day} is not the one that was noted"]
        last = db.session().scalars(sa.select(TrailLink).order_by(TrailLink.position.desc())).first()
        assert last is not None
        hash, position = last.hash, last.position
        behind_our_back(f"UPDATE trail_head SET hash = '{hash}', position = {position}")
        assert trail() == [f"trail-broken: the head of {day} is not the one that was noted"]
        vault.connect(KEYS)
        behind_our_back(f"UPDATE trail_head SET proof = '{vault.proof(f'{day} {position} {hash}')}'")
        vault.connect(settings.data_keys)
        assert trail() == [f"trail-broken: the head of {day} is not the one that was noted"]


def test_what_never_took_its_place_is_named_after_a_while(app: Flask, entries: list[int]) -> None:
    late = note(db.session().scalars(sa.select(Person)).one())
    assert trail() == []
    with time_machine.travel(clock.now() + chain.PATIENCE + timedelta(minutes=1)):
        assert trail() == [f"trail-broken: entry {late} (people.log_in) stands outside of the chain"]
        assert sealed() == 1
        assert trail() == []


def test_an_entry_whose_transaction_lasted_longer_comes_later(app: Flask, entries: list[int]) -> None:
    """Its number is smaller than those that have their place already; nothing of the chain moves for it."""
    behind_our_back(f"DELETE FROM trail_link WHERE position >= {sealed() or 1}")
    first = sa.select(AuditEntry).where(AuditEntry.id == entries[0])
    with db.transaction() as session:
        entry = session.scalars(first).one()
        values = {column.key: getattr(entry, column.key) for column in AuditEntry.__table__.columns}
    behind_our_back(f"DELETE FROM audit_entry WHERE id = {entries[0]}")
    sealed()
    with db.transaction() as session:
        session.execute(sa.insert(AuditEntry).values(**values))
    assert sealed() == 1
    newest = db.session().scalars(sa.select(TrailLink.entry_id).order_by(TrailLink.position.desc())).first()
    assert newest == entries[0]
    assert trail() == []


def test_what_was_left_far_behind_takes_its_place_at_the_end_of_the_day(
    app: Flask, entries: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chain, "REACH", 0)
    behind_our_back("DELETE FROM trail_link")
    with db.transaction() as session:
        last = session.get_one(AuditEntry, entries[2])
        row = {"position": 1, "entry_id": last.id, "salt": "s", "words": chain.words_of(last, "s")}
        session.execute(sa.insert(TrailLink).values(**row, hash=chain.hash_of(last, 1, "", str(row["words"]))))
    assert sealed() == 0
    assert chain.close_day(now=clock.now())
    count = sa.select(sa.func.count())
    assert db.session().scalar(count.select_from(TrailLink)) == db.session().scalar(count.select_from(AuditEntry))
    assert trail() == []


def test_many_write_while_the_chain_is_made(app: Flask) -> None:
    """Writers wait for no link, no entry is lost, and of two that make links each entry gets one."""
    person_id, failures = factories.person().id, list[BaseException]()

    def work(act: Callable[[], object]) -> None:
        with app.app_context():
            try:
                for _ in range(15):
                    act()
            except BaseException as error:
                failures.append(error)
            finally:
                db.db.session.remove()

    def write() -> None:
        with db.transaction() as session:
            person = session.get_one(Person, person_id)
            audit.record("people.log_in", person, actor=factories.SYSTEM, now=clock.now())

    acts: list[Callable[[], object]] = [write] * 4 + [chain.seal] * 2
    threads = [threading.Thread(target=work, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    sealed()
    count = sa.select(sa.func.count())
    assert db.session().scalar(count.select_from(AuditEntry).where(AuditEntry.act == "people.log_in")) == 60
    assert db.session().scalar(count.select_from(TrailLink)) == db.session().scalar(count.select_from(AuditEntry))
    assert trail() == []


def test_an_erasure_takes_the_words_and_keeps_the_chain(app: Flask) -> None:
    person, other = factories.person("Sri Mulyati", title_before="Dr."), factories.person("Sri Mulyati")
    staff = factories.person("Panitia")
    id, email, staff_actor = person.id, person.email, factories.actor(staff)
    own = note(person, "people.save_profile", was="Sri", text="rahasia")
    of_other = note(other, "people.save_profile", was="Tini")
    with db.transaction() as session:
        audit.record(
            "enrolment.remove", session.get_one(Person, other.id), actor=staff_actor, now=clock.now(), person_id=id,
            reason="sakit",
        )  # fmt: skip
        audit.record("notifications.trust_address", actor=staff_actor, now=clock.now(), name=email)
        audit.record(
            "office.change_settings", actor=staff_actor, now=clock.now(), changed={"signer": ["Ani", "Dr. Sri Mulyati"]}
        )
        audit.record(
            "office.add_holiday", actor=factories.actor(person), now=clock.now(), name="2026-12-25 Natal", day=25
        )
    sealed()
    note(person, "people.save_profile", was="belum dirantai")  # has no link yet
    count = db.session().scalar(sa.select(sa.func.count()).select_from(AuditEntry)) or 0
    with db.transaction():
        erasure.erase(id, reason="Permintaan", actor=staff_actor, now=clock.now())
    rows = {row.id: row for row in db.session().scalars(sa.select(AuditEntry).order_by(AuditEntry.id))}
    assert len(rows) == count + 1
    text = " ".join(f"{row.actor_name} {row.subject_name} {row.facts}" for row in rows.values() if row.id != of_other)
    for word in ("rahasia", "sakit", email, "Dr. Sri", "belum dirantai"):
        assert word not in text
    # Who did what to which thing and when stays, and what is of others.
    assert (rows[own].act, rows[own].actor_id, rows[own].subject_id) == ("people.save_profile", id, id)
    assert (rows[own].actor_name, rows[own].subject_name, rows[own].facts) == ("Data dihapus", "Data dihapus", {})
    assert (rows[of_other].actor_name, rows[of_other].facts) == ("Sri Mulyati", {"was": "Tini"})
    holiday = next(row for row in rows.values() if row.act == "office.add_holiday")
    assert (holiday.actor_name, holiday.subject_name, holiday.facts) == (
        "Data dihapus",
        "2026-12-25 Natal",
        {"day": 25},
    )
    sealed()
    assert trail() == []
    salts = sa.select(sa.func.count()).where(TrailLink.salt.is_(None), TrailLink.erased_id == id)
    assert (db.session().scalar(salts) or 0) > 0


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET actor_name = 'Data dihapus'",
        "UPDATE audit_entry SET facts = '{}'",
        "UPDATE trail_link SET salt = NULL",
        "UPDATE trail_link SET salt = NULL, erased_id = (SELECT min(id) FROM person)",
        "UPDATE trail_link SET hash = 'x'",
        "DELETE FROM trail_link",
        "UPDATE trail_head SET hash = 'x'",
        "DELETE FROM trail_head",
    ],
)
def test_the_database_lets_go_of_nobodys_words_who_is_not_erased(
    app: Flask, entries: list[int], statement: str
) -> None:
    assert chain.close_day(now=clock.now())
    with pytest.raises(sa.exc.IntegrityError, match="only ever added to"), db.transaction() as session:
        session.execute(sa.text(statement))
    assert trail() == []
