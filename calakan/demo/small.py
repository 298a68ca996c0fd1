"""The small demo, made by the services themselves: accounts, past, running, coming and full diklat, open slots."""

from __future__ import annotations

import csv
import random
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from calakan.attendance.models import Method, Presence
from calakan.certificates import tasks as certificate_tasks
from calakan.demo import assessment, planning
from calakan.demo.speakers import ensure_speakers
from calakan.diklat.models import Group, LiveSession
from calakan.diklat.services import details, programme, sessions, states
from calakan.enrolment import services as enrolment
from calakan.kernel import db
from calakan.kernel.actor import Actor, Role, system
from calakan.kernel.claims import WorkState
from calakan.narasumber import services as narasumber
from calakan.notifications.models import Message
from calakan.office.queries import Signer
from calakan.office.services import change_settings
from calakan.people import passwords
from calakan.people.directory import DATA
from calakan.people.models import Jenjang, Person, PersonRole, School, Sex
from calakan.people.queries import by_email
from calakan.people.services import accounts, profile
from calakan.people.services import roles as roles_service
from config import Settings

PASSWORD = "calakan-demo"  # noqa: S105  # the published password of the demo
ACTOR = system("demo")
LEVELS = {
    "TK": Jenjang.PAUD,
    **{level.name: level for level in Jenjang},
    "PKBM": Jenjang.KESETARAAN,
}
POSTS = {"tendik": "tenaga_kependidikan", "pengawas": "pengawas_sekolah"}


@dataclass(frozen=True)
class Account:
    email: str
    name: str
    after: str
    jabatan: str
    roles: tuple[Role, ...] = ()


ACCOUNTS = (
    Account("admin@example.org", "Nur Aini", "S.Kom.", "pegawai_dinas", (Role.ADMIN, Role.PANITIA)),
    Account("panitia@example.org", "Ratri Kusumaningtyas", "M.Pd.", "pegawai_dinas", (Role.PANITIA,)),
    Account("narasumber@example.org", "Tri Handoko", "M.Kom.", "guru_mapel", (Role.NARASUMBER,)),
    Account("guru@example.org", "Sri Mulyati", "S.Pd.", "guru_kelas"),
    Account("kepsek@example.org", "Slamet Riyanto", "S.Pd.", "kepala_sekolah"),
    Account("pengawas@example.org", "Umi Fadilah", "M.Pd.", "pengawas_sekolah"),
    Account("korwilcam@example.org", "Agus Setiawan", "M.Pd.", "pegawai_dinas", (Role.KORWILCAM,)),
    Account("pimpinan@example.org", "Joko Wiyono", "M.Si.", "pegawai_dinas", (Role.PIMPINAN,)),
)


@dataclass(frozen=True)
class Course:
    """`starts` is in days from today, `gaps` are the days of the further sessions after the first."""

    title: str
    summary: str
    starts: int
    gaps: tuple[int, ...] = (7,)
    level: Jenjang | None = None
    topic: str = "asesmen"
    quota: int | None = 300
    joined: int = 40
    speakers: bool = True
    hour: int = 13


COURSES = (
    Course("Numerasi Asyik dengan Benda di Sekitar", "Bilangan dari barang bekas di kelas.", -75, (7,), Jenjang.PAUD, "numerasi", 300, 60),
    Course("Literasi Sains lewat Dongeng", "Bertanya, mengamati, lalu bercerita.", -140, (7, 14), Jenjang.SD, "literasi", 200, 80),
    Course("Rapor Pendidikan untuk Kepala Sekolah", "Membaca rapor dan memilih perbaikan.", -12, (), None, "kepemimpinan", 150, 50),
    Course("Kelas Aman dari Perundungan", "Mengenali tanda, menangani, memulihkan.", 0, (7,), None, "sekolah_aman", 500, 90),
    Course("Asesmen Formatif yang Ringan dan Bermakna", "Umpan balik cepat di kelas, tanpa menambah tumpukan koreksi.", 3, (7,), Jenjang.SD, "asesmen", 500, 70),
    Course("Kecerdasan Artifisial untuk Guru: Aman, Etis, Berguna", "Dari menyusun soal sampai menjaga data murid.", 8, (7, 14), None, "kecerdasan_artifisial", 1000, 90),
    Course("Pembelajaran Berdiferensiasi di Kelas Besar", "Satu tujuan, beberapa jalan.", 11, (7,), Jenjang.SMP, "kurikulum", 60, 30),
    Course("Menulis Soal Literasi Membaca", "Soal yang mengajak berpikir.", 13, (), Jenjang.SMP, "literasi", 12, 20),
    Course("Pertolongan Pertama di Sekolah", "Luka, pingsan, tersedak: tiga menit pertama.", 2, (), None, "sekolah_aman", 200, 20, speakers=False),
    Course("Koding Tanpa Komputer", "Berpikir runtut dengan kartu dan tubuh.", 15, (), Jenjang.SD, "koding", 500, 25, speakers=False),
    Course("Membuat Media Ajar dari HP", "Foto, suara, dan gambar sederhana.", 18, (), Jenjang.PAUD, "teknologi", 320, 15, speakers=False, hour=9),
)  # fmt: skip


