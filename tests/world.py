"""A small office with everybody in it: one person of each kind, and things of one's own and of others for every address.

Tests that go by the table of routes ask here for people and addresses, so a new route is met in one place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from calakan import policy
from calakan.assessment.models import ExamKind
from calakan.assessment.services import attempts, exams, exercises, handing_in, questions
from calakan.attendance import batches
from calakan.attendance import services as attendance
from calakan.certificates import links
from calakan.certificates import tasks as certificate_tasks
from calakan.certificates.designs import services as designs
from calakan.certificates.designs.layout import fresh
from calakan.certificates.models import Certificate
from calakan.certificates.outside import services as outside
from calakan.certificates.past import services as past
from calakan.certificates.seals import Seals
from calakan.certificates.yearly import services as yearly
from calakan.diklat import queries as diklat_queries
from calakan.diklat.models import Group
from calakan.diklat.services import details, programme, sessions, states
from calakan.duplicates import merging
from calakan.duplicates.models import LikelyPair
from calakan.enrolment import broadcasts, sharing
from calakan.enrolment import services as enrolment
from calakan.enrolment.models import Enrolment
from calakan.feedback.models import Consent, Quote, Survey
from calakan.kernel import clock, codes, db
from calakan.kernel.actor import Role
from calakan.materials import services as materials
from calakan.materials.models import Audience, MaterialKind
from calakan.narasumber import queries as narasumber
from calakan.narasumber import services as speaking
from calakan.narasumber import tokens
from calakan.narasumber.models import Assignment, AssignmentState, Volunteer
from calakan.notifications import addresses, devices, topics, ways
from calakan.notifications.bounces import services as bounces
from calakan.notifications.bounces.kinds import BounceKind
from calakan.notifications.bounces.reports import Report
from calakan.notifications.channels.interface import Device
from calakan.notifications.models import ChannelAddress, Message, PushSubscription
from calakan.notifications.ways import PROOF, Way
from calakan.people import passwords, queries
from calakan.people.models import (
    Jenjang,
    MailCode,
    OneTimeLink,
    Person,
    PersonRole,
    PersonScope,
    Purpose,
    School,
    Wanted,
)
from calakan.people.services import accounts, passkeys, profile, second_factor
from calakan.privacy import breaches
from calakan.recognition.models import AssignmentLetter
from calakan.reports import services as reports
from calakan.reports import tasks as report_tasks
from calakan.reports.models import ExportFormat, ExportKind
from calakan.reports.terms import Dimension, Filters
from calakan.roster import claiming
from calakan.roster import lists as roster
from calakan.roster import tasks as roster_tasks
from calakan.roster.models import RosterRow
from tests.factories import SYSTEM
from tests.materials.samples import PDF

DEVICE = Device("https://updates.push.services.mozilla.com/wpush/v2/a", "B" + "A" * 86, "A" * 22)
PASSWORD = "jambu kuning di kebun belakang"
SCHOOL, ELSEWHERE = "school", "elsewhere"
Text = Callable[[str], str]


@dataclass
class World:
    """Ids and addresses only: nothing here dies with a session."""

    app: Flask
    people: dict[str, int] = field(default_factory=dict)
    emails: dict[str, str] = field(default_factory=dict)
    private: dict[str, list[str]] = field(default_factory=dict)  # what nobody else may read of a person
    codes: dict[str, str] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    diklat: dict[str, str] = field(default_factory=dict)  # by what it is good for: its slug
    ids: dict[str, int] = field(default_factory=dict)
    papers: dict[str, str] = field(default_factory=dict)  # by holder
    volunteers: dict[str, str] = field(default_factory=dict)
    schools: dict[str, str] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)

    def client(self, who: str | None) -> FlaskClient:
        """A browser of this person, logged in; None is nobody."""
        client = self.app.test_client()
        if who is not None:
            with client.session_transaction() as session:
                session["_user_id"] = self.secrets[who]
                session["_fresh"] = True
        return client


# The columns of the matrix. The narasumber leads what is "own"; kepsek, pengawas and korwilcam see the peserta's school.
KINDS = (None, "peserta", "narasumber", "kepsek", "pengawas", "korwilcam", "pimpinan", "panitia", "admin")


def build(app: Flask, text: Text = lambda plain: plain) -> World:
    """Everybody and everything; `text` changes what is stored in fields of free text."""
    world, now = World(app), clock.now()
    here, other = _schools()
    world.schools = {"own": here.npsn, "foreign": other.npsn}
    world.values |= {"here": here.kecamatan_code, "there": other.kecamatan_code}
    places = {SCHOOL: here.id, ELSEWHERE: other.id}
    for name, roles, place in (
        ("peserta", [], SCHOOL),
        ("narasumber", [Role.NARASUMBER], SCHOOL),
        ("kepsek", [], SCHOOL),
        ("pengawas", [], ELSEWHERE),
        ("korwilcam", [Role.KORWILCAM], ELSEWHERE),
        ("pimpinan", [Role.PIMPINAN], ELSEWHERE),
        ("panitia", [Role.PANITIA], ELSEWHERE),
        ("admin", [Role.ADMIN], ELSEWHERE),
        ("guru lain", [], ELSEWHERE),
        ("narasumber lain", [Role.NARASUMBER], ELSEWHERE),
        ("penunggu", [], ELSEWHERE),
        ("pelamar", [], ELSEWHERE),
        ("baru", [], ELSEWHERE),
    ):
        _person(world, name, roles, places[place], text, now)
    _scopes(world, here, other)
    _volunteers(world, text, now)
    _diklat(world, text, now)
    _papers(world, text, now)
    _links(world, now)
    _design(world, text, now)
    _materials(world, text, now)
    _tasks(world, text, now)
    _tests(world, text, now)
    _exports(world, now)
    _channels(world, now)
    _roster(world, text, now)
    _claims(world, now)
    _doubles(world, now)
    with db.transaction():
        for name, id in world.people.items():
            world.secrets[name] = accounts.log_in(id, device="test", now=now)
    db.db.session.remove()
    return world


def open_channels() -> None:
    """All ways are set up in this office; who asks for it, before looking at it."""
    passkeys.connect("http://localhost")
    ways.connect({way: {} for way in Way})
    devices.connect(urlsplit(DEVICE.endpoint).netloc)


def _channels(world: World, now: datetime) -> None:
    """One who waits for a code, and one whose chat is confirmed."""
    peserta, narasumber = world.people["peserta"], world.people["narasumber"]
    with db.transaction() as session:
        addresses.ask_code(peserta, "Sri", "6281211112222", consent="Ya.", actor=SYSTEM, now=now)
        addresses.ask_link(narasumber, consent="Ya.", actor=SYSTEM, now=now)
        session.execute(sa.delete(Message).where(Message.kind == PROOF))  # nobody sends it
        world.values["channel code"] = addresses.new_code(peserta, "6281211112222", now)
        session.execute(sa.update(ChannelAddress).values(proof_until=now + timedelta(days=1)))
    with db.transaction() as session:
        waits = session.scalars(sa.select(ChannelAddress).where(ChannelAddress.person_id == narasumber)).one()
        addresses.confirm_chat(addresses.link_token(waits), "4711", now=now)


def _roster(world: World, text: Text, now: datetime) -> None:
    """A list that was applied, and one that was read."""
    head = "nama;nip;npsn\n"
    applied = "".join(
        [head, *(f"{text(f'Sri Induk {at}')};19850131201001277{at};{world.schools['own']}\n" for at in range(3))]
    )
    listed = (
        f"{head}{text('Sri Baru')};;{world.schools['own']}\n{text('Sri Rusak')};1,98501E+17;{world.schools['own']}\n"
    )
    for name, content in (("applied roster list", applied), ("roster list", listed)):
        with db.transaction():
            world.ids[name] = roster.store(
                content.encode(), source=text("Dapodik"), as_of=clock.local(now).date(), file_name="guru.csv",
                actor=SYSTEM, now=now,
            ).id  # fmt: skip
        roster_tasks.work_one(world.ids[name])
        if name != "roster list":
            with db.transaction():
                roster.apply(world.ids[name], actor=SYSTEM, now=now)
            roster_tasks.work_one(world.ids[name])


def _claims(world: World, now: datetime) -> None:
    """The peserta and another teacher wait for whoever decides; the third row is nobody's."""
    codes_of_rows = list(db.session().scalars(sa.select(RosterRow.code).order_by(RosterRow.id)))
    for name, who, code in (("claim", "peserta", 0), ("foreign claim", "guru lain", 1)):
        with db.transaction():
            world.values[name] = claiming.ask(codes_of_rows[code], actor=_actor(world, who), now=now).code
    world.values["roster row"] = codes_of_rows[2]


