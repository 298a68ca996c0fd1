"""What can be done for all who lack one thing: a letter once a day, an exception, a surat keterangan with the closing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from calakan.audit.models import AuditEntry
from calakan.certificates.models import Certificate, CertificateRole
from calakan.completion import reminding, services
from calakan.completion.errors import (
    ExceptionNeedsReason,
    ExceptionOutOfTime,
    NobodyLacks,
    NothingToExcept,
    ReminderOutOfTime,
)
from calakan.completion.models import PassingException
from calakan.completion.reminding import Reminded
from calakan.completion.standing import Lack
from calakan.diklat.services import states
from calakan.enrolment import services as enrolment
from calakan.kernel import clock, db
from calakan.kernel.actor import Actor, Role
from calakan.notifications import letters
from calakan.notifications.models import Message
from calakan.notifications.priorities import Priority
from calakan.notifications.topics import Topic
from calakan.office.house import house
from tests import factories
from tests.completion.courses import Course, nine

Opener = Callable[[int | None], FlaskClient]


def remind(course: Course, lack: Lack = Lack.PRESENCE) -> Reminded:
    with db.transaction():
        return reminding.remind(course.id, lack, actor=factories.SYSTEM, now=clock.now())


def written() -> list[Message]:
    wanted = sa.select(Message).where(Message.kind == reminding.KIND).order_by(Message.id)
    return list(db.session().scalars(wanted))


def read(message: Message) -> letters.Letter | None:
    return letters.compose(message, clock.now())


@pytest.fixture
def course(app: Flask) -> Course:
    return Course("Ani", "Budi", "Cici", task=True)


def test_all_who_lack_it_are_told_everything_once_a_day(course: Course) -> None:
    ani, budi, cici = course.people
    with time_machine.travel(nine(3), tick=False):
        course.mark(ani, budi)
        course.accept(ani)
        assert remind(course) == Reminded(1, 0)
        # Cici has read today what she lacks, the task, too.
        assert remind(course, Lack.TASK) == Reminded(1, 1)
        assert remind(course, Lack.TASK) == Reminded(0, 2)
        assert [message.person_id for message in written()] == [cici, budi]
        text = read(written()[0])
        assert text is not None
        assert "Kehadiran 0 dari 8 JP" in text.text
        assert "Kumpulkan tugas “Modul ajar”" in text.text
        assert f"/belajar/{course.slug}" in text.text
        assert house().contact in text.text
        acts = db.session().scalars(
            sa.select(AuditEntry.facts).where(AuditEntry.act == "completion.remind").order_by(AuditEntry.id)
        )
        assert [(facts["lack"], facts["count"]) for facts in acts] == [("presence", 1), ("task", 1), ("task", 0)]
    with time_machine.travel(nine(4), tick=False):
        assert remind(course, Lack.TASK) == Reminded(2, 0)
    kind = letters.kind_of(reminding.KIND)
    assert (kind.priority, kind.topic) == (Priority.ROUND, Topic.REMINDERS)


def test_at_night_it_waits_for_the_morning(course: Course) -> None:
    morning = clock.today() + timedelta(days=4)
    with time_machine.travel(nine(3) + timedelta(hours=13), tick=False):
        remind(course)
        [first, *_] = written()
        assert clock.local(first.due_at).date() == morning
        assert first.expires_at is not None
        assert first.expires_at > first.due_at


@pytest.mark.parametrize("what", ["met", "left", "closed"])
def test_a_letter_that_is_no_longer_true_is_not_sent(what: str, app: Flask) -> None:
    course = Course("Ani")
    with time_machine.travel(nine(1) + timedelta(hours=1) if what == "left" else nine(3), tick=False):
        remind(course)
        [message] = written()
        assert read(message) is not None
        if what == "met":
            course.mark(*course.people)
        with db.transaction():
            if what == "left":
                enrolment.leave(course.id, course.people[0], actor=factories.SYSTEM, now=clock.now(), reason="x")
            elif what == "closed":
                states.close(course.id, actor=factories.SYSTEM, now=clock.now())
        assert read(written()[0]) is None


def test_nobody_is_reminded_without_need_or_after_the_end(app: Flask) -> None:
    course = Course("Ani")
    with pytest.raises(NobodyLacks):
        remind(course, Lack.TASK)
    with time_machine.travel(nine(3), tick=False):
        with db.transaction():
            states.close(course.id, actor=factories.SYSTEM, now=clock.now())
        with pytest.raises(ReminderOutOfTime):
            remind(course)
    assert written() == []


def let_pass(
    course: Course, lack: Lack = Lack.TASK, reason: str = "Listrik padam", actor: Actor = factories.SYSTEM
) -> int:
    with db.transaction():
        return services.give_exceptions(course.id, lack, reason=reason, actor=actor, now=clock.now())


def test_an_exception_for_all_is_for_those_who_lack_nothing_else(course: Course) -> None:
    ani, budi, cici = course.people
    with time_machine.travel(nine(3), tick=False):
        course.mark(ani, budi)
        with pytest.raises(ExceptionNeedsReason):
            let_pass(course, reason=" ")
        own = Actor(person_id=ani, name="Ani", roles=frozenset({Role.PANITIA}))
        assert let_pass(course, actor=own) == 1
        assert let_pass(course) == 1
        given = db.session().scalars(sa.select(PassingException.person_id).order_by(PassingException.person_id)).all()
        assert (given, course.standing(cici).met) == ([ani, budi], False)
        with pytest.raises(NothingToExcept):
            let_pass(course)
        with db.transaction():
            states.cancel(course.id, reason="Banjir", actor=factories.SYSTEM, now=clock.now())
        with pytest.raises(ExceptionOutOfTime):
            let_pass(course, Lack.PRESENCE)


def test_from_the_page(course: Course, client_of: Opener) -> None:
    ani, budi, _ = course.people
    with time_machine.travel(nine(3), tick=False):
        course.mark(ani)
        course.mark(budi, sessions=1)
        course.accept(budi)
        browser = client_of(factories.person("Panitia", Role.PANITIA).id)
        path = f"/kelola/diklat/{course.slug}"
        page = browser.get(f"{path}/tutup").get_data(as_text=True)
        assert "Kehadiran belum cukup: 2 orang" in page
        assert "Ingatkan 2 orang" in page
        assert "Yang masih kurang untuk sertifikat" in page  # the letter, before it leaves
        assert "Luluskan 1 orang yang hanya kurang ini" in page
        assert "kehadiran?saring=belum" in page

        def post(door: str, **data: str) -> str:
            return browser.post(f"{path}/kelulusan/{door}", data=data, follow_redirects=True).get_data(as_text=True)

        assert "2 surat pengingat masuk antrean." in post("ingatkan", kurang="presence")
        assert "2 orang sudah diingatkan hari ini." in post("ingatkan", kurang="presence")
        assert "Pilih siapa yang diingatkan dari daftar." in post("ingatkan", kurang="x")
        assert "Tidak ada lagi yang kurang ini." in post("ingatkan", kurang="questionnaire")
        assert "Tulis alasannya." in post("banyak", kurang="task", reason="")
        assert "1 peserta dinyatakan lulus." in post("banyak", kurang="task", reason="Listrik padam")
        assert "Orang ini sudah memenuhi semua syarat." in post("banyak", kurang="schedule", reason="x")


@pytest.mark.parametrize("wanted", [True, False])
def test_whoever_was_there_in_part_gets_a_surat_keterangan_with_the_closing(
    wanted: bool, app: Flask, client_of: Opener
) -> None:
    course = Course("Ani", "Budi", "Cici")
    ani, budi, _ = course.people
    with time_machine.travel(nine(3), tick=False):
        course.mark(ani)
        course.mark(budi, sessions=1)
        browser = client_of(factories.person("Panitia", Role.PANITIA).id)
        path = f"/kelola/diklat/{course.slug}/tutup"
        assert "bagi 1 orang yang hadir sebagian" in browser.get(path).get_data(as_text=True)
        assert browser.post(path, data={"keterangan": "y"} if wanted else {}).status_code == 303
    found = db.session().execute(sa.select(Certificate.person_id, Certificate.role).order_by(Certificate.id)).all()
    attendee = [(budi, CertificateRole.ATTENDEE)] if wanted else []
    assert [tuple(row) for row in found] == [(ani, CertificateRole.PARTICIPANT), *attendee]
