"""A message to many: whom it reaches, what it refuses before the first mail, and that it can be stopped while it runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import time, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from calakan.audit.models import AuditEntry
from calakan.enrolment import broadcasts, services
from calakan.enrolment.broadcasts import Audience
from calakan.enrolment.errors import BroadcastEmpty, BroadcastSent, PlaceholderUnknown, PlaceholderWithoutValue
from calakan.enrolment.models import Broadcast, EnrolmentState
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.kernel.claims import WorkState
from calakan.notifications import letters, tasks, ways
from calakan.notifications.models import AddressState, ChannelAddress, Message, PushSubscription
from calakan.notifications.ways import Way
from calakan.office import services as office
from calakan.people.models import Jenjang, Kecamatan, Person, School
from tests import factories
from tests.servers.smtp import SmtpSink

Opener = Callable[[int | None], FlaskClient]


@pytest.fixture(autouse=True)
def by_day() -> Iterator[None]:
    with time_machine.travel(clock.instant(clock.today(), time(10)), tick=False):
        yield


@pytest.fixture
def course(app: Flask) -> tuple[int, list[int]]:
    """A diklat with three confirmed people: two of SD, one of SMP."""
    id = factories.diklat("Numerasi", days=9).id
    people = [factories.person(name, jenjang=level).id for name, level in
              (("Ani", Jenjang.SD), ("Budi", Jenjang.SD), ("Citra", Jenjang.SMP))]  # fmt: skip
    for person in people:
        with db.transaction():
            services.join(id, person, actor=factories.SYSTEM, now=clock.now())
    with db.transaction() as session:
        session.execute(sa.update(Message).values(state=WorkState.DONE))
    return id, people


def written(body: str = "Halo {nama}", subject: str = "Kabar", **filters: Any) -> int:
    with db.transaction():
        return broadcasts.write(
            subject,
            body,
            Audience(**filters),
            actor=factories.SYSTEM,
            now=clock.now(),
        ).id


def send(id: int) -> int:
    with db.transaction():
        return broadcasts.send(id, at=None, actor=factories.SYSTEM, now=clock.now())


def told() -> dict[int, WorkState]:
    db.session().rollback()
    rows = db.session().execute(sa.select(Message.person_id, Message.state).where(Message.kind == broadcasts.KIND))
    return dict(rows.all())


def test_it_reaches_exactly_the_filtered_and_only_once(app: Flask, course: tuple[int, list[int]]) -> None:
    id, (ani, budi, citra) = course
    factories.person("Luar")
    first = written(diklat_id=id, jenjang="sd")
    assert send(first) == 2
    assert told() == {ani: WorkState.PENDING, budi: WorkState.PENDING}
    with pytest.raises(BroadcastSent):
        send(first)
    with db.transaction():
        services.leave(id, citra, actor=factories.SYSTEM, now=clock.now())
    assert broadcasts.count(Audience(diklat_id=id, stage="cancelled")) == 1
    with pytest.raises(BroadcastEmpty):
        send(written(diklat_id=id, role="admin"))


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("{nama.__class__}", PlaceholderUnknown), ("{0}", PlaceholderUnknown), ("Halo {", PlaceholderUnknown),
        ("{{nama}}", PlaceholderUnknown), ("{nip}", PlaceholderUnknown), ("{diklat}", PlaceholderWithoutValue),
    ],
)  # fmt: skip
def test_a_wrong_placeholder_is_refused_before_anything_leaves(app: Flask, body: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        written(body)
    assert db.session().scalar(sa.select(sa.func.count()).select_from(Broadcast)) == 0


def test_a_value_that_one_of_many_lacks_is_refused_too(app: Flask, course: tuple[int, list[int]]) -> None:
    id, people = course
    with db.transaction() as session:
        session.execute(sa.update(Person).where(Person.id == people[1]).values(school_id=None))
    broadcast = written("Dari {sekolah}", diklat_id=id)
    with pytest.raises(PlaceholderWithoutValue) as refused:
        send(broadcast)
    assert refused.value.facts == {"name": "sekolah", "people": 1}
    assert told() == {}


def test_a_name_with_braces_stays_a_name(app: Flask, course: tuple[int, list[int]]) -> None:
    id, people = course
    with db.transaction() as session:
        session.execute(sa.update(Person).where(Person.id == people[0]).values(name="{diklat}"))
    send(written("Halo {nama} ({sekolah}), {diklat}: {tautan}", subject="Untuk {nama}", diklat_id=id))
    message = db.session().scalars(sa.select(Message).where(Message.person_id == people[0]).order_by(Message.id.desc()))
    letter = letters.compose(message.first(), clock.now())
    assert letter is not None
    assert letter.subject == "Untuk {diklat}"
    school = db.session().scalars(sa.select(School.name).join(Person, Person.school_id == School.id)).first()
    assert letter.text.startswith(f"Halo {{diklat}} ({school}), Numerasi: http://calakan.test/diklat/numerasi\n")


def test_stopped_while_it_runs_nobody_else_gets_it(app: Flask, course: tuple[int, list[int]]) -> None:
    id, people = course
    broadcast = written(diklat_id=id)
    send(broadcast)
    with db.transaction() as session:
        session.execute(sa.update(Message).where(Message.person_id == people[0]).values(state=WorkState.DONE))
        # A worker has this one in hand already.
        held = sa.update(Message).where(Message.person_id == people[1], Message.kind == broadcasts.KIND)
        session.execute(held.values(state=WorkState.CLAIMED, claim_token="x"))
    with db.transaction():
        assert broadcasts.stop(broadcast, actor=factories.SYSTEM, now=clock.now()) == 1
    assert told() == {people[0]: WorkState.DONE, people[1]: WorkState.CLAIMED, people[2]: WorkState.DROPPED}
    message = db.session().scalars(sa.select(Message).where(Message.state == WorkState.CLAIMED)).one()
    assert letters.compose(message, clock.now()) is None


def test_at_night_it_waits_for_the_morning(app: Flask, course: tuple[int, list[int]]) -> None:
    broadcast = written(diklat_id=course[0])
    night = clock.instant(clock.today(), time(22))
    with db.transaction():
        broadcasts.send(broadcast, at=night, actor=factories.SYSTEM, now=clock.now())
    due = set(db.session().scalars(sa.select(Message.due_at).where(Message.kind == broadcasts.KIND)))
    assert due == {clock.instant(clock.today() + timedelta(days=1), time(5))}


def test_from_the_form_to_the_mailbox(app: Flask, course: tuple[int, list[int]], client_of: Opener) -> None:
    staff = client_of(factories.person("Panitia", Role.PANITIA).id)
    typed = {"diklat": "numerasi", "stage": "confirmed", "subject": "Kabar", "body": "Halo {nama}, {diklat} dimulai."}
    typed |= dict.fromkeys(("jenjang", "kecamatan", "role", "npsn"), "")
    wrong = staff.post("/kelola/siaran/baru", data={**typed, "body": "Halo {nip}"})
    assert (wrong.status_code, "{nip} tidak dikenal" in wrong.text, "Halo {nip}" in wrong.text) == (422, True, True)
    page = staff.post("/kelola/siaran/baru", data=typed).headers["Location"]
    shown = staff.get(page).text
    assert "Kirim kepada 3 orang" in shown
    assert "Halo Ani, Numerasi dimulai." in shown
    assert staff.post(f"{page}/uji").status_code == 303
    assert staff.post(f"{page}/kirim", data={"at": ""}).status_code == 303
    assert staff.post(f"{page}/kirim", data={"at": ""}).status_code == 422
    with SmtpSink("permanent", refused={db.session().get_one(Person, course[1][2]).email}) as sink:
        tasks.deliver_due(replace(app.extensions["calakan.settings"], smtp_url=sink.url))
        texts = [r.message.get_content().splitlines()[0] for r in sink.messages]
    assert sorted(texts) == sorted(f"Halo {name}, Numerasi dimulai." for name in ("Panitia", "Ani", "Budi"))
    result = staff.get(page).text
    assert "<b>2</b> terkirim, <b>1</b> gagal" in result
    assert "2 terkirim, 1 gagal" in staff.get("/kelola/siaran").text


def test_the_page_says_when_the_last_would_leave(app: Flask, course: tuple[int, list[int]], client_of: Opener) -> None:
    with db.transaction():
        office.change_settings(actor=factories.SYSTEM, now=clock.now(), mail_per_hour=1)
    with db.transaction():
        code = broadcasts.write(
            "Kabar", "Halo", Audience(diklat_id=course[0]), actor=factories.SYSTEM, now=clock.now()
        ).code
    page = client_of(factories.person("Panitia", Role.PANITIA).id).get(f"/kelola/siaran/{code}").text
    assert f"{clock.local(clock.now() + timedelta(hours=2)):%H.%M} WIB</b>" in page


def test_it_leaves_by_the_chosen_channels_alone(app: Flask, course: tuple[int, list[int]], client_of: Opener) -> None:
    _, (ani, budi, _citra) = course
    ways.connect({Way.MAIL: {}, Way.TELEGRAM: {}})
    staff = client_of(factories.person("Rina", Role.PANITIA).id)
    good = {"diklat": "numerasi", "stage": "confirmed", "subject": "Kabar", "body": "Halo {nama}"}
    good |= dict.fromkeys(("jenjang", "kecamatan", "role", "npsn"), "")
    assert staff.post("/kelola/siaran/baru", data=good).status_code == 422
    made = staff.post("/kelola/siaran/baru", data={**good, "channels": "telegram"})
    assert made.status_code == 303
    code = made.location.rpartition("/")[2]
    with db.transaction() as session:
        broadcast = session.scalars(sa.select(Broadcast)).one()
        assert (broadcast.code, broadcast.channels) == (code, ["telegram"])
        number = broadcast.id
    with pytest.raises(BroadcastEmpty):
        send(number)
    with db.transaction() as session:
        state = AddressState.CONFIRMED
        for person, chat in ((ani, "1"), (budi, "2")):
            session.add(
                ChannelAddress(person_id=person, channel=Way.TELEGRAM, address=chat, state=state, asked_at=clock.now())
            )
    assert "Telegram 2 orang" in staff.get(f"/kelola/siaran/{code}").text
    assert send(number) == 2
    assert told() == {ani: WorkState.PENDING, budi: WorkState.PENDING}
    typed = {**good, "channels": ["mail", "telegram"]}
    page = staff.get(staff.post("/kelola/siaran/baru", data=typed).location).text
    assert "Email 3 orang" in page
    assert "Telegram 2 orang" in page


def test_each_filter_means_its_own(app: Flask, course: tuple[int, list[int]]) -> None:
    id, (ani, budi, citra) = course
    other = factories.diklat("Literasi", days=9, quota=1).id
    panitia, narasumber = factories.person("Dian", Role.PANITIA).id, factories.person("Eka", Role.NARASUMBER).id
    closed, unproven = factories.person("Tutup").id, factories.person("Belum").id
    for person in (panitia, narasumber):
        with db.transaction():
            services.join(other, person, actor=factories.SYSTEM, now=clock.now())
    with db.transaction() as session:
        schools = session.scalars(sa.select(School).order_by(School.id).limit(2)).all()
        session.get_one(Person, budi).school_id = schools[1].id
        codes = session.scalars(sa.select(Kecamatan.code).order_by(Kecamatan.code).limit(2)).all()
        for person, code in ((ani, codes[0]), (budi, codes[1]), (citra, codes[1]), (panitia, None), (narasumber, None)):
            session.get_one(Person, person).kecamatan_code = code
        session.get_one(Person, closed).active = False
        session.get_one(Person, unproven).email_confirmed_at = None
        npsn = [school.npsn for school in schools]

    def meant(**filters: Any) -> list[int]:
        return [row[0] for row in db.session().execute(broadcasts.recipients(Audience(**filters)))]

    assert meant() == [ani, budi, citra, panitia, narasumber]
    assert (meant(role="panitia"), meant(role="narasumber")) == ([panitia], [narasumber])
    assert (meant(diklat_id=other), meant(diklat_id=other, stage="waiting")) == ([panitia], [narasumber])
    assert (meant(jenjang="smp"), meant(diklat_id=id, jenjang="sd")) == ([citra], [ani, budi])
    assert (meant(kecamatan=codes[0]), meant(kecamatan=codes[1])) == ([ani], [budi, citra])
    assert (meant(npsn=npsn[1]), meant(diklat_id=id, npsn=npsn[0])) == ([budi], [ani, citra])
    found = db.session().execute(broadcasts.recipients(Audience(npsn=npsn[1]))).one()
    name = db.session().scalar(sa.select(Kecamatan.name).where(Kecamatan.code == codes[1]))
    assert (found[1], found[3], found[4]) == ("Budi", schools[1].name, name)
    assert (broadcasts.count(Audience()), broadcasts.count(Audience(jenjang="paud"))) == (5, 0)


def test_results_are_of_one_broadcast_what_needs_a_look_first(app: Flask, course: tuple[int, list[int]]) -> None:
    id, people = course
    one, other, draft = (written(diklat_id=id) for _ in range(3))
    for number in (one, other):
        assert send(number) == 3
    with db.transaction():
        broadcasts.try_on(one, people[0], actor=factories.SYSTEM, now=clock.now())
    ids = [row.id for row in db.session().scalars(broadcasts.results(one))]
    assert len(ids) == 3
    with db.transaction() as session:
        for number, state in ((ids[2], WorkState.FAILED), (ids[1], WorkState.UNCERTAIN)):
            session.execute(sa.update(Message).where(Message.id == number).values(state=state))
        session.execute(sa.update(Message).where(Message.subject_kind == "diklat").values(subject_id=one))
    assert [row.id for row in db.session().scalars(broadcasts.results(one))] == ids[::-1]
    once = {WorkState.FAILED: 1, WorkState.UNCERTAIN: 1, WorkState.PENDING: 1}
    assert broadcasts.result_counts(one) == {one: once}
    assert broadcasts.result_counts(one, other, draft) == {one: once, other: {WorkState.PENDING: 3}, draft: {}}
    assert [row.id for row in db.session().scalars(broadcasts.all_broadcasts())] == [draft, other, one]
    for number in (one, other):
        code = db.session().get_one(Broadcast, number).code
        assert broadcasts.by_code(code).id == number


def test_a_trial_goes_to_one_with_ones_own_words_and_leaves_the_draft_open(
    app: Flask, course: tuple[int, list[int]]
) -> None:
    id, people = course
    number = written("  Halo {nama} dari {diklat}  ", subject=" Kabar   baik ", diklat_id=id)
    with db.transaction():
        broadcasts.try_on(number, people[1], actor=factories.SYSTEM, now=clock.now())
    trial = db.session().scalars(sa.select(Message).where(Message.kind == broadcasts.TRIAL)).one()
    letter = letters.compose(trial, clock.now())
    assert letter is not None
    assert (trial.person_id, letter.subject, letter.text.splitlines()[0]) == (
        people[1], "Kabar baik", "Halo Budi dari Numerasi",
    )  # fmt: skip
    assert send(number) == 3
    acts = sa.select(AuditEntry.act).where(AuditEntry.act.like("%broadcast")).order_by(AuditEntry.id)
    with db.transaction():
        assert [broadcasts.stop(number, actor=factories.SYSTEM, now=clock.now()) for _ in range(2)] == [3, 0]
    assert db.session().scalars(acts).all() == [
        "enrolment.write_broadcast", "enrolment.try_broadcast", "enrolment.send_broadcast", "enrolment.stop_broadcast",
    ]  # fmt: skip
    facts = db.session().scalars(sa.select(AuditEntry.facts).where(AuditEntry.act == "enrolment.send_broadcast")).one()
    assert facts["people"] == 3


def test_a_time_that_is_over_is_now_and_a_later_one_is_kept(app: Flask, course: tuple[int, list[int]]) -> None:
    now = clock.now()
    for at, due in ((now - timedelta(hours=2), now), (now + timedelta(hours=2), now + timedelta(hours=2))):
        number = written(diklat_id=course[0])
        with db.transaction():
            broadcasts.send(number, at=at, actor=factories.SYSTEM, now=now)
        assert db.session().get_one(Broadcast, number).send_at == due
        assert {row.due_at for row in db.session().scalars(broadcasts.results(number))} == {due}


def test_a_lacking_value_matters_only_where_it_is_named(app: Flask, course: tuple[int, list[int]]) -> None:
    id, people = course
    with db.transaction() as session:
        session.get_one(Person, people[0]).kecamatan_code = None
        session.execute(sa.update(Person).where(Person.id.in_(people)).values(school_id=None))
    for subject, body, people_lacking in (("{kecamatan}", "x", 1), ("x", "{sekolah}", 3), ("{sekolah}", "y", 3)):
        with pytest.raises(PlaceholderWithoutValue) as refused:
            send(written(body, subject=subject, diklat_id=id))
        assert refused.value.facts["people"] == people_lacking
    assert send(written("Halo {nama}", diklat_id=id)) == 3


def test_the_counts_of_reach_are_of_those_who_are_meant(app: Flask, course: tuple[int, list[int]]) -> None:
    id, (ani, budi, _citra) = course
    ways.connect({Way.MAIL: {}, Way.TELEGRAM: {}, Way.PUSH: {}})
    stranger = factories.person("Luar").id
    with db.transaction() as session:
        for person in (ani, stranger):
            session.add(
                ChannelAddress(
                    person_id=person, channel=Way.TELEGRAM, address=str(person), state=AddressState.CONFIRMED,
                    asked_at=clock.now(),
                )
            )  # fmt: skip
        for person in (ani, budi, stranger):
            session.add(
                PushSubscription(
                    person_id=person, address=f"HP {person:06}", endpoint=f"https://fcm.googleapis.com/{person}",
                    public="", auth="", made_at=clock.now(),
                )
            )  # fmt: skip

    def reached(*channels: Way) -> dict[Way, int]:
        with db.transaction():
            made = broadcasts.write(
                "Kabar", "Halo", Audience(diklat_id=id), channels=channels, actor=factories.SYSTEM, now=clock.now()
            )
            return broadcasts.reached(made)

    assert reached(Way.MAIL) == {Way.MAIL: 3}
    assert reached(Way.TELEGRAM) == {Way.TELEGRAM: 1}
    assert reached(Way.MAIL, Way.TELEGRAM, Way.PUSH) == {Way.MAIL: 3, Way.TELEGRAM: 1, Way.PUSH: 2}


def test_nobody_chosen_is_not_everybody(app: Flask, course: tuple[int, list[int]]) -> None:
    id, (ani, *_) = course
    text: dict[str, Any] = {"subject": "Kabar", "body": "Halo", "key": "satu", "stage": EnrolmentState.CONFIRMED}
    with pytest.raises(BroadcastEmpty), db.transaction():
        broadcasts.send_chosen(id, [], **text, actor=factories.SYSTEM, now=clock.now())
    with db.transaction():
        broadcasts.send_chosen(id, [ani, ani], **text, actor=factories.SYSTEM, now=clock.now())
    assert list(db.session().scalars(sa.select(Message.person_id).where(Message.kind == broadcasts.KIND))) == [ani]