def _doubles(world: World, now: datetime) -> None:
    """Two accounts that were made one, and two that may be one."""
    with db.transaction() as session:
        both = [
            accounts.new_person(f"ganda{at}@example.org", "Sri Ganda", now=now, password_hash=None) for at in (1, 2)
        ]
        session.add_all(both)
        session.flush()
        first, second = sorted((world.people["baru"], world.people["penunggu"]))
        session.add(LikelyPair(first_id=first, second_id=second, signs=["name", "school"], weight=4, found_at=now))
        kept, gone = (one.id for one in both)
    with db.transaction():
        world.values["merge"] = merging.merge(kept, gone, actor=SYSTEM, now=now).code


def _schools() -> tuple[School, School]:
    first = db.session().scalars(sa.select(School).where(School.jenjang == Jenjang.SD).order_by(School.id)).first()
    assert first is not None
    elsewhere = sa.select(School).where(School.jenjang == Jenjang.SD, School.kecamatan_code != first.kecamatan_code)
    other = db.session().scalars(elsewhere.order_by(School.id)).first()
    assert other is not None
    return first, other


def _person(world: World, name: str, roles: list[Role], school_id: int, text: Text, now: datetime) -> None:
    number = len(world.people) + 1
    email = f"{name.replace(' ', '.')}@alamat-pribadi.example.org"
    with db.transaction() as session:
        made = accounts.new_person(
            email, text(f"Sri {name.title()}"), now=now, password_hash=passwords.hashed(PASSWORD)
        )
        made.email_confirmed_at = now
        made.roles = [PersonRole(role=role) for role in roles]
        session.add(made)
        session.flush()
        id, world.codes[name] = made.id, made.code
    nip, nuptk, phone = f"19850131201001{number % 2 + 1}{number:03}", f"77777777{number:08}", f"0812345670{number:02}"
    given = profile.Profile(
        name=text(f"Sri {name.title()}"), jabatan="guru_mapel", subject_taught=text("IPA"), employment="pns",
        jenjang=Jenjang.SD, school_id=school_id, accept_notice=True, nip=nip, nuptk=nuptk, phone=phone,
    )  # fmt: skip
    with db.transaction():
        profile.save_profile(id, given, actor=SYSTEM, now=now)
    world.people[name], world.emails[name] = id, email
    world.private[name] = [nip, nuptk, phone[1:], email]


