"""JP from elsewhere: sent with a file, confirmed or refused, shown apart, and part of no sum."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from calakan.assessment.models import DiscardedFile
from calakan.certificates.errors import OutsideAhead, OutsideDecided, OutsideFile, OutsideMany, OutsideUndrawable
from calakan.certificates.outside import services
from calakan.certificates.outside.models import OutsideJp, OutsideState
from calakan.certificates.yearly import drawing, facts
from calakan.diklat.errors import ReasonMissing
from calakan.kernel import clock, db
from calakan.kernel.actor import Actor, Role
from calakan.kernel.errors import DomainError, NotFound, OwnCase
from calakan.people import queries as people
from calakan.people.models import Person, PersonScope
from tests import factories
from tests.materials.samples import PDF, PNG, PPTX

Opener = Callable[[int | None], FlaskClient]
SHOWN = services.Shown("a" * 64, "pdf")


def said(days_ago: int = 3, **more: Any) -> services.Said:
    given = {"title": "Lokakarya", "organiser": "Kampus", "held_on": clock.today() - timedelta(days=days_ago), "jp": 4}
    return services.Said(**given | more)


def send(person_id: int, shown: services.Shown = SHOWN, **more: Any) -> str:
    with db.transaction():
        return services.send(person_id, said(**more), shown, actor=factories.SYSTEM, now=clock.now()).code


def decide(code: str, *, agree: bool, reason: str = "", actor: Actor = factories.SYSTEM) -> None:
    with db.transaction():
        services.decide(code, agree=agree, reason=reason, actor=actor, now=clock.now())


def state(code: str) -> OutsideState | None:
    db.session().rollback()
    found = services.by_code(code)
    return found.state if found is not None else None


def refused(error: type[DomainError], act: Callable[..., Any], *given: Any, **named: Any) -> None:
    with pytest.raises(error):
        act(*given, **named)


def test_it_waits_is_found_again_and_is_refused_when_it_is_no_such_thing(app: Flask) -> None:
    ani = factories.person("Ani").id
    code = send(ani)
    assert (send(ani), send(ani, title="Lokakarya "), state(code)) == (code, code, OutsideState.ASKED)
    assert send(ani, days_ago=4) != code
    # What was corrected is not swallowed.
    corrected = {send(ani, title="Lokakarya Numerasi"), send(ani, organiser="Balai"), send(ani, jp=8)}
    assert len({code, *corrected}) == 4
    for one in corrected:
        with db.transaction():
            services.withdraw(one, actor=factories.SYSTEM, now=clock.now())
    refused(OutsideAhead, send, ani, days_ago=-1)
    for field in ("title", "organiser"):
        refused(OutsideUndrawable, send, ani, **{field: "Lokakarya \u6f22"})
    for n in range(services.MOST_WAITING - 2):
        send(ani, days_ago=10 + n)
    refused(OutsideMany, send, ani, days_ago=90)
    store = app.extensions["calakan.files"]
    assert [services.received(store, one).suffix for one in (PDF, PNG)] == ["pdf", "png"]
    with pytest.raises(OutsideFile):
        services.received(store, PPTX)


def test_a_person_decides_once_with_a_reason_and_never_about_himself(app: Flask) -> None:
    ani = factories.person("Ani").id
    code, other = send(ani), send(ani, days_ago=9)
    refused(OwnCase, decide, code, agree=True, actor=Actor(person_id=ani, name="Ani", roles=frozenset({Role.PANITIA})))
    refused(ReasonMissing, decide, code, agree=False, reason=" ")
    refused(NotFound, decide, "TIADA", agree=True)
    decide(code, agree=True)
    decide(other, agree=False, reason="berkas buram")
    refused(OutsideDecided, decide, code, agree=False, reason="x")
    assert (state(code), state(other)) == (OutsideState.CONFIRMED, OutsideState.REFUSED)
    assert [row.code for row in services.confirmed_of([ani], said().held_on.year)[ani]] == [code]
    assert send(ani, days_ago=9) != other  # a refused one may be sent again


def annul(code: str, reason: str = "sertifikatnya palsu", actor: Actor = factories.SYSTEM) -> None:
    with db.transaction():
        services.annul(code, reason, actor=actor, now=clock.now())


def test_what_was_confirmed_is_refused_after_all(app: Flask) -> None:
    ani = factories.person("Ani").id
    code, panitia = send(ani), people.actor_of(db.session().get_one(Person, factories.person("Rina", Role.PANITIA).id))
    refused(OutsideDecided, annul, code)  # nobody has confirmed it
    decide(code, agree=True)
    assert list(db.session().scalars(services.annullable(panitia).with_only_columns(OutsideJp.code))) == [code]
    refused(ReasonMissing, annul, code, " ")
    refused(OwnCase, annul, code, actor=people.actor_of(db.session().get_one(Person, ani)))
    refused(OutsideDecided, decide, code, agree=False, reason="dari halaman lama")
    assert state(code) is OutsideState.CONFIRMED
    annul(code)
    row = services.by_code(code)
    assert row is not None
    assert (row.state, row.reason) == (OutsideState.REFUSED, "sertifikatnya palsu")
    assert db.session().scalars(services.annullable(panitia)).all() == []
    refused(OutsideDecided, annul, code)


def test_its_owner_withdraws_it_while_nobody_has_confirmed_it(app: Flask) -> None:
    ani = factories.person("Ani").id
    code, kept = send(ani), send(ani, days_ago=9)
    decide(kept, agree=True)
    with db.transaction():
        services.withdraw(code, actor=factories.SYSTEM, now=clock.now())
    assert state(code) is None
    assert db.session().scalar(sa.select(DiscardedFile.sha256)) == SHOWN.sha256
    for gone, why in ((kept, OutsideDecided), (code, NotFound)):
        with pytest.raises(why), db.transaction():
            services.withdraw(gone, actor=factories.SYSTEM, now=clock.now())
    with db.transaction():
        services.forget_person(ani, now=clock.now())
    assert db.session().scalar(sa.select(sa.func.count()).select_from(OutsideJp)) == 0


def test_the_head_of_the_school_and_the_panitia_see_what_waits_and_nobody_else(app: Flask) -> None:
    ani = factories.person("Ani")
    code = send(ani.id)
    head, stranger, panitia = (
        factories.person("Budi").id,
        factories.person("Cici").id,
        factories.person("Rina", Role.PANITIA).id,
    )
    with db.transaction() as session:
        session.add(PersonScope(person_id=head, school_id=ani.school_id))

    def actor(id: int) -> Actor:
        return people.actor_of(db.session().get_one(Person, id))

    row = services.by_code(code)
    assert row is not None
    told = {
        name: (services.may_decide(actor(id), row), services.may_see(actor(id), row), services.count(actor(id)))
        for name, id in (("ani", ani.id), ("head", head), ("stranger", stranger), ("panitia", panitia))
    }
    assert told == {
        "ani": (False, True, 0), "head": (True, True, 1), "stranger": (False, False, 0), "panitia": (True, True, 1),
    }  # fmt: skip


def test_the_paper_of_the_year_shows_it_apart_and_adds_nothing(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    ani, year = factories.person("Ani").id, said().held_on.year
    code = send(ani)
    assert facts._outside(services.confirmed_of([ani], year).get(ani, ())) == {}
    decide(code, agree=True)
    told = facts._outside(services.confirmed_of([ani], year)[ani])
    assert told == {
        "outside": [
            {"code": code, "title": "Lokakarya", "organiser": "Kampus", "held_on": said().held_on.isoformat(), "jp": 4}
        ]
    }
    line = drawing._outside(told["outside"][0])
    assert (line.group, line.speaker, line.jp) == ("Di luar Dinas, disahkan tetapi tidak dihitung", "Kampus", 4)


def test_the_pages_from_sending_to_confirming(app: Flask, client_of: Opener) -> None:
    ani, panitia = client_of(factories.person("Ani").id), client_of(factories.person("Rina", Role.PANITIA).id)
    stranger = client_of(factories.person("Cici").id)
    assert ani.get("/saya/riwayat").text.count("/saya/jp-luar") == 1

    def post(content: bytes, **more: str) -> Any:
        typed = {"title": "Lokakarya", "organiser": "Kampus", "held_on": said().held_on.isoformat(), "jp": "4", **more}
        data = {**typed, "file": (io.BytesIO(content), "sertifikat.png")}
        return ani.post("/saya/jp-luar", data=data, content_type="multipart/form-data")

    assert post(b"teks").status_code == 422
    assert post(PNG, jp="0").status_code == 422
    tomorrow = said(-1).held_on.isoformat()
    assert post(PNG, held_on=tomorrow).status_code == 422
    db.session().rollback()
    assert db.session().scalars(sa.select(DiscardedFile.sha256)).all() == [hashlib.sha256(PNG).hexdigest()]
    # Larger than any form without a file that is large by right.
    large = b"%PDF-1.4\n" + bytes(7 * 1024 * 1024) + b"%%EOF"
    assert "Kegiatannya belum selesai" in post(large, held_on=tomorrow).text
    assert post(PNG, held_on=clock.today().isoformat()).status_code == 303
    (code,) = db.session().scalars(sa.select(OutsideJp.code))
    page = ani.get("/saya/jp-luar").text
    assert ("Lokakarya" in page, "Menunggu diperiksa" in page) == (True, True)
    address = f"/saya/jp-luar/{code}/berkas"
    shown = panitia.get(address)
    assert (shown.status_code, shown.headers["Cache-Control"]) == (200, "private, no-store")
    assert [one.get(address).status_code for one in (ani, stranger)] == [200, 404]
    assert stranger.get("/binaan/jp-luar").status_code == 403
    assert "Lokakarya" in panitia.get("/binaan/jp-luar").text
    assert "1 JP dari luar Dinas menunggu" in panitia.get("/hari-ini").text
    for one in (ani, stranger):
        assert one.post(f"/binaan/jp-luar/{code}", data={"verdict": "sah"}).status_code == 404
    panitia.post(f"/binaan/jp-luar/{code}", data={"verdict": "tolak", "reason": ""})
    assert state(code) is OutsideState.ASKED
    panitia.post(f"/binaan/jp-luar/{code}", data={"verdict": "tolak", "reason": "berkas buram"})
    assert "Alasan: berkas buram" in ani.get("/saya/jp-luar").text
    other = send(db.session().scalars(sa.select(OutsideJp.person_id)).one(), title="Seminar")
    panitia.post(f"/binaan/jp-luar/{other}", data={"verdict": "sah"})
    assert ("Seminar" in panitia.get("/binaan/jp-luar").text, state(other)) == (False, OutsideState.CONFIRMED)
    assert "Batalkan pengesahan" in panitia.get("/binaan/jp-luar?lihat=sah").text
    panitia.post(f"/binaan/jp-luar/{other}", data={"verdict": "batal", "reason": "sertifikatnya palsu"})
    assert "Alasan: sertifikatnya palsu" in ani.get("/saya/jp-luar").text
    assert stranger.post(f"/saya/jp-luar/{code}/tarik").status_code == 404
    assert ani.post(f"/saya/jp-luar/{code}/tarik").status_code == 303
    assert state(code) is None
