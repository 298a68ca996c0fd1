"""What happens to an account that has a number and no e-mail, at each door that used to count on one."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from calakan.attendance.people import Index, participants
from calakan.diklat.models import Diklat
from calakan.duplicates import merging
from calakan.duplicates.models import PersonMerge
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.notifications import addresses as channels
from calakan.notifications import queries, tasks
from calakan.notifications.models import Message
from calakan.notifications.ways import Way
from calakan.people import queries as people
from calakan.people.errors import NumberTaken, StaffNeedsEmail
from calakan.people.models import Login, Person
from calakan.people.services import addresses, entry, numbers, roles, telling
from calakan.privacy import erasure
from config import Settings
from tests import factories
from tests.notifications.test_webhooks import APP_SECRET, cloud, words
from tests.numbers.acting import NUMBER, TYPED, ask, owner, told, welcomed
from tests.people.acting import acts, by, row
from tests.security.test_mail_codes import type_code
from tests.servers.gateways import Provider

Opener = Callable[[int | None], FlaskClient]


def settle() -> None:
    db.session().rollback()


def code_to(email: str) -> str:
    found = re.search(r"^\d{6}$", factories.mailed(email, entry.CODE).text, re.M)
    assert found is not None
    return found[0]


def test_an_email_is_added_and_the_number_hears_of_it(
    client: FlaskClient, gateway: Provider, settings: Settings
) -> None:
    id = welcomed(client, gateway, settings).id
    assert "0812 3456 7890" in client.get("/akun/email").get_data(as_text=True)
    client.post("/akun/email", data={"email": "ani@example.org", "use": "second_email"})
    assert type_code(client, code_to("ani@example.org")) == "/akun/email"
    assert (owner().email, owner().id, owner().second_email) == ("ani@example.org", id, None)
    tasks.deliver_due(settings)
    assert any("ani@example.org" in str(taken["template"]["components"]) for taken in gateway.taken)
    ask(client)
    told(gateway, settings)  # the number still lets in


@pytest.mark.parametrize("way", ["page", "stop"])
def test_a_number_is_let_go_once_there_is_an_email(
    app: Flask, client: FlaskClient, gateway: Provider, settings: Settings, way: str
) -> None:
    """On the page of addresses, or by BERHENTI; without an e-mail neither shuts its owner out."""
    app.extensions["calakan.settings"] = replace(settings, whatsapp_app_secret=APP_SECRET)
    id = welcomed(client, gateway, settings).id

    def leave() -> None:
        if way == "page":
            sent = {"kanal": "whatsapp", "next": "/akun/email"}
            assert client.post("/saya/pesan/putuskan", data=sent).headers["Location"] == "/akun/email"
        else:
            assert cloud(client, words("BERHENTI", sender=NUMBER, at=clock.now())).status_code == 200

    assert "Lepas nomor" not in client.get("/akun/email").get_data(as_text=True)
    leave()
    assert owner().id == id
    with db.transaction() as session:
        session.get_one(Person, id).email = "ani@example.org"
        channels.prove(id, Way.WHATSAPP, NUMBER, consent="Ya.", actor=factories.SYSTEM, now=clock.now())
    assert "Lepas nomor" in client.get("/akun/email").get_data(as_text=True)
    leave()
    assert (row(id).number, people.by_number(NUMBER), acts("people.drop_number")) == (
        None,
        None,
        ["people.drop_number"],
    )
    assert "0812 ••••890 dilepas" in factories.mailed("ani@example.org", telling.WAY_IN).text


def test_the_panitia_set_an_email_for_whoever_lost_the_number(
    client: FlaskClient, gateway: Provider, settings: Settings
) -> None:
    id = welcomed(client, gateway, settings).id
    with db.transaction():
        addresses.set_for(id, "ani@example.org", reason="Datang sendiri", actor=factories.SYSTEM, now=clock.now())
    found = people.person(id)
    assert found is not None
    assert (found.email, found.number, people.by_number(NUMBER)) == ("ani@example.org", None, None)
    assert client.get("/saya/profil").status_code != 200
    before = len(gateway.taken)
    tasks.deliver_due(settings)
    assert ["ani@example.org" in str(taken) for taken in gateway.taken[before:]][-1:] == [True]


def test_another_number_takes_the_place_of_the_first(
    client: FlaskClient, gateway: Provider, settings: Settings
) -> None:
    id = welcomed(client, gateway, settings).id
    client.post("/saya/pesan/whatsapp", data={"phone": "0813 1111 1111", "agree": "y"})
    assert owner().id == id  # until the new one is proven
    tasks.deliver_due(settings)
    code = gateway.taken[-1]["template"]["components"][0]["parameters"][0]["text"]
    assert client.post("/saya/pesan/whatsapp/kode", data={"code": code}).status_code == 303
    settle()
    assert people.by_number(NUMBER) is None
    assert owner("6281311111111").id == id
    assert acts("people.change_number") == ["people.change_number"]
    tasks.deliver_due(settings)
    last = gateway.taken[-1]
    assert (last["to"], "0813 ••••111" in str(last["template"])) == (NUMBER, True)


def test_a_browser_left_open_adds_no_number(client: FlaskClient, gateway: Provider, settings: Settings) -> None:
    """A number lets in for good: who adds one says again who he is, and the owner of the account hears of it."""
    welcomed(client, gateway, settings)
    with db.transaction() as session:
        session.execute(sa.update(Login).values(proved_at=clock.now() - timedelta(minutes=16)))
    for path, sent in (("", {"phone": "0813 1111 1111", "agree": "y"}), ("/kode", {"code": "123456"})):
        answer = client.post(f"/saya/pesan/whatsapp{path}", data=sent)
        assert "/saya/pastikan" in answer.headers["Location"]


def test_a_number_on_an_account_with_an_email_is_told_there(
    client_of: Opener, gateway: Provider, settings: Settings
) -> None:
    sri = factories.person("Sri")
    id, email, browser = sri.id, sri.email, client_of(sri.id)
    browser.post("/saya/pesan/whatsapp", data={"phone": TYPED, "agree": "y"})
    assert browser.post("/saya/pesan/whatsapp/kode", data={"code": told(gateway, settings)}).status_code == 303
    assert owner().id == id
    assert email is not None
    assert "0812 ••••890" in factories.mailed(email, telling.WAY_IN).text


def test_a_number_is_of_one_account(client: FlaskClient, gateway: Provider, settings: Settings) -> None:
    welcomed(client, gateway, settings)
    other = factories.person("Budi")
    with db.transaction() as session:
        row = session.get_one(Person, other.id)
        row.number, row.email = "6281399999999", None
    with db.transaction(), pytest.raises(NumberTaken):
        numbers.follow(other.id, NUMBER, actor=factories.SYSTEM, now=clock.now())
    with pytest.raises(NumberTaken), db.transaction() as session:  # and of two proofs at once one holds
        session.execute(sa.update(Person).where(Person.id == other.id).values(number=NUMBER))


def test_whoever_writes_stop_reads_letters_in_the_inbox_and_still_comes_in(
    client: FlaskClient, gateway: Provider, settings: Settings
) -> None:
    id = welcomed(client, gateway, settings).id
    tasks.deliver_due(settings)
    with db.transaction():
        assert channels.stop(Way.WHATSAPP, NUMBER, said_at=clock.now(), now=clock.now())
    before = len(gateway.taken)
    with db.transaction():
        roles.switch_account(id, active=False, actor=factories.SYSTEM, now=clock.now())
    assert people.by_number(NUMBER) is not None  # and a closed account takes no code
    ask(client)
    tasks.deliver_due(settings)
    assert len(gateway.taken) == before
    with db.transaction():
        roles.switch_account(id, active=True, actor=factories.SYSTEM, now=clock.now())
    ask(client)
    told(gateway, settings)
    assert len(gateway.taken) == before + 1
    page = client.post("/saya/pesan/putuskan", data={"kanal": "whatsapp"}, follow_redirects=True)
    assert page.status_code == 200


def test_staff_need_an_email(client: FlaskClient, gateway: Provider, settings: Settings) -> None:
    id = welcomed(client, gateway, settings).id
    with db.transaction(), pytest.raises(StaffNeedsEmail):
        roles.set_roles(id, [Role.PANITIA], actor=factories.SYSTEM, now=clock.now())
    with db.transaction():
        addresses.set_for(id, "ani@example.org", reason="Minta", actor=factories.SYSTEM, now=clock.now())
        roles.set_roles(id, [Role.PANITIA], actor=factories.SYSTEM, now=clock.now())


@pytest.mark.parametrize("own", [None, "6281399999999"])
def test_the_number_of_an_account_that_is_merged_away_is_not_lost(
    client: FlaskClient, gateway: Provider, settings: Settings, own: str | None
) -> None:
    """It opens the account that is kept, unless another does: then its owner may prove it there."""
    gone, kept = welcomed(client, gateway, settings).id, factories.person("Ani Rahmawati").id
    with db.transaction() as session:
        session.get_one(Person, kept).number = own
    one, other = people.person(kept), people.person(gone)
    assert one is not None
    assert other is not None
    assert ("number" in merging.preview(one, other).fills) is (own is None)
    code = merged(kept, gone)
    assert (row(kept).number, row(gone).number) == (own or NUMBER, None)
    settle()
    assert {taken.address for taken in messages("merged_away")} >= {NUMBER}
    assert len(messages("number_added")) == (own is None)
    if own is None:
        ask(client)
        told(gateway, settings)  # a code comes
    else:
        by(numbers.follow, kept, NUMBER)
        assert owner().id == kept
        by(numbers.follow, kept, own)
    by(merging.undo, code)
    assert (row(kept).number, row(gone).number) == (own, NUMBER)


def test_a_number_is_not_given_to_staff_nor_taken_back_from_somebody_else(
    client: FlaskClient, gateway: Provider, settings: Settings
) -> None:
    gone, kept = welcomed(client, gateway, settings).id, factories.person("Ani", Role.PANITIA).id
    code = merged(kept, gone)
    assert (row(kept).number, row(gone).number) == (None, None)
    other = factories.person("Budi").id
    with db.transaction() as session:
        session.get_one(Person, other).number = NUMBER
    by(merging.undo, code)
    assert (row(gone).number, row(other).number) == (None, NUMBER)


def merged(kept: int, gone: int) -> str:
    made = by(merging.merge, kept, gone)
    assert isinstance(made, PersonMerge)
    return made.code


def messages(what: str) -> list[Message]:
    sent = db.session().scalars(sa.select(Message).where(Message.kind == telling.WAY_IN).order_by(Message.id))
    return [message for message in sent if message.facts["what"] == what]


def test_erasure_takes_the_number(client: FlaskClient, gateway: Provider, settings: Settings) -> None:
    id = welcomed(client, gateway, settings).id
    tasks.deliver_due(settings)
    with db.transaction():
        erasure.erase(id, reason="diminta", actor=factories.SYSTEM, now=clock.now())
    found = people.person(id)
    assert found is not None
    assert (found.erased, found.number, found.phone, people.by_number(NUMBER)) == (True, None, None, None)
    rows = db.session().scalars(sa.select(Message.address).where(Message.address.contains(NUMBER[3:]))).all()
    assert rows == []
    assert queries.address_of(id, Way.WHATSAPP) is None


def test_pages_and_files_never_say_none(
    app: Flask, client_of: Opener, client: FlaskClient, gateway: Provider, settings: Settings
) -> None:
    person = welcomed(client, gateway, settings)
    id, code = person.id, person.code
    staff = client_of(factories.person("Tuti", Role.ADMIN).id)
    diklat_id, slug = db.session().execute(sa.select(Diklat.id, Diklat.slug)).one()
    own = (
        "/saya/profil",
        "/akun/email",
        "/saya/data",
        "/saya/data/hapus",
        "/saya/pesan/atur",
        "/saya/pesan",
        "/saya/perangkat",
    )
    for path in own:
        page = client.get(path, follow_redirects=True).get_data(as_text=True)
        assert not re.search(r"\bNone\b", page), path
    for path in (f"/kelola/orang/{code}", f"/kelola/diklat/{slug}/peserta", "/kelola/orang", "/kelola/pesan"):
        answer = staff.get(path)
        assert answer.status_code == 200, path
        assert not re.search(r"\bNone\b", answer.get_data(as_text=True)), path
        assert "mailto:None" not in answer.get_data(as_text=True)
    answer = staff.get(f"/kelola/diklat/{slug}/peserta.csv")
    rows = list(csv.reader(io.StringIO(answer.get_data(as_text=True).lstrip("\ufeff"))))
    assert "None" not in {cell for row in rows for cell in row}
    index = Index(participants(diklat_id))
    assert (index.by_email, [row.person_id for row in index.all]) == ({}, [id])