def _scopes(world: World, here: School, other: School) -> None:
    here_id, kecamatan = here.id, here.kecamatan_code
    with db.transaction() as session:
        session.add_all(
            [
                PersonScope(person_id=world.people["kepsek"], school_id=here_id),
                PersonScope(person_id=world.people["pengawas"], school_id=here_id),
                PersonScope(person_id=world.people["korwilcam"], kecamatan_code=kecamatan),
            ]
        )


def _volunteers(world: World, text: Text, now: datetime) -> None:
    for name, public in (("narasumber", False), ("narasumber lain", False), ("pelamar", False)):
        offer = speaking.Offer(headline=text("Guru penggerak"), bio=text("Mengajar sejak 2010."), public=public)
        with db.transaction():
            made = speaking.offer_to_speak(world.people[name], offer, actor=SYSTEM, now=now)
            world.volunteers[name] = made.slug
        if name != "pelamar":
            with db.transaction():
                speaking.decide(world.people[name], approve=True, actor=SYSTEM, now=now)


def _course(
    world: World, name: str, lead: str, starts: Iterable[timedelta], text: Text, now: datetime, state: str = "published",
    **values: Any,
) -> None:  # fmt: skip
    """A diklat made long ago, with sessions of three hours; its lead stands in the first of them."""
    then = now - timedelta(days=60)
    with db.transaction():
        made = details.create(
            details.Details(
                title=text(f"Diklat {name}"), summary=text("Ringkas."), description=text("Uraian."),
                outcomes=text("Hasil"), place=text("Zoom"), **values,
            ),
            lead_id=world.people[lead], actor=SYSTEM, now=then,
        )  # fmt: skip
        world.diklat[name], world.ids[name] = made.slug, made.id
    for number, start in enumerate(starts):
        plan = sessions.SessionPlan(
            title=text(f"Sesi {number + 1}"), starts_at=now + start, ends_at=now + start + timedelta(hours=3),
            room_url="https://ruang.example.org/rahasia", room_note=text("Sandi"), place=text("Aula"),
        )  # fmt: skip
        with db.transaction():
            speakers = [world.people[lead]] if number == 0 else []
            speaking.schedule(world.ids[name], plan, speakers, actor=SYSTEM, now=then, past=True)
    with db.transaction():
        if state == "published":
            states.publish(world.ids[name], actor=SYSTEM, now=then)
        elif state == "proposed":
            states.propose(world.ids[name], actor=SYSTEM, now=then)