def ensure_demo(settings: Settings, *, now: datetime, seed: int = 1) -> bool:
    """Make the demo once; False when it is there already. Must not be called in production."""
    assert not settings.production
    if by_email("guru@example.org") is not None:
        return False
    chance = random.Random(seed)  # noqa: S311  # the same from the same seed
    schools = list(db.session().scalars(sa.select(School.id).order_by(School.id)))
    with db.transaction():
        _accounts(schools, now=now)
        change_settings(
            actor=ACTOR, now=now, signers=[Signer(post="Ketua Banyumas Calakan", name="Ratri Kusumaningtyas, M.Pd.")]
        )
    teachers = _teachers(schools, chance, now=now)
    for course in COURSES:
        _course(course, teachers, chance, now=now)
    ensure_speakers(teachers, now=now)
    planning.enrich(chance, now=now)
    assessment.enrich_running("kelas-aman-dari-perundungan", now=now)
    certificate_tasks.issue_due(settings)
    _silence_the_past()
    return True


def _accounts(schools: list[int], *, now: datetime) -> None:
    hashed = passwords.hashed(PASSWORD)
    for number, account in enumerate(ACCOUNTS):
        person = accounts.new_person(account.email, account.name, now=now, password_hash=hashed)
        person.email_confirmed_at, person.demo = now, True
        person.roles = [PersonRole(role=role) for role in account.roles]
        db.session().add(person)
        db.session().flush()
        school = schools[number * 31 % len(schools)] if account.jabatan != "pegawai_dinas" else None
        given = profile.Profile(
            name=account.name,
            title_after=account.after,
            jabatan=account.jabatan,
            employment="pns",
            jenjang=Jenjang.SD if account.jabatan != "pegawai_dinas" else None,
            school_id=school,
            kecamatan_code="33.02.26",
            accept_notice=True,
        )
        profile.save_profile(person.id, given, actor=ACTOR, now=now)
        if Role.NARASUMBER in account.roles:
            offer = narasumber.Offer(
                headline="Guru informatika",
                profession="Guru SMP",
                bio="Menemani guru mencoba hal baru dengan aman.",
                topics=["kecerdasan_artifisial", "teknologi"],
                languages=["id", "jv"],
                public=True,
            )
            narasumber.offer_to_speak(person.id, offer, actor=ACTOR, now=now)
            narasumber.decide(person.id, approve=True, actor=ACTOR, now=now)
        scopes: dict[str, list[int | None]] = {"kepala_sekolah": [school], "pengawas_sekolah": list(schools[:12])}
        scope = scopes.get(account.jabatan, [])
        kecamatan = ["33.02.26"] if Role.KORWILCAM in account.roles else []
        if scope or kecamatan:
            roles_service.set_scope(
                person.id, school_ids=[s for s in scope if s], kecamatan_codes=kecamatan, actor=ACTOR, now=now
            )


