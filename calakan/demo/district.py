"""A district's worth of data for measuring: 60 diklat, 15,000 people, 60,000 enrolments; the same for the same seed.

People, enrolments and presences are written in bulk; diklat, sessions and their closing go through the services, so
the papers of past diklat are asked for and made by the workers afterwards.
"""

from __future__ import annotations

import csv
import itertools
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from calakan.attendance.models import Method, Presence
from calakan.demo.small import ACTOR
from calakan.diklat import queries as diklat_queries
from calakan.diklat.models import Diklat
from calakan.diklat.services import details, sessions, states
from calakan.enrolment.models import Enrolment, EnrolmentState
from calakan.kernel import clock, db
from calakan.kernel.text import search_key
from calakan.office.defaults import CHOICES
from calakan.office.models import ChoiceKind
from calakan.people import notices, sought
from calakan.people.directory import DATA
from calakan.people.models import Jenjang, Person, School, Sex
from calakan.people.queries import by_email

DIKLAT, PEOPLE, ENROLMENTS = 60, 15_000, 60_000
ATTENDED = 0.88
POSTS = (
    ["guru_kelas"] * 5 + ["guru_mapel"] * 4 + ["kepala_sekolah", "guru_bk", "tenaga_kependidikan", "pengawas_sekolah"]
)
EMPLOYMENT = ["pns"] * 4 + ["pppk"] * 3 + ["gty", "gtt", "honorer"]
WORDS = ("Numerasi", "Literasi", "Asesmen", "Koding", "Kepemimpinan", "Inklusi", "Kurikulum", "Teknologi")
SHAPES = ("di Kelas Besar", "yang Menyenangkan", "untuk Pemula", "Tingkat Lanjut", "Berbasis Data", "Bersama Murid")


def ensure_district(*, now: datetime, seed: int = 1) -> bool:
    """Make it once, beside the small demo; False when it is there already."""
    if by_email("kabupaten00000@example.org") is not None:
        return False
    chance = random.Random(seed)  # noqa: S311  # the same from the same seed
    with db.transaction():
        insert_rows(Person, people_rows(chance, now))
        sought.rebuild()
    people = list(
        db.session().scalars(sa.select(Person.id).where(Person.email.like("kabupaten%")).order_by(Person.email))
    )
    per_diklat = ENROLMENTS // DIKLAT
    for number in range(DIKLAT):
        with db.transaction():
            id = _diklat(number, chance, now)
        joined = sorted(chance.sample(people, per_diklat))
        with db.transaction():
            fill(id, joined, chance, now)
        if _starts(number, now) < now - timedelta(days=15):
            with db.transaction():
                states.close(id, actor=ACTOR, now=now)
    return True


def insert_rows(model: type[db.Base], rows: Iterator[dict[str, Any]]) -> None:
    while batch := list(itertools.islice(rows, 2000)):
        db.session().execute(sa.insert(model), batch)


def people_rows(chance: random.Random, now: datetime) -> Iterator[dict[str, Any]]:
    with (DATA / "names_sample.csv").open(encoding="utf-8", newline="") as file:
        samples = list(csv.DictReader(file))
    schools = (
        db.session().execute(sa.select(School.id, School.jenjang, School.kecamatan_code).order_by(School.id)).all()
    )
    first = [row["nama"].split()[0] for row in samples]
    last = [row["nama"].split()[-1] for row in samples]
    for number in range(PEOPLE):
        school_id, jenjang, kecamatan_code = chance.choice(schools)
        name = f"{chance.choice(first)} {chance.choice(last)}"
        yield {
            "email": f"kabupaten{number:05}@example.org",
            "email_confirmed_at": now,
            "title_before": "",
            "name": name,
            "title_after": chance.choice(["S.Pd.", "M.Pd.", "S.Pd., Gr.", "S.Kom."]),
            "name_key": search_key(name),
            "sex": chance.choice(list(Sex)),
            "jabatan": chance.choice(POSTS),
            "subject_taught": "",
            "jenjang": Jenjang(jenjang),
            "employment": chance.choice(EMPLOYMENT),
            "school_id": school_id,
            "school_elsewhere": "",
            "kabupaten_elsewhere": "",
            "kecamatan_code": kecamatan_code,
            "notice_version": notices.CURRENT,
            "notice_accepted_at": now,
            "code": f"{chance.getrandbits(50):010X}"[:10],
            "calendar_token": f"{chance.getrandbits(104):026X}",
            "active": True,
            "demo": True,
            "lock_count": 0,
            "created_at": now,
            "updated_at": now,
        }


def _starts(number: int, now: datetime) -> datetime:
    """Spread over two years: most are past, the last few are to come."""
    return (now - timedelta(days=700 - number * 13)).replace(hour=3, minute=0, second=0, microsecond=0)


def _diklat(number: int, chance: random.Random, now: datetime) -> int:
    start = _starts(number, now)
    asked = min(start - timedelta(days=20), now)
    topics = [code for code, _ in CHOICES[ChoiceKind.TOPIC]]
    made = details.create(
        details.Details(
            title=f"{chance.choice(WORDS)} {chance.choice(SHAPES)} {number + 1}",
            summary="Diklat contoh untuk pengukuran.",
            topics=[chance.choice(topics)],
        ),
        lead_id=None,
        actor=ACTOR,
        now=asked,
    )
    made.demo, made.remind = True, False
    for gap in (0, 7):
        begin = start + timedelta(days=gap)
        plan = sessions.SessionPlan(title=f"Sesi {gap // 7 + 1}", starts_at=begin, ends_at=begin + timedelta(hours=3))
        sessions.add(made.id, plan, actor=ACTOR, now=asked, past=True)
    states.publish(made.id, actor=ACTOR, now=asked)
    return made.id


def fill(
    diklat_id: int, people: list[int], chance: random.Random, now: datetime, *, attended: float = ATTENDED
) -> None:
    """Confirmed places for these people, and presences of that share in each session that is over."""
    diklat = db.lock(Diklat, diklat_id)
    at = diklat.published_at or now
    insert_rows(
        Enrolment,
        (
            {
                "code": f"{chance.getrandbits(50):010X}"[-10:],
                "diklat_id": diklat_id,
                "person_id": person_id,
                "state": EnrolmentState.CONFIRMED,
                "queued_at": at,
                "decided_at": at,
                "cancel_reason": "",
            }
            for person_id in people
        ),
    )
    for live in diklat_queries.sessions_of(diklat_id):
        if live.ends_at <= clock.now():
            insert_rows(
                Presence,
                (
                    {
                        "live_session_id": live.id,
                        "person_id": person_id,
                        "present": True,
                        "method": Method.CODE,
                        "reason": "",
                        "marked_at": live.starts_at,
                        "marked_by_id": person_id,
                    }
                    for person_id in people
                    if chance.random() < attended
                ),
            )