def _diklat(world: World, text: Text, now: datetime) -> None:
    day = timedelta(days=1)
    _course(world, "own", "narasumber", [3 * day, 6 * day], text, now, quota=2)
    _course(world, "foreign", "narasumber lain", [4 * day, 8 * day], text, now)
    _course(world, "draft", "narasumber", [10 * day], text, now, "draft")
    _course(world, "foreign draft", "narasumber lain", [12 * day], text, now, "proposed")
    _course(world, "running", "narasumber", [timedelta(minutes=-30)], text, now)
    _course(world, "over", "narasumber lain", [-9 * day], text, now)
    _course(world, "closed", "narasumber", [-20 * day], text, now)
    with db.transaction():
        row = programme.add_row(
            world.ids["draft"], title=text("Belajar mandiri"), note=text("Baca"), group=Group.CORE, jp=2, live=False,
            actor=SYSTEM, now=now,
        )  # fmt: skip
        world.values["row"] = str(row.id)
    then = now - timedelta(days=50)
    for name, people in (
        ("own", ("peserta", "guru lain", "penunggu")),
        ("foreign", ("guru lain",)),
        ("running", ("peserta", "guru lain")),
        ("over", ("peserta",)),
        ("closed", ("peserta", "guru lain")),
    ):
        for person in people:
            with db.transaction():
                enrolment.join(world.ids[name], world.people[person], actor=SYSTEM, now=then, accept_overlap=True)
    live = diklat_queries.sessions_of(world.ids["running"])[0].id
    with db.transaction():
        world.values["code"] = attendance.open_check_in(live, minutes=60, actor=SYSTEM, now=now).code
    world.values["ticket"] = (
        db.session()
        .scalars(
            sa.select(Enrolment.code).where(
                Enrolment.diklat_id == world.ids["running"], Enrolment.person_id == world.people["guru lain"]
            )
        )
        .one()
    )
    listed = f"Nama,Surel\nTamu,{db.session().get_one(Person, world.people['peserta']).email}\nTamu Jauh,\n".encode()
    with db.transaction():
        world.ids["past list"] = past.store(
            b"nama;nomor sertifikat\nSri Lama;1/LAMA\n", title=text("Diklat lama"), since=(then - timedelta(days=300)).date(),
            until=(then - timedelta(days=300)).date(), jp=8, file_name="lama.csv", actor=SYSTEM, now=now,
        ).id  # fmt: skip
        world.ids["batch"] = batches.store(live, listed, name="laporan.csv", actor=SYSTEM, now=now).batch_id
    world.values["line"], world.values["unknown line"] = (str(row.id) for row in batches.lines(world.ids["batch"]))
    open_slot = diklat_queries.sessions_of(world.ids["own"])[1].id
    with db.transaction():
        speaking.volunteer_for(open_slot, actor=_actor(world, "narasumber lain"), now=now)
    offered = sa.select(Assignment.id).where(Assignment.state == AssignmentState.OFFERED)
    world.values["assignment"] = str(db.session().scalars(offered).one())
    _asked(world, now)


def _asked(world: World, now: datetime) -> None:
    """An invitation under way, two appointments with their links, a meeting account."""
    slot = diklat_queries.sessions_of(world.ids["foreign"])[1].id
    with db.transaction():
        row = speaking.invite(slot, world.people["narasumber lain"], actor=SYSTEM, now=now)
        world.links["invitation"] = tokens.token(row.id, row.round)
    for name in ("own", "running"):
        live = diklat_queries.sessions_of(world.ids[name])[0].id
        standing = narasumber.assignment_of(live, world.people["narasumber"])
        assert standing is not None
        world.values[f"{name} standing"] = str(standing.id)
        world.links[f"{name} standing"] = tokens.token(standing.id, standing.round)
    with db.transaction():
        account = speaking.add_account("Zoom Dinas 1", "https://zoom.example.org/j/1", actor=SYSTEM, now=now)
        world.values["account"] = str(account.id)


def _actor(world: World, name: str) -> Any:
    person = db.session().get_one(Person, world.people[name])
    return queries.actor_of(person)


