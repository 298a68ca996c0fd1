"""A hall behind one network address: strangers register and enrol by themselves, each with a code from his mailbox."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import sqlalchemy as sa

from bench import courses, load
from bench.browser import Browser
from bench.runner import Bench, Row, Wrong
from bench.site import Site
from calakan.diklat.models import Diklat
from calakan.enrolment import queries
from calakan.kernel import clock, db
from calakan.people.models import School
from tests.servers.smtp import SmtpSink

NAME = "hall"
TITLE = "strangers behind one address register and enrol with a mailed code; kept: none refused, all within 180 s"
PEOPLE, SECONDS, LIMIT_S = 100, 90, 180
CODE = re.compile(r"^\d{6}$", re.MULTILINE)
PATIENCE_S = 150


def run(bench: Bench) -> Iterator[Row]:
    people, seconds = bench.size(PEOPLE, 4), bench.size(SECONDS, 1)
    for kind in bench.kinds:
        with SmtpSink() as mails, Site(bench.databases, kind, smtp_url=mails.url) as site:
            course = courses.published("Di aula", starts_at=clock.now() + timedelta(days=9), quota=None)
            slug = courses.slug(course)
            school = db.session().scalars(sa.select(School.npsn).order_by(School.id)).first()
            db.session().rollback()
            site.start_web()
            site.start_worker()
            begin = time.perf_counter()
            with ThreadPoolExecutor(people) as hall:
                ends = [
                    hall.submit(_enrol, site.port, mails, slug, str(school), n, begin + n * seconds / people)
                    for n in range(people)
                ]
                told = [end.result() for end in ends]
            whole = time.perf_counter() - begin
            yield {"database": kind, "people": people, "arriving_in_s": seconds, **_checked(told, course, whole)}


def _enrol(port: int, mails: SmtpSink, slug: str, school: str, number: int, at: float) -> tuple[str, float]:
    """(where it ended, seconds from the first page to the seat)."""
    time.sleep(max(at - time.perf_counter(), 0))
    begin, visitor, email = time.perf_counter(), Browser(port), f"guru{number}@example.org"
    typed = {"name": f"Guru {'ABCDEFGHIJ'[number % 10]}", "email": email, "jabatan": "guru_kelas", "notice": "y"}
    form = visitor.get(f"/diklat/{slug}/ikut")
    asked = visitor.post(f"/diklat/{slug}/ikut", form, **typed, school_words=school, school_id="")
    if asked.status not in (302, 303):
        return f"asking: {asked.status}", 0
    page, code = visitor.get(asked.location), _code(mails, email)
    if code is None:
        return "no mail", 0
    seated = visitor.post(asked.location, page, code=code)
    return f"{seated.status} {seated.location}", time.perf_counter() - begin


def _code(mails: SmtpSink, email: str) -> str | None:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        for received in mails.messages:
            if email in received.recipients:
                body = received.message.get_body(("plain",))
                found = CODE.search(body.get_content()) if body is not None else None
                if found is not None:
                    return found[0]
        time.sleep(0.05)
    return None


def _checked(told: list[tuple[str, float]], course: int, whole: float) -> Row:
    slug = courses.slug(course)
    ends = Counter(end for end, _ in told)
    if len(ends) != 1 or not next(iter(ends)).endswith(f"/diklat/{slug}/terdaftar"):
        raise Wrong(f"they ended at {dict(ends)}")
    db.session().rollback()
    taken = queries.seats(db.session().get_one(Diklat, course))[course].taken
    if taken != len(told):
        raise Wrong(f"{taken} of {len(told)} have a seat")
    each = [seconds for _, seconds in told]
    return {
        "all_in_s": round(whole, 1),
        "one_p50_s": round(load.quantile(each, 0.5) / 1000, 1),
        "one_p99_s": round(load.quantile(each, 0.99) / 1000, 1),
        "refused": 0,
        "kept": "yes" if whole < LIMIT_S else "no",
    }
