"""What is frozen into a paper, and what of it stands on the sheet."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pypdf
import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from calakan.assessment.programme import Mark
from calakan.certificates import numbering, rendering, services, snapshot, tasks
from calakan.certificates.designs.drawing import SHIPPED
from calakan.certificates.models import Certificate, CertificateRole
from calakan.diklat.models import Diklat, Mode
from calakan.diklat.services import sessions
from calakan.kernel import claims, clock, db
from calakan.narasumber import services as speaking
from calakan.office.queries import Signer
from calakan.office.services import change_settings
from calakan.paper.front import held_sentence
from calakan.people.models import Person
from tests import factories
from tests.certificates.issuing import attend, issued, join

SYSTEM = factories.SYSTEM
SIGNERS = [
    Signer(post="Kepala Dinas", name="Joko Wiyono, M.Si.", rank="Pembina Utama Muda", nip="196801011992031001"),
    Signer(post="Ketua Program", name="Ratri Kusuma, M.Pd."),
    Signer(post="Ketua Panitia", name="Ahmad Sidqi, S.Kom."),
]


@pytest.fixture
def course(app: Flask) -> int:
    """Two sessions, of which the first has two speakers and a moderator; the office has three signers."""
    with db.transaction():
        change_settings(actor=SYSTEM, now=clock.now(), signers=SIGNERS)
    speakers = [factories.volunteer(name).id for name in ("Tri Handoko", "Uli Astuti")]
    made = factories.diklat("Numerasi", days=1, mode=Mode.ON_SITE, place="Aula Korwilcam Sokaraja").id
    guide = factories.volunteer("Moderator Saja").id
    plan = sessions.SessionPlan(
        title="Sesi dua", starts_at=factories.morning(2), ends_at=factories.morning(2) + timedelta(hours=3)
    )
    with db.transaction():
        speaking.schedule(made, plan, speakers, moderator_ids=[guide], agreed=True, actor=SYSTEM, now=clock.now())
    return made


def facts_of(course: int, role: CertificateRole = CertificateRole.PARTICIPANT) -> dict[str, Any]:
    """Those of one person who was at every session, as they are frozen after the last."""
    person = factories.person("Sri Mulyati", nip="198501012010012001")
    id = person.id
    join(course, id)
    with time_machine.travel(factories.morning(4), tick=False):
        attend(course, [id])
        paper = Certificate(diklat_id=course, person_id=id, role=role)
        with db.transaction():
            snapshot.freeze([paper], now=clock.now())
    return paper.facts


def drawn(event: dict[str, Any], **changed: Any) -> Any:
    """What the sheet is told of an event."""
    return rendering.event_facts(
        {**event, **changed}, SHIPPED, None, issued_on=date(2026, 9, 12), base_url="https://calakan.test"
    )  # fmt: skip


def test_who_speaks_is_printed_as_narasumber_and_who_moderates_is_not(app: Flask, course: int) -> None:
    facts = facts_of(course)
    assert [row["speakers"] for row in facts["event"]["programme"]] == [[], ["Tri Handoko", "Uli Astuti"]]
    assert "Moderator Saja" not in str(facts)
    assert [row.speaker for row in drawn(facts["event"]).programme] == [None, "Tri Handoko dan Uli Astuti"]


def test_a_speaker_of_two_sessions_of_a_row_is_named_once(app: Flask, course: int) -> None:
    facts = facts_of(course)
    (row,) = [row for row in facts["event"]["programme"] if row["speakers"]]
    assert row["speakers"] == list(dict.fromkeys(row["speakers"]))
    assert (row["title"], row["group"], len(row["when"])) == ("Sesi dua", "pokok", 1)


def test_three_signers_stand_on_the_sheet_in_their_order(app: Flask, course: int) -> None:
    event = facts_of(course)["event"]
    assert [signer.name for signer in drawn(event).signers] == [signer.name for signer in SIGNERS]
    first, second, _ = drawn(event).signers
    assert (first.post, first.rank, first.nip) == ("Kepala Dinas", "Pembina Utama Muda", "19680101 199203 1 001")
    assert (second.rank, second.nip, second.scan) == (None, None, None)
    four = drawn(event, signers=[*event["signers"], event["signers"][0]])
    assert len(four.signers) == 3


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("mode", "place", "printed"),
    [
        ("luring", "Aula Korwilcam Sokaraja", "di Aula Korwilcam Sokaraja"),
        ("hibrida", "Aula", "di Aula"),
        ("daring", "Aula", "secara daring"),
        ("luring", "", "secara luring"),
        ("hibrida", "", "secara hibrida"),
    ],
)
def test_the_place_of_what_people_came_to_is_printed(
    app: Flask, course: int, mode: str, place: str, printed: str
) -> None:
    event = facts_of(course)["event"]
    assert (event["mode"], event["place"]) == ("luring", "Aula Korwilcam Sokaraja")
    assert drawn(event, mode=mode, place=place).held_at == printed


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("mark", "printed"),
    [
        ("present", "Hadir"), ("missed", "Tidak diikuti"), ("absent", "Tidak hadir"), ("done", "Tuntas"), ("", ""),
        ("partly:1/2", "Hadir 1 dari 2 sesi"),
    ],
)  # fmt: skip
def test_what_was_followed_is_printed_row_by_row(app: Flask, course: int, mark: str, printed: str) -> None:
    facts = facts_of(course)
    assert facts["attendance"] == [Mark.PRESENT.value, Mark.PRESENT.value]
    paper = Certificate(
        role=CertificateRole.PARTICIPANT, number="1", revision=3, facts={**facts, "attendance": [mark, "present"]}
    )
    told = rendering.holder_facts(paper, "https://calakan.test/s/1")
    assert (told.attendance, told.revision, told.number) == ((printed, "Hadir"), 3, "1")


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("workplace", "kecamatan", "unit"),
    [
        ("SDN 1 Besuki", "Lumbir", "SDN 1 Besuki · Kecamatan Lumbir"),
        ("", "Lumbir", "Kecamatan Lumbir"),
        ("Kecamatan Lumbir", "Lumbir", "Kecamatan Lumbir"),
        ("SDN 1 Besuki", "", "SDN 1 Besuki"),
    ],
)
def test_the_place_of_work_names_its_kecamatan_once(
    app: Flask, course: int, workplace: str, kecamatan: str, unit: str
) -> None:
    facts = {**facts_of(course), "workplace": workplace, "kecamatan": kecamatan}
    paper = Certificate(role=CertificateRole.ATTENDEE, number=None, revision=0, facts=facts)
    told = rendering.holder_facts(paper, "https://calakan.test/s/1")
    assert (told.unit, told.role, told.number) == (unit, "PESERTA", "")


def test_a_speakers_paper_says_the_whole_programme_and_no_marks(app: Flask, course: int) -> None:
    facts = facts_of(course, CertificateRole.SPEAKER)
    assert (len(facts["event"]["programme"]), facts["attendance"], facts["role"]) == (2, ["", ""], "narasumber")


@pytest.mark.parametrize(
    ("role", "load"),
    [
        (CertificateRole.PARTICIPANT, "dengan beban belajar"),
        (CertificateRole.ATTENDEE, "dengan beban belajar"),
        (CertificateRole.SPEAKER, "dengan bobot diklat"),
        (CertificateRole.MODERATOR, "dengan bobot diklat"),
        (CertificateRole.COMMITTEE, "dengan bobot diklat"),
    ],
)
def test_only_who_learned_bore_a_load_of_learning(app: Flask, course: int, role: CertificateRole, load: str) -> None:
    facts = drawn(facts_of(course, role)["event"])
    assert held_sentence(facts).endswith(f", {load} {facts.jp} JP ({facts.jp_in_words} jam pelajaran).")


def test_a_paper_of_before_is_drawn_as_it_was(app: Flask, course: int) -> None:
    event = facts_of(course, CertificateRole.SPEAKER)["event"]
    assert drawn({name: value for name, value in event.items() if name != "taught"}).load == "dengan beban belajar"


def test_a_statement_says_whose_jp_it_counts(app: Flask, course: int) -> None:
    event = facts_of(course, CertificateRole.ATTENDEE)["event"]
    assert (event["statement"], event["own"]) == (True, True)
    assert drawn(event).notes[1:] == ("Jumlah JP adalah yang diikuti oleh pemegang lembar ini.",)
    assert len(drawn({**event, "own": False}).notes) == 1
    assert drawn(event).heading != drawn({**event, "statement": False}).heading


def test_what_is_frozen_does_not_thaw(app: Flask) -> None:
    """Profile, programme and signers change between the number and a second try."""
    course, person_id = factories.diklat("Sebelum", days=1).id, factories.person("Sri Mulyati").id
    with db.transaction():
        db.insert_new(
            Certificate, [services._row(course, person_id, CertificateRole.PARTICIPANT, now=clock.now())]
        )  # fmt: skip

    def freeze() -> tuple[str | None, dict[str, Any]]:
        with db.transaction():
            token, ids = claims.claim(Certificate, now=clock.now(), limit=1)
        with db.transaction():
            (paper,) = numbering.number_and_freeze(ids, token, now=clock.now())
            return paper.number, dict(paper.facts)

    before = freeze()
    with db.transaction() as session:
        session.execute(sa.update(Person).where(Person.id == person_id).values(name="Nama Lain"))
        session.execute(sa.update(Diklat).where(Diklat.id == course).values(title="Sesudah"))
        change_settings(actor=SYSTEM, now=clock.now(), signers=SIGNERS)
    with db.transaction():
        claims.release_expired(Certificate, now=clock.now() + claims.LEASE * 2)
    with time_machine.travel(clock.now() + claims.LEASE * 2):
        assert freeze() == before


@pytest.mark.parametrize(
    ("at", "year"),
    [
        (datetime(2027, 12, 31, 16, 59, 59, tzinfo=UTC), 2027),
        (datetime(2027, 12, 31, 17, tzinfo=UTC), 2028),
        (datetime(2028, 1, 1, 6, 59, tzinfo=UTC), 2028),
    ],
)
def test_the_register_is_that_of_the_year_in_jakarta(app: Flask, at: datetime, year: int) -> None:
    with time_machine.travel(at, tick=False):
        course, person_id = factories.diklat(days=1).id, factories.person().id
        with db.transaction():
            row = services._row(course, person_id, CertificateRole.PARTICIPANT, now=clock.now())
            db.insert_new(Certificate, [row])
        with db.transaction():
            token, ids = claims.claim(Certificate, now=clock.now(), limit=1)
        with db.transaction():
            (paper,) = numbering.number_and_freeze(ids, token, now=clock.now())
            assert (paper.year, paper.serial, paper.issued_on) == (year, 1, clock.local(at).date())
            assert str(year) in (paper.number or "")


def test_a_corrected_paper_says_which_revision_it_is(app: Flask) -> None:
    paper = issued(app)
    id = paper.id
    with db.transaction():
        services.reissue(id, reason="gelar dibetulkan", actor=SYSTEM, now=clock.now())
    tasks.issue_due(app.extensions["calakan.settings"])
    first, second = (_text(app, row) for row in db.session().scalars(sa.select(Certificate).order_by(Certificate.id)))
    assert ("Revisi" in first, "Revisi 1" in second) == (False, True)


def test_two_designs_in_one_run_have_two_templates(app: Flask) -> None:
    paper = issued(app)
    templates = rendering.Templates("https://calakan.test", app.extensions["calakan.files"])
    same = Certificate(facts=paper.facts, issued_on=paper.issued_on, design_version_id=None)
    assert templates.of(paper) is templates.of(same)
    later = Certificate(facts=paper.facts, issued_on=date(2020, 1, 1), design_version_id=None)
    assert templates.of(later) is not templates.of(same)
    with pytest.raises(sa.exc.NoResultFound):  # asked for by itself, not answered with the shipped one
        templates.of(Certificate(facts=paper.facts, issued_on=paper.issued_on, design_version_id=4711))


def _text(app: Flask, paper: Certificate) -> str:
    reader = pypdf.PdfReader(io.BytesIO(rendering.read(paper, app.extensions["calakan.files"])))
    return " ".join(page.extract_text() for page in reader.pages)