def _papers(world: World, text: Text, now: datetime) -> None:
    live = diklat_queries.sessions_of(world.ids["closed"])[0].id
    present = [world.people["peserta"], world.people["guru lain"]]
    with db.transaction():
        attendance.mark_by_hand(live, present, present=True, reason="Terlihat hadir", actor=SYSTEM, now=now)
    over = diklat_queries.sessions_of(world.ids["over"])[0].id
    with db.transaction():
        attendance.mark_by_hand(over, present[:1], present=True, reason="Terlihat hadir", actor=SYSTEM, now=now)
    with db.transaction():
        states.close(world.ids["closed"], actor=SYSTEM, now=now)
    with db.transaction() as session:
        session.add(Survey(diklat_id=world.ids["over"], rated=[text("Aulanya nyaman")], worded=[text("Apa lagi?")]))
        for key, name in (("quote", "peserta"), ("foreign quote", "guru lain")):
            quote = Quote(
                live_session_id=live, person_id=world.people[name], text=text("Runtut"), consent=Consent.NAMED,
                given_on=clock.local(now).date(),
            )  # fmt: skip
            session.add(quote)
            session.flush()
            world.values[key] = quote.code
    certificate_tasks.issue_due(world.app.extensions["calakan.settings"])
    names = {id: name for name, id in world.people.items()}
    for paper in db.session().scalars(sa.select(Certificate)):
        world.papers[names[paper.person_id]] = paper.code
    settings = world.app.extensions["calakan.settings"]
    for key, name in (("year paper", "peserta"), ("foreign year paper", "guru lain")):
        with db.transaction():
            made = yearly.make(
                world.people[name], clock.today().year, store=world.app.extensions["calakan.files"],
                seals=Seals(settings, now=now), base_url=settings.base_url, actor=SYSTEM, now=now,
            )  # fmt: skip
            world.values[key] = made.code
    shown = outside.received(world.app.extensions["calakan.files"], PDF)
    for key, name in (("outside", "peserta"), ("foreign outside", "guru lain")):
        said = outside.Said(title="Lokakarya", organiser="Kampus", held_on=clock.local(now).date(), jp=4)
        with db.transaction():
            row = outside.send(world.people[name], said, shown, actor=SYSTEM, now=now)
            world.values[key] = row.code


def _design(world: World, text: Text, now: datetime) -> None:
    """A template that was published once."""
    with db.transaction():
        told = {name: text("Laptop hilang") for name in ("title", "happened", "data", "affected", "remedy")}
        world.values["breach"] = breaches.note(breaches.Told(noticed_at=now, **told), actor=SYSTEM, now=now).code
        made = designs.create(text("Bingkai batik"), actor=SYSTEM, now=now)
        world.ids["design"], name = made.id, made.name
    with db.transaction():
        draft = designs.Draft(name, fresh(), seen=now)
        designs.save(world.ids["design"], draft, publish=True, actor=SYSTEM, now=now)


def _materials(world: World, text: Text, now: datetime) -> None:
    """A link handed out in each diklat, and the letters that went with being confirmed."""
    for name, key, lead in (("own", "", "narasumber"), ("foreign", "foreign ", "narasumber lain")):
        content = materials.Content(url="https://drive.example.org/bahan", note=text("Versi awal"))
        with db.transaction():
            made = materials.hand_out(
                world.ids[name], content, title=text("Bahan"), kind=MaterialKind.MATERIAL, audience=Audience.ENROLLED,
                session_id=None, actor=SYSTEM, now=now,
            )  # fmt: skip
            world.values[f"{key}material"] = made.code
        letter = sa.select(AssignmentLetter.code).where(AssignmentLetter.person_id == world.people[lead])
        world.values[f"{key}letter"] = db.session().scalars(letter.order_by(AssignmentLetter.id)).first() or ""


def _tasks(world: World, text: Text, now: datetime) -> None:
    """A task in each diklat, with the answers of those who take part, waiting to be reviewed."""
    brief = exercises.Brief(
        title=text("Modul ajar"), instruction=text("Unggah satu modul."), due_at=now + timedelta(days=2),
        compulsory=True, late_allowed=True, takes_text=True, takes_link=True, takes_file=True,
    )  # fmt: skip
    store = world.app.extensions["calakan.files"]
    for name, people in (("own", ("peserta", "guru lain")), ("foreign", ("guru lain",))):
        with db.transaction():
            task_id = exercises.set_task(world.ids[name], brief, actor=SYSTEM, now=now).id
        for person in people:
            answer = handing_in.received(
                store, text=text("Jawaban"), url="https://drive.example.org/modul", files=[PDF]
            )
            with db.transaction():
                handing_in.hand_in(task_id, world.people[person], answer, actor=SYSTEM, now=now)


