"""One's own data and their erasure: complete, without secrets, for good, and without harm to the counts."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from calakan.assessment.models import Attempt, Submission
from calakan.attendance import checking_in
from calakan.attendance import services as attendance
from calakan.attendance.models import Appeal, BatchLine, Decision, Evidence, LineClaim, MissedCode, Presence
from calakan.audit.models import AuditEntry
from calakan.availability.models import BusySource, BusyTime
from calakan.certificates import tasks
from calakan.certificates.models import Certificate, Correction, NameConfirmation
from calakan.certificates.outside.models import OutsideJp
from calakan.certificates.yearly.models import YearPaper
from calakan.completion.models import PassingException
from calakan.diklat import queries as diklat_queries
from calakan.diklat.models import CommitteeMember, Diklat
from calakan.diklat.services import states
from calakan.enrolment import queries as enrolment_queries
from calakan.enrolment import services as enrolment
from calakan.enrolment.models import Enrolment, EnrolmentState, Wish
from calakan.feedback.models import Answered, Quote, SurveyAnswered
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.narasumber.models import Assignment, Volunteer, VolunteerLevel, VolunteerTopic
from calakan.notifications import letters
from calakan.notifications.models import Bounce, ChannelAddress, InboxSeen, Message, MutedTopic, PushSubscription
from calakan.people import queries as people
from calakan.people.agreements import Consent, NoticeAcceptance
from calakan.people.errors import ErasedAlready
from calakan.people.models import Login, OneTimeLink, Person, PersonRole, PersonScope, SecondFactor
from calakan.people.services import accounts, entry, roles
from calakan.people.ways_in import IssuerAccount, Passkey
from calakan.planning.models import ReviewNote
from calakan.privacy import erasure, personal
from calakan.privacy.errors import ErasureNeedsReason, ErasureOfStaff
from calakan.privacy.shown import SHOWN
from calakan.recognition.models import AssignmentLetter
from calakan.reports.models import Export, ReportSchedule, SavedReport
from calakan.reports.queries import participation
from calakan.reports.terms import Dimension, Filters
from calakan.roster.models import RosterClaim, RosterRow
from tests import factories

Opener = Callable[[int | None], FlaskClient]
NIP = "198501012010012001"


@pytest.fixture
def life(app: Flask) -> tuple[int, int, int]:
    """Ani finished one diklat and holds the only seat of another, where Budi waits. (Ani, Budi, the running diklat)"""
    past, running = factories.diklat("Lama", days=1).id, factories.diklat("Berjalan", quota=1, days=30).id
    start = clock.now()
    ani = factories.person("Ani Rahmawati", nip=NIP, phone="081234567890", title_after="S.Pd.").id
    budi = factories.person("Budi").id
    for diklat_id, person_id in ((past, ani), (running, ani), (running, budi)):
        with db.transaction():
            enrolment.join(
                diklat_id, person_id, actor=factories.actor(db.session().get_one(Person, person_id)), now=start
            )
    session_id = diklat_queries.sessions_of(past)[0].id
    with time_machine.travel(factories.morning(1) + timedelta(minutes=5)):
        with db.transaction():
            attendance.open_check_in(session_id, minutes=30, actor=factories.SYSTEM, now=clock.now())
        with db.transaction():
            checking_in.check_in(ani, "999", actor=factories.SYSTEM, now=clock.now())
        with db.transaction():
            attendance.mark_by_hand(
                session_id, [ani], present=True, reason="hadir", actor=factories.SYSTEM, now=clock.now()
            )
    with time_machine.travel(start + timedelta(days=2)):
        with db.transaction():
            states.close(past, actor=factories.SYSTEM, now=clock.now())
        assert tasks.issue_due(app.extensions["calakan.settings"]) == 1
    return ani, budi, running


def erase(person_id: int, reason: str = "diminta") -> None:
    with db.transaction():
        erasure.erase(person_id, reason=reason, actor=factories.SYSTEM, now=clock.now())


def test_the_copy_is_complete_and_holds_no_secret(app: Flask, client_of: Opener, life: tuple[int, int, int]) -> None:
    ani, budi, _ = life
    with db.transaction():
        entry.ask_reset(people.person(ani).email, now=clock.now())
    secret = factories.mailed_secret("people.reset_password", people.person(ani).email)
    token = db.session().get_one(Person, ani).calendar_token
    answer = client_of(ani).get("/saya/data.json")
    assert (answer.mimetype, answer.headers["Cache-Control"]) == ("application/json", "no-store")
    text = answer.get_data(as_text=True)
    assert secret not in text
    assert token not in text
    found = json.loads(text)
    assert set(found) == {
        "profil", "pemberitahuan", "persetujuan", "masuk", "akun_lain", "passkey", "verifikasi_dua_langkah", "pendaftaran", "kehadiran", "tugas", "tes", "kode_keliru",
        "sertifikat", "narasumber", "penugasan", "diluluskan", "baris_daftar_hadir", "baris_diakui",
        "bukti_hadir", "putusan_hadir", "ajuan_hadir",
        "surat_tugas", "jp_luar_dinas", "rekap_jp", "kalender_sibuk", "waktu_sibuk", "angket_terisi", "kutipan", "catatan_usulan", "ekspor", "koreksi",
        "laporan_bulanan", "laporan_tersimpan", "minta_dikabari", "data_induk", "pengakuan_data_induk", "nama_disetujui", "panitia_diklat", "pesan_dibaca",
        "yang_melihat",
        "pesan_dimatikan", "pesan_kembali", "kanal_pesan", "perangkat", "pesan", "jejak", "jejak_tentang_saya",
    }  # fmt: skip
    profile = found["profil"]
    assert (profile["printed_name"], profile["nip"], profile["phone"]) == (
        "Ani Rahmawati, S.Pd.",
        NIP,
        "+6281234567890",
    )
    assert [(row["diklat"], row["status"]) for row in found["pendaftaran"]] == [
        ("Lama", "confirmed"),
        ("Berjalan", "confirmed"),
    ]
    assert [(row["diklat"], row["hadir"]) for row in found["kehadiran"]] == [("Lama", True)]
    assert [row["typed"] for row in found["kode_keliru"]] == ["999"]
    number = db.session().scalars(sa.select(Certificate.number)).one()
    assert [row["nomor"] for row in found["sertifikat"]] == [number]
    mails = db.session().scalar(sa.select(sa.func.count()).select_from(Message).where(Message.person_id == ani))
    assert len(found["pesan"]) == mails
    assert "Budi" not in text
    assert json.loads(client_of(budi).get("/saya/data.json").data)["profil"]["name"] == "Budi"
    assert client_of(None).get("/saya/data.json").status_code == 302


# What of each table stays inside: keys of other tables (told in words), hashes, and the machinery of work.
_WORK = {"key", "due_at", "lease_until", "claim_token", "attempts", "last_error"}
_OF = {"id", "person_id"}
INSIDE: dict[type[db.Base], set[str]] = {
    Person: {"id", "password_hash", "calendar_token", "lock_count", "name_key", "school_id"},
    PersonRole: {"person_id"},
    PersonScope: _OF,
    Login: {*_OF, "secret_hash", "proved_at"},
    SecondFactor: {*_OF, "secret", "last_step", "failures", "failed_at", "lock_count"},
    IssuerAccount: _OF,
    Passkey: {*_OF, "credential_id", "public_key", "sign_count"},
    NoticeAcceptance: {"person_id"},
    Consent: {"person_id"},
    Enrolment: {*_OF, "diklat_id"},
    Presence: {*_OF, "live_session_id", "marked_by_id"},
    Evidence: {*_OF, "live_session_id", "least", "source", "batch_id", "part", "by_id", "exam_id"},
    Decision: {*_OF, "live_session_id", "rule"},
    Appeal: {*_OF, "live_session_id", "decided_by_id"},
    PassingException: {"diklat_id", "person_id", "given_by_id"},
    MissedCode: {*_OF, "live_session_id", "key"},
    BatchLine: {
        *_OF, "batch_id", "lines", "lane", "verdict", "by", "why", "unclear", "candidates", "marked_at", "pieces", "left_out",
    },
    LineClaim: {*_OF, "line_id"},
    Submission: {*_OF, "exercise_id", "rounds", "reviewed_at", "reviewed_by_id", "lock_count"},
    Attempt: {"drawn", *_OF, "exam_id", "number", "ends_at", "lock_count"},
    Certificate: {
        *_OF, *_WORK, "state", "diklat_id", "register", "year", "serial", "sha256", "prefix_sha256", "tail_sha256",
        "design_version_id", "paper_kid", "code_kid", "issued_on", "status_reason", "status_at", "asked_at",
    },
    NameConfirmation: {"person_id"},
    Correction: {"id", "certificate_id", "by_rule", "decided_at", "decided_by"},
    CommitteeMember: {"diklat_id", "person_id"},
    Volunteer: {"person_id", "slug", "photo_sha256", "decided_at"},
    VolunteerTopic: {"person_id"},
    VolunteerLevel: {"person_id"},
    Assignment: {
        *_OF, "live_session_id", "origin", "round", "created_at", "asked_at", "reply_by", "agreed_at", "decided_at",
        "checked_in_at", "reason", "replaces_id",
    },
    YearPaper: {*_OF, "sha256"},
    AssignmentLetter: {*_OF, "diklat_id", "year", "serial", "created_at"},
    BusySource: {*_OF, *_WORK, "state", "found"},
    BusyTime: {*_OF, "source_id"},
    ReviewNote: {*_OF, "diklat_id"},
    Answered: {"person_id"},
    SurveyAnswered: {"person_id"},
    Quote: {*_OF, "code", "live_session_id", "place", "lock_count"},
    Message: {*_OF, *_WORK, "subject_kind", "subject_id", "facts", "expires_at", "provider_id", "priority",
        "request_id"},
    MutedTopic: {"person_id"},
    ChannelAddress: {*_OF, "proof_hash", "proof_until", "tries", "withdrawn_why"},
    PushSubscription: {*_OF, "endpoint", "public", "auth"},
    InboxSeen: {"person_id"},
    Bounce: {*_OF, "message_id", "trusted_at"},
    Export: {
        *_WORK, "state", "id", "code", "asked_by_id", "total", "written", "stop", "file_name", "size", "sha256", "finished_at",
        "kind", "expires_at", "removed_at",
    },
    SavedReport: {*_OF},
    Wish: {*_OF},
    OutsideJp: {*_OF, "code", "sha256", "suffix", "decided_by_id", "lock_count"},
    RosterRow: {*_OF, "code", "name_key", "school_id", "list_id", "lock_count"},
    RosterClaim: {*_OF, "code", "row_id", "filled", "decided_by_id", "lock_count"},
    ReportSchedule: {*_OF, "by", "last_month"},
    AuditEntry: {"id", "actor_id", "subject_id", "facts"},
}  # fmt: skip


@pytest.mark.parametrize("model", list(SHOWN), ids=lambda model: model.__tablename__)
def test_a_column_is_given_out_only_when_it_was_named(app: Flask, model: type[db.Base]) -> None:
    """A new column is not given out by itself, and fails here until somebody has decided."""
    # Neither shown nor among those that stay inside: somebody has to decide.
    assert {column.name for column in db.table(model).columns} - set(SHOWN[model]) - set(INSIDE[model]) == set()
    assert set(SHOWN[model]).isdisjoint(INSIDE[model])
    for name in SHOWN[model]:
        others = INSIDE[model] | (set(SHOWN[model]) - {name})
        assert {column.name for column in db.table(model).columns} - others == {name}


def test_the_copy_gives_what_is_named_and_nothing_else(app: Flask, life: tuple[int, int, int]) -> None:
    facts = personal.everything(life[0])
    told_in_words = {"printed_name", "school", "npsn", "kecamatan", "roles", "scopes"}
    assert set(facts["profil"]) == set(SHOWN[Person].values()) | told_in_words
    assert set(facts["pesan"][0]) == set(SHOWN[Message].values())
    assert set(facts["sertifikat"][0]) == set(SHOWN[Certificate].values())
    assert set(facts["kehadiran"][0]) == {*SHOWN[Presence].values(), "diklat", "sesi"}
    assert set(facts["kode_keliru"][0]) == set(SHOWN[MissedCode].values())


def test_the_same_copy_opens_in_a_spreadsheet(app: Flask, client_of: Opener, life: tuple[int, int, int]) -> None:
    with db.transaction() as session:
        session.get_one(Person, life[0]).subject_taught = "=1+1"
    answer = client_of(life[0]).get("/saya/data.csv")
    assert (answer.mimetype, answer.headers["Cache-Control"]) == ("text/csv", "no-store")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))
    assert rows[0] == ["bagian", "baris", "isian", "nilai"]
    told = {(part, number, name): value for part, number, name, value in rows[1:]}
    facts = json.loads(client_of(life[0]).get("/saya/data.json").data)
    assert {row[0] for row in rows[1:]} == {part for part, held in facts.items() if held}
    assert told["profil", "1", "name"] == "Ani Rahmawati"
    assert told["pendaftaran", "2", "diklat"] == "Berjalan"
    assert told["kehadiran", "1", "hadir"] == "ya"
    assert told["profil", "1", "subject_taught"].startswith("'")
    assert client_of(None).get("/saya/data.csv").status_code == 302


def test_erasing_takes_the_person_and_leaves_the_counts_and_the_register(
    app: Flask, life: tuple[int, int, int]
) -> None:
    ani, budi, running = life
    email = db.session().get_one(Person, ani).email
    finished = Filters(diklat=db.session().scalars(sa.select(Diklat.slug).where(Diklat.title == "Lama")).one())
    before = participation([Dimension.JABATAN, Dimension.KECAMATAN], finished, visible_to=factories.SYSTEM)
    facts = dict(db.session().scalars(sa.select(Certificate)).one().facts)
    with db.transaction():
        accounts.log_in(ani, device="HP", now=clock.now())
    erase(ani)
    db.session().rollback()
    gone = people.person(ani)
    assert gone is not None
    assert (gone.printed_name, gone.erased, gone.active, gone.password_hash) == ("Data dihapus", True, False, None)
    assert (gone.nip, gone.nuptk, gone.phone, gone.sex, gone.school_id) == (None, None, None, None, None)
    assert people.by_email(email) is None
    for model in (Login, OneTimeLink):
        assert db.session().scalar(sa.select(sa.func.count()).select_from(model).where(model.person_id == ani)) == 0
    left = db.session().scalars(sa.select(Message).where(Message.person_id == ani)).all()
    assert {(m.address, m.subject, m.body, str(m.facts)) for m in left} == {("", "", "", "{}")}
    assert {m.state.value for m in left} <= {"dropped", "done"}
    # The seat went to the one who waited; the count of the finished diklat stands.
    assert enrolment_queries.enrolment(running, budi).state is EnrolmentState.CONFIRMED
    after = participation([Dimension.JABATAN, Dimension.KECAMATAN], finished, visible_to=factories.SYSTEM)
    assert after.rows == before.rows
    assert [row.kepesertaan for row in after.rows] == [1]
    assert db.session().scalars(sa.select(Certificate)).one().facts == facts
    assert personal.everything(ani)["kode_keliru"] == []
    entry = db.session().scalars(sa.select(AuditEntry).where(AuditEntry.act == "people.erase")).one()
    assert (entry.subject_id, entry.subject_name, entry.facts) == (ani, "Data dihapus", {"reason": "diminta"})
    with pytest.raises(ErasedAlready):
        erase(ani)
    with pytest.raises(ErasedAlready), db.transaction():
        roles.switch_account(ani, active=True, actor=factories.SYSTEM, now=clock.now())


def test_what_erasing_refuses(app: Flask) -> None:
    teacher, staff = factories.person("Ani").id, factories.person("Rina", Role.PANITIA).id
    with pytest.raises(ErasureNeedsReason):
        erase(teacher, reason=" ")
    with pytest.raises(ErasureOfStaff):
        erase(staff)
    assert db.session().get_one(Person, teacher).name == "Ani"


def test_a_wish_reaches_the_admins_once_and_ends_with_the_erasure(app: Flask, client_of: Opener) -> None:
    teacher, admin = factories.person("Ani"), factories.person("Nur", Role.ADMIN)
    id, code, browser = teacher.id, teacher.code, client_of(teacher.id)
    assert browser.get("/saya/data").status_code == 200
    for _ in range(2):
        assert browser.post("/saya/data/hapus").status_code == 302
    told = db.session().scalars(sa.select(Message).where(Message.kind == "reports.erasure_asked")).all()
    assert [message.person_id for message in told] == [admin.id]
    letter = letters.compose(told[0], now=clock.now())
    assert letter is not None
    assert f"/kelola/orang/{code}" in letter.text
    assert "Ani" not in letter.text
    assert "sedang diproses" in browser.get("/saya/data").get_data(as_text=True)
    office = client_of(admin.id)
    assert f"/kelola/orang/{code}/hapus" in office.get("/kelola/orang").get_data(as_text=True)
    assert office.post(f"/kelola/orang/{code}/hapus", data={"reason": ""}).status_code == 422
    assert office.post(f"/kelola/orang/{code}/hapus", data={"reason": "permintaan"}).status_code == 302
    db.session().rollback()
    assert erasure.open_requests() == []
    assert erasure.asked_at(id) is None
    assert letters.compose(db.session().get_one(Message, told[0].id), now=clock.now()) is None
    assert "hapus untuk selamanya" not in office.get(f"/kelola/orang/{code}").get_data(as_text=True).lower()


def test_erasing_is_the_admins(app: Flask, client_of: Opener) -> None:
    code = factories.person("Ani").code
    panitia = client_of(factories.person("Rina", Role.PANITIA).id)
    assert panitia.get(f"/kelola/orang/{code}/hapus").status_code == 403
    assert panitia.post(f"/kelola/orang/{code}/hapus", data={"reason": "x"}).status_code == 403


def test_the_printed_name_follows_what_is_typed(app: Flask, client_of: Opener) -> None:
    browser = client_of(factories.person("Ani").id)
    typed = {"title_before": "dra hj", "name": " Siti  Aminah ", "title_after": "spd, mpd"}
    told = browser.post("/saya/profil/nama", data=typed).get_data(as_text=True)
    assert told == "Dra. Hj. Siti Aminah, S.Pd., M.Pd."
    page = browser.post("/saya/profil", data={**typed, "cari": "nama"})
    assert page.status_code == 200
    assert told in page.get_data(as_text=True)
    db.session().rollback()
    assert db.session().scalars(sa.select(Person.name)).one() == "Ani"


def test_no_table_about_people_is_forgotten(app: Flask) -> None:
    """A new table with a person in it belongs into the copy of one's data, and into the erasure, or here with a reason."""
    told = {
        "login", "enrolment", "presence", "submission", "missed_code", "certificate", "volunteer", "volunteer_topic",
        "attempt", "volunteer_level", "assignment", "assignment_letter", "busy_source", "busy_time",
        "session_answered", "survey_answered", "message", "audit_entry", "person_role", "person_scope", "name_confirmation", "correction",
        "committee_member", "review_note", "inbox_seen", "muted_topic", "channel_address", "push_subscription",
        "export", "quote", "second_factor", "bounce", "consent", "notice_acceptance", "passkey", "issuer_account",
        "report_schedule", "saved_report", "passing_exception", "attendance_line", "line_claim", "evidence", "decision", "appeal",
        "wish", "roster_row", "roster_claim", "year_paper", "outside_jp",
    }  # fmt: skip
    # Hashes; what a person did to a thing, which the trail tells; what the panitia remember among themselves; and the words
    # of name and address, by which they are found.
    left_out = {
        "person_word",
        "trail_link",
        "mail_code",
        "design_version",
        "one_time_link",
        "passkey_challenge",
        "recovery_code",
        "diklat",
        "material_version",
        "broadcast",
        "share_link",
        "past_list",
        "roster_list",
        "roster_line",
        "attendance_batch",
        "volunteer_note",
        "likely_pair",
        "person_merge",
    }
    assert told - {model.__tablename__ for model in SHOWN} == set()
    found = {
        table.name
        for table in db.Base.metadata.sorted_tables
        for key in table.foreign_keys
        if key.column.table.name in ("person", "volunteer")
    }
    assert found == told | left_out
