"""One person may pass with a reason that everybody can find again; each refusal is tested."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from calakan.audit.models import AuditEntry
from calakan.certificates import eligibility
from calakan.certificates.models import Certificate
from calakan.completion import services
from calakan.completion.errors import (
    ExceptionForStranger,
    ExceptionNeedsReason,
    ExceptionOutOfTime,
    NothingToExcept,
    PapersUnderWay,
)
from calakan.completion.models import PassingException
from calakan.diklat.models import Diklat, JpRule
from calakan.diklat.services import states
from calakan.enrolment import services as enrolment
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.people.models import Person
from tests import factories
from tests.completion.courses import Course, nine

Opener = Callable[[int | None], FlaskClient]


def give(course: Course, person_id: int, reason: str = "Sakit") -> None:
    with db.transaction():
        services.give_exception(course.id, person_id, reason=reason, actor=factories.SYSTEM, now=clock.now())


def take_back(course: Course, person_id: int) -> bool:
    with db.transaction():
        return services.take_back_exception(course.id, person_id, actor=factories.SYSTEM, now=clock.now())


def close(course: Course) -> None:
    with db.transaction():
        states.close(course.id, actor=factories.SYSTEM, now=clock.now())


def papers() -> list[int]:
    return list(db.session().scalars(sa.select(Certificate.person_id).order_by(Certificate.id)))


def test_an_exception_lets_pass_and_stands_on_the_trail(app: Flask) -> None:
    made = Course("Ani", "Budi")
    ani, budi = made.people
    give(made, ani, " Sakit dua hari ")
    assert made.standing(ani).met
    assert made.standing(ani).lacks != ()
    assert not made.standing(budi).met
    give(made, ani, "Sakit tiga hari")
    assert db.session().scalars(sa.select(PassingException.reason)).all() == ["Sakit tiga hari"]
    said = db.session().scalars(
        sa.select(AuditEntry.facts).where(AuditEntry.act == "completion.give_exception").order_by(AuditEntry.id)
    )
    assert [row["reason"] for row in said] == ["Sakit dua hari", "Sakit tiga hari"]


def test_each_refusal(app: Flask) -> None:
    made = Course("Ani", "Budi")
    ani, budi = made.people
    stranger = factories.person("Candra").id
    with pytest.raises(ExceptionNeedsReason):
        give(made, ani, "  ")
    with pytest.raises(ExceptionForStranger):
        give(made, stranger)
    with db.transaction():
        enrolment.leave(made.id, budi, actor=factories.SYSTEM, now=clock.now(), reason="")
    with pytest.raises(ExceptionForStranger):
        give(made, budi)
    with time_machine.travel(nine(3), tick=False):
        made.mark(ani)
        with pytest.raises(NothingToExcept):
            give(made, ani)
    with db.transaction():
        states.cancel(made.id, reason="Banjir", actor=factories.SYSTEM, now=clock.now())
    with pytest.raises(ExceptionOutOfTime):
        give(made, ani)


def test_after_the_closing_it_asks_for_the_paper_and_cannot_be_taken_back(app: Flask) -> None:
    made = Course("Ani", "Budi")
    ani, budi = made.people
    with time_machine.travel(nine(3), tick=False):
        made.mark(ani, budi, sessions=1)
        give(made, ani)
        assert papers() == []
        close(made)
        assert papers() == [ani]
        give(made, budi)
        assert papers() == [ani, budi]
        with pytest.raises(PapersUnderWay):
            take_back(made, ani)


def test_before_it_may_be_taken_back(app: Flask) -> None:
    made, [ani] = (course := Course("Ani")), course.people
    assert take_back(made, ani) is False
    give(made, ani)
    assert take_back(made, ani) is True
    assert not made.standing(ani).met


def test_where_papers_come_at_once_it_is_too_late_after_the_last_session(app: Flask) -> None:
    made = Course("Ani", issue_at_once=True)
    give(made, made.people[0])
    with time_machine.travel(nine(3), tick=False), pytest.raises(PapersUnderWay):
        take_back(made, made.people[0])


def test_from_the_page(app: Flask, client_of: Opener) -> None:
    made, path = (course := Course("Ani")), f"/kelola/diklat/{course.slug}"
    ani = made.people[0]
    code = db.session().get_one(Person, ani).code
    desk = client_of(factories.person("Rina", Role.PANITIA).id)
    answer = desk.post(f"{path}/kelulusan", data={"orang": code, "reason": ""}, follow_redirects=True)
    assert "Tulis alasannya." in answer.get_data(as_text=True)
    answer = desk.post(f"{path}/kelulusan", data={"orang": "TIDAKADA12", "reason": "Sakit"}, follow_redirects=True)
    assert "Orang ini bukan peserta diklat ini." in answer.get_data(as_text=True)
    page = desk.post(f"{path}/kelulusan", data={"orang": code, "reason": "Sakit"}, follow_redirects=True)
    assert "Diluluskan panitia (1)" in page.get_data(as_text=True)
    page = desk.post(f"{path}/kelulusan/tarik", data={"orang": code}, follow_redirects=True).get_data(as_text=True)
    assert "Diluluskan panitia" not in page
    page = desk.post(f"{path}/kelulusan/tarik", data={"orang": "TIDAKADA12"}, follow_redirects=True)
    assert "Orang ini bukan peserta diklat ini." in page.get_data(as_text=True)


@pytest.mark.parametrize(("rule", "printed"), [(JpRule.HELD, 1), (JpRule.OWN, 0)])
def test_an_exception_without_any_jp_is_no_paper_of_nought(
    app: Flask, client_of: Opener, rule: JpRule, printed: int
) -> None:
    """Where a paper states what was followed, there is nothing to state of somebody who followed nothing."""
    made = Course("Ani", "Budi", jp_rule=rule)
    ani, budi = made.people
    with time_machine.travel(nine(3), tick=False):
        made.mark(budi)
        give(made, ani)
        found = eligibility.dry_run(db.session().get_one(Diklat, made.id), now=clock.now())
        assert (found.participants, list(found.lacking)) == (1 + printed, [] if printed else [ani])
        page = client_of(factories.person("Rina", Role.PANITIA).id).get(f"/kelola/diklat/{made.slug}/tutup")
        assert ("belum ada JP yang terbukti untuknya" in page.get_data(as_text=True)) is not bool(printed)
        close(made)
    assert papers() == ([ani, budi] if printed else [budi])