def _tests(world: World, text: Text, now: datetime) -> None:
    """In each diklat a quiz that somebody is sitting, and a test that nobody has begun."""
    plan = exams.ExamPlan(
        title=text("Tes"), opens_at=now - timedelta(hours=1), closes_at=now + timedelta(days=2), attempts_allowed=3,
        minutes=None, pass_score=None,
    )  # fmt: skip
    item = questions.Item(text("Apa itu asesmen formatif?"), (text("Selama belajar"), text("Sesudah belajar")), 0)
    other = replace(item, text=text("Apa itu asesmen sumatif?"), answer=1)
    for name, person in (("own", "peserta"), ("foreign", "guru lain")):
        for kind in (ExamKind.QUIZ, ExamKind.PRE):
            with db.transaction():
                exam_id = exams.set_exam(world.ids[name], kind, plan, actor=SYSTEM, now=now).id
            with db.transaction():
                questions.add_questions(exam_id, [item, other], actor=SYSTEM, now=now)
            if kind is ExamKind.QUIZ:
                with db.transaction():
                    attempts.begin(exam_id, world.people[person], actor=SYSTEM, now=now)


def _exports(world: World, now: datetime) -> None:
    """A file of counts that the head of the office asked for, and one with names of the committee's."""
    for name, who, kind in (("export", "pimpinan", "participation"), ("foreign export", "panitia", "participants")):
        with db.transaction():
            made = reports.ask(
                ExportKind(kind), ExportFormat.CSV, Filters(), by=[Dimension.JENJANG], actor=_actor(world, who), now=now
            )
            world.values[name] = made.code
    report_tasks.make_due(world.app.extensions["calakan.settings"])


def _links(world: World, now: datetime) -> None:
    """Unused one-time links, as the mails would bring them."""
    with db.transaction() as session:
        for name, purpose in (("confirm", Purpose.CONFIRM_EMAIL), ("reset", Purpose.RESET_PASSWORD)):
            world.links[name] = codes.secret()
            session.add(
                OneTimeLink(
                    secret_hash=codes.hashed(world.links[name]), purpose=purpose, person_id=world.people["baru"],
                    email=world.emails["baru"], created_at=now, expires_at=now + timedelta(hours=1),
                )
            )  # fmt: skip
        world.links["keep"] = codes.secret()
        session.add(
            OneTimeLink(
                secret_hash=codes.hashed(world.links["keep"]), purpose=Purpose.KEEP_EMAIL, person_id=world.people["baru"],
                email=world.emails["baru"], created_at=now, expires_at=now + timedelta(hours=1),
            )
        )  # fmt: skip
        world.links["mail"] = codes.secret()
        session.add(
            MailCode(
                wanted=Wanted.LOG_IN, browser_hash=codes.hashed("x"), link_hash=codes.hashed(world.links["mail"]),
                address=world.emails["baru"], created_at=now, code_until=now + timedelta(hours=1),
                expires_at=now + timedelta(hours=1),
            )
        )  # fmt: skip
    everyone = broadcasts.Audience(diklat_id=world.ids["own"])
    with db.transaction():
        made = broadcasts.write("Kabar", "Yth. {nama}", everyone, actor=SYSTEM, now=now)
        world.values["broadcast"] = made.code
    with db.transaction():
        group = sharing.add(world.ids["own"], sharing.Group.KKG, "KKG Gugus 3", actor=SYSTEM, now=now)
        world.values["share link"] = group.code
    _second_factors(world, now)
    person = db.session().get_one(Person, world.people["peserta"])
    world.links["calendar"] = person.calendar_token
    with db.transaction() as session:
        last = session.scalars(sa.select(Message.id).order_by(Message.id.desc()).limit(1)).one()
        session.execute(sa.update(Message).values(due_at=now))
        session.execute(sa.update(Message).where(Message.id == last).values(state="failed"))
    world.values["message"] = str(last)
    mine = sa.select(Message.id).where(Message.person_id == world.people["guru lain"]).order_by(Message.id)
    returned = db.session().scalars(mine).first() or 0
    with db.transaction():
        bounces.record([Report(returned, BounceKind.HARD, "5.1.1", "no such mailbox")], now=now)
    world.values["device"] = "Firefox di Linux ABC123"
    with db.transaction() as session:
        session.add(
            PushSubscription(
                person_id=world.people["peserta"], address=world.values["device"], endpoint=DEVICE.endpoint,
                public=DEVICE.public, auth=DEVICE.auth, made_at=now,
            )
        )  # fmt: skip
    world.values["failed kind"] = db.session().scalars(sa.select(Message.kind).where(Message.id == last)).one()


