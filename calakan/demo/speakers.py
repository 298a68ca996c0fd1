"""Volunteers of the small demo: approved ones, some who wait for an answer, invitations under way, meeting accounts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from calakan.diklat.models import Diklat, LiveSession
from calakan.kernel import db
from calakan.kernel.actor import Actor, system
from calakan.narasumber import queries, services
from calakan.narasumber.models import NoteKind
from calakan.narasumber.services.volunteers import note
from calakan.people.models import Jenjang, Person
from calakan.people.queries import actor_of, by_email

ACTOR = system("demo")


@dataclass(frozen=True)
class Helper:
    """An outsider has an address and a name of his own; a teacher is taken from the list."""

    headline: str
    profession: str
    topics: tuple[str, ...]
    levels: tuple[Jenjang, ...] = ()
    modes: tuple[str, ...] = ()
    bio: str = ""
    public: bool = False
    approved: bool = True


HELPERS = (
    Helper("Penggerak asesmen formatif", "Guru SD", ("asesmen", "kurikulum"), (Jenjang.SD,), ("daring",), "Senang mencari cara memberi umpan balik yang tidak menambah tumpukan koreksi.", True),
    Helper("Pelatih koding tanpa komputer", "Guru SD", ("koding", "teknologi"), (Jenjang.SD, Jenjang.SMP), (), "Kartu, lantai kelas, dan tawa anak-anak.", True),
    Helper("Pembuat media ajar dari HP", "Guru TK", ("teknologi", "paud"), (Jenjang.PAUD,), ("daring",), "", True),
    Helper("Pendamping kelas inklusif", "Guru pendamping khusus", ("inklusi",), (), ("daring", "luring")),
    Helper("Penulis soal literasi membaca", "Guru SMP", ("literasi", "asesmen"), (Jenjang.SMP,)),
    Helper("Pegiat sekolah aman", "Guru BK", ("sekolah_aman",), (), (), "Menangani perundungan bersama orang tua.", True),
    Helper("Pelatih pertolongan pertama", "Perawat, puskesmas", ("sekolah_aman",), (), ("luring", "daring"), "Dua belas tahun di ruang gawat darurat.", True),
    Helper("Pembaca rapor pendidikan", "Kepala sekolah", ("kepemimpinan", "administrasi")),
    Helper("Guru belajar kecerdasan artifisial", "Guru SMP", ("kecerdasan_artifisial", "teknologi")),
    Helper("Pendongeng sains", "Guru SD", ("literasi",), (Jenjang.SD,), approved=False),
    Helper("Petani sayur yang mengajar numerasi", "Petani, kelompok tani", ("numerasi",), (), ("luring",), "Menimbang, mengukur, dan menghitung di kebun.", approved=False),
)  # fmt: skip


def ensure_speakers(teachers: Sequence[int], *, now: datetime) -> None:
    """After the diklat are there; nothing is asked of anybody twice."""
    chosen = list(teachers[: len(HELPERS)])
    for person_id, helper in zip(chosen, HELPERS, strict=True):
        with db.transaction():
            _volunteer(person_id, helper, now=now)
    with db.transaction():
        for name in ("Zoom Dinas 1", "Zoom Dinas 2"):
            services.add_account(name, f"https://zoom.example/j/55501{name[-1]}", actor=ACTOR, now=now)
    speaker = by_email("narasumber@example.org")
    assert speaker is not None
    speaker_id = speaker.id
    _invite("Membuat Media Ajar dari HP", speaker_id, now=now)
    _invite("Koding Tanpa Komputer", chosen[1], now=now)
    _raise_hand("Koding Tanpa Komputer", chosen[2], now=now)
    with db.transaction():
        # The session that runs while somebody looks at the demo has its narasumber in the room.
        services.check_in(_session("Kelas Aman dari Perundungan"), speaker_id, actor=ACTOR, now=now)
    _notes(chosen, now=now)
    for id in queries.waiting_for_relay(now=now):
        with db.transaction():
            services.pass_on(id, actor=system("relay"), now=now)


def _volunteer(person_id: int, helper: Helper, *, now: datetime) -> None:
    offer = services.Offer(
        headline=helper.headline,
        profession=helper.profession,
        bio=helper.bio,
        topics=list(helper.topics),
        levels=list(helper.levels),
        modes=list(helper.modes),
        languages=["id", "jv"],
        public=helper.public,
    )
    services.offer_to_speak(person_id, offer, actor=ACTOR, now=now - timedelta(days=30))
    if helper.approved:
        services.decide(person_id, approve=True, actor=ACTOR, now=now - timedelta(days=28))


def _session(title: str) -> int:
    """The first session of a diklat of the demo."""
    id = db.session().scalar(
        sa.select(LiveSession.id).join(Diklat).where(Diklat.title == title).order_by(LiveSession.starts_at).limit(1)
    )
    assert id is not None
    return id


def _invite(title: str, person_id: int, *, now: datetime) -> None:
    id = _session(title)
    with db.transaction():
        services.invite(id, person_id, actor=ACTOR, now=now)


def _raise_hand(title: str, person_id: int, *, now: datetime) -> None:
    id, who = _session(title), _actor(person_id)
    with db.transaction():
        services.volunteer_for(id, actor=who, now=now)


def _actor(person_id: int) -> Actor:
    return actor_of(db.session().get_one(Person, person_id))


def _notes(people: Sequence[int], *, now: datetime) -> None:
    with db.transaction():
        note(people[1], NoteKind.SUBSTITUTED, text="Menggantikan dalam dua jam.", actor=ACTOR, now=now)
        note(people[4], NoteKind.STEPPED_BACK, text="Bentrok dengan ujian sekolah.", actor=ACTOR, now=now)
        note(people[0], NoteKind.REMARK, text="Selalu siap lebih awal.", actor=ACTOR, now=now)
