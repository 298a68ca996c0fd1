"""What goes wrong around papers: a clock set back, a key out of reach, a revocation in the middle, names of every kind."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pypdf
import pytest
import sqlalchemy as sa
import time_machine
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient

from calakan.certificates import letters, rendering, seals, services, tasks
from calakan.certificates.errors import NotIssued, NotValidAnyMore
from calakan.certificates.models import Certificate, Status
from calakan.cli import commands
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.kernel.claims import WorkState
from calakan.notifications.models import Message
from calakan.promises.invariants import broken
from calakan.signing.keys import SourceError
from tests import factories
from tests.certificates import samples
from tests.certificates.issuing import held, issued, make_papers

Opener = Callable[[int | None], FlaskClient]
Act = Callable[..., Certificate]


def test_a_clock_set_back_a_year_doubles_no_number(app: Flask) -> None:
    settings = app.extensions["calakan.settings"]
    for years, name in ((1, "Ani"), (-1, "Budi"), (1, "Cici")):
        with time_machine.travel(clock.now() + timedelta(days=366 * years)):
            issued(app, name)
    assert tasks.sweep(settings) == 0
    rows = db.session().execute(sa.select(Certificate.year, Certificate.serial).order_by(Certificate.id)).all()
    assert [serial for _, serial in rows] == [1, 1, 2]
    assert rows[0][0] == rows[2][0] == rows[1][0] + 2
    assert broken() == []


def test_papers_wait_while_the_key_cannot_be_opened(app: Flask, tmp_path: Path) -> None:
    person_id = factories.person().id
    held(person_id)
    settings = app.extensions["calakan.settings"]
    away = replace(settings, signing_p12=str(tmp_path / "none.p12"))
    with time_machine.travel(clock.now() + timedelta(days=3)):
        tasks.issue_due(away)
        paper = db.session().scalars(sa.select(Certificate)).one()
        assert (paper.state, paper.serial, paper.sha256) == (WorkState.PENDING, 1, None)
        assert "CALAKAN_SIGNING_P12" in (paper.last_error or "")
    with time_machine.travel(clock.now() + timedelta(days=4)):
        assert tasks.issue_due(settings) == 1
    db.session().rollback()
    paper = db.session().scalars(sa.select(Certificate)).one()
    assert (paper.state, paper.serial) == (WorkState.DONE, 1)


def test_the_panitia_and_the_operator_are_told_what_papers_wait_for(
    app: Flask, client_of: Opener, tmp_path: Path
) -> None:
    slug = held(factories.person().id).slug
    settings = app.extensions["calakan.settings"]
    away, later = replace(settings, signing_p12=str(tmp_path / "none.p12")), clock.now() + timedelta(days=3)
    rina = factories.person("Rina", Role.PANITIA).id
    sentence, heard = "Kunci tanda tangan sedang tidak dapat dipakai.", []
    for settings_now, minutes in ((away, 0), (away, 2), (settings, 4)):
        with time_machine.travel(later + timedelta(minutes=minutes)):
            tasks.issue_due(settings_now)
            db.session().rollback()
            panitia = client_of(rina)
            page = panitia.get(f"/kelola/diklat/{slug}/sertifikat/kemajuan").get_data(as_text=True)
            heard.append((sentence in page, "certificates" in panitia.get("/readyz").get_json()["stuck"]))
    # One failure may pass; a second one a minute later is the operator's.
    assert heard == [(True, False), (True, True), (False, False)]


def test_a_key_that_is_away_is_not_asked_for_each_of_many_papers(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    held(*(factories.person(f"Guru {n}").id for n in range(8)))
    asked = []

    def none(*_: object, **__: object) -> None:
        asked.append(1)
        raise SourceError("away")

    monkeypatch.setattr(seals, "paper_envelope", none)
    make_papers(app)
    waiting = db.session().execute(sa.select(Certificate.state, Certificate.last_error)).all()
    assert (len(asked), set(waiting)) == (3, {(WorkState.PENDING, "SourceError: away")})


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "own key (not made yet)"),
        ({"CALAKAN_SIGNING": "bsre"}, "an official, by way of BSrE"),
        ({"CALAKAN_SIGNING_P12": __file__}, "PKCS #12 file (NOT USABLE: CALAKAN_SIGNING_P12 cannot be opened"),
    ],
)
def test_the_doctor_says_whose_key_signs(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: dict[str, str], said: str
) -> None:
    place = {"CALAKAN_DATABASE_URL": database_url, "CALAKAN_DATA_DIR": str(tmp_path), **given}
    for name, value in place.items():
        monkeypatch.setenv(name, value)
    done = CliRunner().invoke(commands.doctor)
    assert f"signing: {said}" in done.output


def test_what_is_still_being_made_cannot_be_revoked_and_what_was_replaced_stays_replaced(app: Flask) -> None:
    paper = issued(app)
    id = paper.id
    with db.transaction():
        new = services.reissue(id, reason="gelar", actor=factories.SYSTEM, now=clock.now()).id
    for which, refusal in ((new, NotIssued), (id, NotValidAnyMore)):
        with pytest.raises(refusal), db.transaction():
            services.revoke(which, reason="keliru", actor=factories.SYSTEM, now=clock.now())
    make_papers(app)
    db.session().rollback()
    rows = db.session().execute(sa.select(Certificate.status, Certificate.state).order_by(Certificate.id)).all()
    assert rows == [(Status.REPLACED, WorkState.DONE), (Status.VALID, WorkState.DONE)]


@pytest.mark.parametrize("order", [(services.revoke, services.reissue), (services.reissue, services.revoke)])
def test_of_two_who_revoke_and_reissue_a_paper_at_once_one_is_told(app: Flask, order: tuple[Act, Act]) -> None:
    id, barrier = issued(app).id, threading.Barrier(2)
    refused: list[type[Exception]] = []

    def act(what: Act) -> None:
        with app.app_context():
            barrier.wait()
            try:
                with db.transaction():
                    what(id, reason="keliru", actor=factories.SYSTEM, now=clock.now())
            except NotValidAnyMore as error:
                refused.append(type(error))
            finally:
                db.db.session.remove()

    threads = [threading.Thread(target=act, args=(what,)) for what in order]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session().rollback()
    statuses = db.session().scalars(sa.select(Certificate.status).order_by(Certificate.id)).all()
    assert (refused, statuses[0] is Status.VALID) == ([NotValidAnyMore], False)
    assert statuses in ([Status.REVOKED], [Status.REPLACED, Status.VALID])
    assert broken() == []


def test_the_mail_of_a_paper_that_was_revoked_meanwhile_is_dropped(app: Flask) -> None:
    paper = issued(app)
    with db.transaction():
        services.revoke(paper.id, reason="keliru", actor=factories.SYSTEM, now=clock.now())
    message = db.session().scalars(sa.select(Message).where(Message.kind == "certificates.issued")).one()
    assert letters.issued(message, clock.now()) is None


NAMES = [
    "Sri",
    "Ma'ruf Amīn",
    "Nur’aini Ḥasan Ṣiddīq ʿAlī",
    "Prof. Dr. Hj. Siti Nur'aini Ḥasan Ma'rufah, S.Pd.SD., M.Pd., Gr.",
    "Raden Mas Panji Sosrokartono Kusumaningrat Hadiningrat Wiryosumarto, S.Pd.",
    "Dr. K.H. Muhammad Ilyas Ruchiyat Kartawidjaja, S.Pd.I., M.Pd.I., M.M., Ph.D.",
    "A" * 60,
]


@pytest.mark.parametrize("name", NAMES)
def test_every_name_is_whole_inside_its_lines_and_found_by_a_search(name: str) -> None:
    import pypdfium2

    content = samples.template().render(replace(samples.holder(), name=name), created_at=clock.now())
    text = " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)
    assert "".join(name.split()) in "".join(text.split())
    page = pypdfium2.PdfDocument(content)[0]
    found = page.get_textpage()
    boxes = [found.get_charbox(n) for n in range(found.count_chars())]
    width, height = page.get_size()
    assert all(left >= 0 and bottom >= 0 and right <= width and top <= height for left, bottom, right, top in boxes)
    name_letters = [box for box in boxes if 0.48 * height < box[1] < 0.56 * height and box[2] > box[0]]
    assert name_letters
    assert min(box[0] for box in name_letters) > 0.16 * width
    assert max(box[2] for box in name_letters) < 0.84 * width


def test_the_file_stays_what_it_was_whatever_changes_later(app: Flask) -> None:
    paper = issued(app)
    store = app.extensions["calakan.files"]
    before = rendering.read(paper, store)
    with db.transaction() as session:
        session.execute(sa.update(factories.Person).values(name="Orang Lain"))
        session.execute(sa.update(factories.Diklat).values(title="Judul Lain"))
    db.session().rollback()
    assert rendering.read(db.session().scalars(sa.select(Certificate)).one(), store) == before