def _second_factors(world: World, now: datetime) -> None:
    """The head of the office uses one, the panitia are about to."""
    for name, confirmed in (("pimpinan", now), ("panitia", None)):
        with db.transaction():
            second_factor.prepare(world.people[name], now=now)
            made = queries.prepared_factor(world.people[name])
            assert made is not None
            made.confirmed_at, world.values[f"{name} key"] = confirmed, made.secret


# ---- addresses -------------------------------------------------------------------------------------------------------

DIKLAT_SIDES = ("own", "foreign", "draft", "foreign draft")
# What stands in the address, by the function that loads its subject in the policy table: (own, foreign, …).
SUBJECTS: dict[str, Callable[[World], dict[str, dict[str, Any]]]] = {
    "diklat": lambda w: {side: {"slug": w.diklat[side]} for side in DIKLAT_SIDES},
    "session": lambda w: {side: {"slug": w.diklat[side], "number": 1} for side in DIKLAT_SIDES},
    "session_by_id": lambda w: {side: {"id": f"{w.diklat[side]}~1"} for side in DIKLAT_SIDES},
    "certificate": lambda w: {"own": {"code": w.papers["peserta"]}, "foreign": {"code": w.papers["guru lain"]}},
    "year_paper": lambda w: {"own": {"code": w.values["year paper"]}, "foreign": {"code": w.values["foreign year paper"]}},
    "outside_jp": lambda w: {"own": {"code": w.values["outside"]}, "foreign": {"code": w.values["foreign outside"]}},
    "past_list": lambda w: {"own": {"id": w.ids["past list"]}},
    "person_merge": lambda w: {"own": {"code": w.values["merge"]}},
    "roster_list": lambda w: {"own": {"id": w.ids["roster list"]}},
    "roster_claim": lambda w: {"own": {"code": w.values["claim"]}, "foreign": {"code": w.values["foreign claim"]}},
    "design": lambda w: {"own": {"id": w.ids["design"]}},
    "batch": lambda w: {"own": {"id": w.ids["batch"]}},
    "batch_by_id": lambda w: {"own": {"id": str(w.ids["batch"])}},
    "volunteer": lambda w: {
        "own": {"slug": w.volunteers["narasumber"]}, "foreign": {"slug": w.volunteers["narasumber lain"]}
    },
    "person": lambda w: {"own": {"code": w.codes["peserta"]}, "foreign": {"code": w.codes["guru lain"]}},
    "ticket": lambda w: {"": {"code": w.values["ticket"]}},
    "exercise": lambda w: {side: {"slug": w.diklat[side], "number": 1} for side in ("own", "foreign")},
    "exam": lambda w: {side: {"slug": w.diklat[side], "number": 1} for side in ("own", "foreign")},
    "material": lambda w: {"own": {"code": w.values["material"]}, "foreign": {"code": w.values["foreign material"]}},
    "quote": lambda w: {"own": {"code": w.values["quote"]}, "foreign": {"code": w.values["foreign quote"]}},
    "letter": lambda w: {"own": {"code": w.values["letter"]}, "foreign": {"code": w.values["foreign letter"]}},
    "export": lambda w: {"own": {"code": w.values["export"]}, "foreign": {"code": w.values["foreign export"]}},
    "breach": lambda w: {"own": {"code": w.values["breach"]}},
    "broadcast": lambda w: {"own": {"code": w.values["broadcast"]}},
    "school": lambda w: {"own": {"npsn": w.schools["own"]}, "foreign": {"npsn": w.schools["foreign"]}},
}  # fmt: skip
# The rest of an address, and addresses without a subject.
PIECES: dict[str, Callable[[World], dict[str, Any]]] = {
    "privacy.older_notice": lambda w: {"version": 1},
    "assessment_manage.answer": lambda w: {"code": w.codes["guru lain"]},
    "assessment.own_file": lambda w: {"place": 1},
    "assessment_manage.answer_file": lambda w: {"code": w.codes["guru lain"], "place": 1},
    "assessment.picture": lambda w: {"place": 1},
    "assessment_manage.question_picture": lambda w: {"position": 1},
    "assessment_manage.export_questions": lambda w: {"form": "gift"},
    "assessment_manage.results_file": lambda w: {"form": "csv"},
    "assessment_manage.edit_question": lambda w: {"position": 1},
    "assessment_manage.correct_key": lambda w: {"position": 1},
    "assessment_manage.remove_question": lambda w: {"position": 1},
    "attendance_manage.appeal_photo": lambda w: {"number": 1, "code": w.codes["guru lain"]},
    "attendance.check_in_by_code": lambda w: {"code": w.values["code"]},
    "certificates.badge": lambda w: {"code": w.papers["peserta"]},
    "certificates.by_letter": lambda w: {"token": links.token(w.papers["peserta"])},
    "certificates.badge_facts": lambda w: {"code": w.papers["peserta"]},
    "certificates.badge_status": lambda w: {"number": 0},
    "certificates.year_zip": lambda w: {"year": clock.today().year},
    "exports.own_history": lambda w: {"year": clock.today().year},
    "exports.register_file": lambda w: {"format": "xlsx"},
    "yearly.make": lambda w: {"year": clock.today().year},
    "certificates.scanned": lambda w: {"code": w.papers["peserta"]},
    "certificates.shown": lambda w: {"code": w.papers["peserta"]},
    "diklat_manage.edit_row": lambda w: {"position": 1},
    "diklat_manage.move_row": lambda w: {"position": 1},
    "diklat_manage.remove_row": lambda w: {"position": 1},
    "enrolment.calendar": lambda w: {"token": w.links["calendar"]},
    "narasumber.answer": lambda w: {"token": w.links["invitation"]},
    "narasumber.invitation": lambda w: {"token": w.links["invitation"]},
    "narasumber.invitation_code": lambda w: {"token": w.links["running standing"]},
    "narasumber.invitation_check_in": lambda w: {"token": w.links["running standing"]},
    "narasumber.invitation_hand_out": lambda w: {"token": w.links["running standing"]},
    "narasumber.invitation_material": lambda w: {
        "token": w.links["running standing"],
        "code": w.values["material"],
    },
    "office.scan": lambda w: {"number": 1},
    "materials.version": lambda w: {"number": 1},
    "notifications.unsubscribe": lambda w: {"token": topics.token(w.people["peserta"], topics.Topic.REMINDERS)},
    "enrolment.shared": lambda w: {"code": w.values["share link"]},
    "issuers.begin": lambda w: {"name": "x"},
    "issuers.begin_link": lambda w: {"name": "x"},
    "issuers.back": lambda w: {"name": "x"},
    **{f"duplicates.{act}": lambda w: {"other": w.codes["penunggu"]} for act in ("pair", "merge", "apart")},
    "roster.ask": lambda w: {"code": w.values["roster row"]},
    "people.confirm": lambda w: {"secret": w.links["confirm"]},
    "people.keep_email": lambda w: {"secret": w.links["keep"]},
    "people.mail_link": lambda w: {"secret": w.links["mail"]},
    "people.reset": lambda w: {"secret": w.links["reset"]},
    "web.asset": lambda w: {"build": "x", "name": "calakan.css"},
    "web.help_picture": lambda w: {"name": "katalog"},
    "web.card": lambda w: {"mark": "x"},
    "diklat.card": lambda w: {"mark": "x"},
    "web.emblem": lambda w: {"emblem": "logo", "mark": "x"},
    "office.emblem": lambda w: {"kind": "logo"},
}


