"""The struktur program: changing and moving rows, at the service and from the page."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from calakan.audit.models import AuditEntry
from calakan.diklat import queries
from calakan.diklat.errors import DiklatFinal, RowInUse
from calakan.diklat.models import Diklat, Group
from calakan.diklat.services import programme, states
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from tests import factories

Opener = Callable[[int | None], FlaskClient]


def course(*titles: str, publish: bool = True) -> Diklat:
    """A diklat whose first row is taught by its session, and these self-study rows after it."""
    made = factories.diklat(days=3, publish=publish)
    id = made.id
    for title in titles:
        with db.transaction():
            programme.add_row(
                id, title=title, group=Group.CORE, jp=2, live=False, actor=factories.SYSTEM, now=clock.now()
            )
    return db.session().get_one(Diklat, id)


def rows(diklat_id: int) -> list[tuple[int, str]]:
    db.db.session.remove()
    return [(row.position, row.title) for row in queries.programme(diklat_id)]


def row_id(diklat_id: int, title: str) -> int:
    return next(row.id for row in queries.programme(diklat_id) if row.title == title)


def audited(action: str) -> int:
    return db.session().scalar(sa.select(sa.func.count()).where(AuditEntry.act == action)) or 0


@pytest.mark.parametrize(
    ("place", "order"),
    [
        (1, ["B", "Sesi 1", "A", "C"]),
        (2, ["Sesi 1", "B", "A", "C"]),
        (3, ["Sesi 1", "A", "B", "C"]),
        (4, ["Sesi 1", "A", "C", "B"]),
        (99, ["Sesi 1", "A", "C", "B"]),
        (0, ["B", "Sesi 1", "A", "C"]),
    ],
)
def test_a_row_goes_to_its_place_and_the_others_close_up(app: Flask, place: int, order: list[str]) -> None:
    id = course("A", "B", "C").id
    moved = row_id(id, "B")
    for _ in range(2):
        with db.transaction():
            programme.move_row(moved, place, actor=factories.SYSTEM, now=clock.now())
    assert rows(id) == list(enumerate(order, start=1))
    assert audited("diklat.move_row") == (place != 3)


def test_a_changed_row_changes_the_jp_of_the_diklat(app: Flask) -> None:
    id = course("A", publish=False).id
    changed, before = row_id(id, "A"), db.session().get_one(Diklat, id).jp
    with db.transaction():
        programme.change_row(
            changed,
            title="Tugas",
            note="Di kelas",
            group=Group.SUPPORT,
            jp=5,
            live=False,
            actor=factories.SYSTEM,
            now=clock.now(),
        )
    assert rows(id) == [(1, "Sesi 1"), (2, "Tugas")]
    assert db.session().get_one(Diklat, id).jp == before + 3


def test_a_row_that_sessions_teach_stays_taught(app: Flask) -> None:
    id = course().id
    taught = row_id(id, "Sesi 1")
    with pytest.raises(RowInUse), db.transaction():
        programme.change_row(
            taught,
            title="Sesi 1",
            note="",
            group=Group.CORE,
            jp=4,
            live=False,
            actor=factories.SYSTEM,
            now=clock.now(),
        )


def test_the_rows_of_a_cancelled_diklat_stay(app: Flask) -> None:
    id = course("A").id
    with db.transaction():
        states.cancel(id, reason="Batal", actor=factories.SYSTEM, now=clock.now())
    with pytest.raises(DiklatFinal), db.transaction():
        programme.move_row(row_id(id, "A"), 1, actor=factories.SYSTEM, now=clock.now())


def test_the_page_moves_changes_and_removes_rows(app: Flask, client_of: Opener) -> None:
    made = course("A", "B")
    id, base = made.id, f"/kelola/diklat/{made.slug}/program"
    staff = client_of(factories.person("Panitia", Role.PANITIA).id)
    first, second = row_id(id, "A"), row_id(id, "B")
    assert staff.post(f"{base}/3/geser", data={"row": second, "ke": 2}).status_code == 303
    assert rows(id) == [(1, "Sesi 1"), (2, "B"), (3, "A")]
    # Pressed twice: the second finds the row elsewhere and moves nothing.
    assert staff.post(f"{base}/3/geser", data={"row": second, "ke": 2}).status_code == 303
    assert "baru saja berubah" in staff.get(base).get_data(as_text=True)
    assert rows(id) == [(1, "Sesi 1"), (2, "B"), (3, "A")]
    page = staff.get(f"{base}/3/ubah").get_data(as_text=True)
    assert 'value="A"' in page
    typed = {"row": first, "title": "Tugas kelas", "group": "penunjang", "jp": "3"}
    assert staff.post(f"{base}/3/ubah", data=typed).status_code == 303
    assert rows(id)[2] == (3, "Tugas kelas")
    assert staff.post(f"{base}/2/hapus", data={"row": first}).status_code == 303
    assert len(rows(id)) == 3
    assert staff.post(f"{base}/2/hapus", data={"row": second}).status_code == 303
    assert [title for _, title in rows(id)] == ["Sesi 1", "Tugas kelas"]


@pytest.mark.parametrize("wrong", [{"title": ""}, {"title": "x" * 200}, {"jp": "0"}, {"jp": "x"}, {"group": "lain"}])
def test_wrong_input_is_kept_and_changes_nothing(app: Flask, client_of: Opener, wrong: dict[str, str]) -> None:
    made = course("A")
    id, slug, held = made.id, made.slug, row_id(made.id, "A")
    staff = client_of(factories.person("Panitia", Role.PANITIA).id)
    typed = {"row": held, "title": "Diketik", "group": "pokok", "jp": "2", "note": "Catatan", **wrong}
    answer = staff.post(f"/kelola/diklat/{slug}/program/2/ubah", data=typed)
    assert answer.status_code == 422
    assert 'value="Catatan"' in answer.get_data(as_text=True)
    assert rows(id) == [(1, "Sesi 1"), (2, "A")]


@pytest.mark.parametrize("place", ["", "x", "-1", "9" * 30, "²"])
def test_a_place_that_is_none_is_refused(app: Flask, client_of: Opener, place: str) -> None:
    made = course("A")
    id, slug, held = made.id, made.slug, row_id(made.id, "A")
    staff = client_of(factories.person("Panitia", Role.PANITIA).id)
    assert staff.post(f"/kelola/diklat/{slug}/program/2/geser", data={"row": held, "ke": place}).status_code == 400
    assert rows(id) == [(1, "Sesi 1"), (2, "A")]


def test_rows_belong_to_those_who_prepare_the_diklat(app: Flask, client_of: Opener) -> None:
    made = course("A")
    slug, id, held = made.slug, made.id, row_id(made.id, "A")
    lead, other = factories.person("Bu Ani", Role.NARASUMBER).id, factories.person("Pak Tri", Role.NARASUMBER).id
    with db.transaction() as session:
        session.get_one(Diklat, id).lead_id = lead
    path, move = f"/kelola/diklat/{slug}/program/2/geser", {"row": held, "ke": 1}
    assert client_of(other).post(path, data=move).status_code == 404
    assert client_of(None).post(path, data=move).status_code == 302
    assert rows(id)[0] == (1, "Sesi 1")
    assert client_of(lead).post(path, data=move).status_code == 303
    assert rows(id)[0] == (1, "A")
    assert client_of(lead).post(f"/kelola/diklat/{slug}/program/9/geser", data=move).status_code == 404