def _teachers(schools: list[int], chance: random.Random, *, now: datetime) -> list[int]:
    with (DATA / "names_sample.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    ids = []
    with db.transaction():
        for row in rows:
            person = accounts.new_person(row["email"], row["nama"], now=now, password_hash=None)
            person.email_confirmed_at, person.demo = now, True
            db.session().add(person)
            db.session().flush()
            given = profile.Profile(
                name=row["nama"],
                title_before=row["gelar_depan"],
                title_after=row["gelar_belakang"],
                sex=Sex(row["jenis_kelamin"]),
                jabatan=POSTS.get(row["jabatan"], row["jabatan"]),
                employment=row["status_kepegawaian"].lower().replace(" ", "_"),
                jenjang=LEVELS.get(row["jenjang"]),
                school_id=chance.choice(schools),
                nip=row["nip"],
                nuptk=row["nuptk"],
                accept_notice=True,
            )
            ids.append(profile.save_profile(person.id, given, actor=ACTOR, now=now).id)
    return ids


def _course(course: Course, teachers: list[int], chance: random.Random, *, now: datetime) -> None:
    speaker = by_email("narasumber@example.org")
    teacher = by_email("guru@example.org")
    assert speaker is not None
    assert teacher is not None
    speaker_id, teacher_id = speaker.id, teacher.id
    begin = (now + timedelta(days=course.starts)).replace(minute=0, second=0, microsecond=0)
    if course.starts == 0:
        begin -= timedelta(hours=1)  # its session runs while somebody looks at the demo
    else:
        begin = begin.replace(hour=course.hour - 7 if course.starts > 0 else 2)
    held = course.starts < 0
    asked = begin - timedelta(days=20) if course.starts <= 0 else now
    with db.transaction():
        id = _plan(course, begin, speaker_id, asked, past=course.starts <= 0)
    fitting = sa.select(Person.id).where(Person.id.in_(teachers)).order_by(Person.id)
    if course.level is not None:
        fitting = fitting.where(Person.jenjang == course.level)
    able = list(db.session().scalars(fitting))
    chosen = chance.sample(able, min(course.joined, len(able)))
    # The demo teacher has a past and one running diklat, and is free to join the others.
    first_speaks = [teacher_id] if course.starts <= 0 and course.level in (None, Jenjang.SD) else []
    with db.transaction():
        for person_id in [*first_speaks, *chosen]:
            _join(id, person_id, asked)
    if held:
        people, end = [*first_speaks, *chosen], begin + timedelta(days=max(course.gaps, default=0))
        _hold(id, people, chance)
        assessment.add_scores(id, people, asked=asked, begin=begin, end=end)
        with db.transaction():
            states.close(id, actor=ACTOR, now=end + timedelta(days=1))


def _plan(course: Course, begin: datetime, speaker_id: int, asked: datetime, *, past: bool) -> int:
    made = details.create(
        details.Details(
            title=course.title,
            summary=course.summary,
            description=f"{course.summary}\n\nBelajar bersama narasumber sukarela, dengan contoh yang langsung dapat dipakai di kelas.",
            outcomes="Memahami gagasan utamanya.\nMencoba satu kegiatan di kelas.\nMembagikan hasilnya kepada rekan.",
            topics=[course.topic],
            levels=[course.level] if course.level else [],
            quota=course.quota,
        ),
        lead_id=speaker_id,
        actor=ACTOR,
        now=asked,
    )
    made.demo = True
    for number, gap in enumerate((0, *course.gaps), start=1):
        start = begin + timedelta(days=gap)
        plan = sessions.SessionPlan(
            title=("Gagasan", "Praktik", "Berbagi")[number - 1],
            starts_at=start,
            ends_at=start + timedelta(hours=2, minutes=15),
            room_url="https://zoom.example/j/5550100",
        )
        speakers = [speaker_id] if course.speakers else []
        narasumber.schedule(made.id, plan, speakers, agreed=True, actor=ACTOR, now=asked, past=past)
    programme.add_row(
        made.id, title="Praktik mandiri di kelas", group=Group.SUPPORT, jp=2, live=False, actor=ACTOR, now=asked
    )
    assessment.set_practice(made.id, due_at=begin + timedelta(days=max(course.gaps, default=0) + 1), now=asked)
    states.publish(made.id, actor=ACTOR, now=asked)
    return made.id


def _join(diklat_id: int, person_id: int, asked: datetime) -> None:
    person = db.session().get_one(Person, person_id)
    who = Actor(person_id=person_id, name=person.name)
    enrolment.join(diklat_id, person_id, actor=who, now=asked, accept_overlap=True)


def _hold(diklat_id: int, people: list[int], chance: random.Random) -> None:
    with db.transaction() as session:
        for live in session.scalars(sa.select(LiveSession).where(LiveSession.diklat_id == diklat_id)).all():
            session.add_all(
                Presence(
                    live_session_id=live.id,
                    person_id=person_id,
                    present=True,
                    method=Method.CODE,
                    marked_at=live.starts_at + timedelta(minutes=30),
                    marked_by_id=person_id,
                )
                for index, person_id in enumerate(people)
                if index == 0 or chance.random() < 0.88
            )
        assessment.accept_practice(diklat_id, people)


def _silence_the_past() -> None:
    """What the demo's own making would have mailed is not sent."""
    with db.transaction() as session:
        session.execute(
            sa.update(Message)
            .where(Message.state == WorkState.PENDING)
            .values(state=WorkState.DROPPED, last_error="Contoh: tidak dikirim")
        )