def sides(world: World, endpoint: str) -> dict[str, dict[str, Any]]:
    """The parts of this endpoint's address, by whose thing it is."""
    pieces = PIECES.get(endpoint, lambda w: {})(world)
    subject = policy.POLICY[endpoint].subject
    if subject is None:
        return {"": pieces}
    assert subject.__name__ in SUBJECTS, f"tests/world.py does not know the subject {subject.__name__} of {endpoint}"
    return {side: {**parts, **pieces} for side, parts in SUBJECTS[subject.__name__](world).items()}


def address(app: Flask, endpoint: str, parts: dict[str, Any], method: str = "GET") -> str:
    """The path, without asking for a request."""
    adapter = app.url_map.bind("calakan.test")
    rule = next(r for r in app.url_map.iter_rules(endpoint) if method in (r.methods or ()))
    assert set(rule.arguments) <= set(parts), f"tests/world.py lacks {set(rule.arguments) - set(parts)} of {endpoint}"
    return adapter.build(endpoint, parts, method=method)


def endpoints(app: Flask, method: str) -> list[str]:
    """The pages. The API speaks JSON and has its contract in `tests/api`."""
    pages = (rule for rule in app.url_map.iter_rules() if not rule.endpoint.startswith("api"))
    return sorted({rule.endpoint for rule in pages if method in (rule.methods or ())})


def operations(app: Flask) -> list[tuple[str, str]]:
    """What programs may ask for: method and endpoint."""
    rules = (rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("api."))
    return sorted((method, rule.endpoint) for rule in rules for method in (rule.methods or set()) - {"HEAD", "OPTIONS"})


def volunteer_of(world: World, name: str) -> Volunteer:
    return db.session().get_one(Volunteer, world.people[name])
