"""Everything that is stored about one person, for himself (UU 27/2022: access and a copy). Reads only."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from calakan.assessment.models import Attempt, Exam, Exercise, Submission
from calakan.assessment.queries import exams
from calakan.attendance.models import Appeal, BatchLine, Decision, Evidence, LineClaim, MissedCode, Presence
from calakan.audit.models import AuditEntry
from calakan.availability.models import BusySource, BusyTime
from calakan.certificates.models import Certificate, Correction, NameConfirmation
from calakan.certificates.outside.models import OutsideJp
from calakan.certificates.yearly.models import YearPaper
from calakan.completion.models import PassingException
from calakan.diklat.models import CommitteeMember, Diklat, LiveSession
from calakan.enrolment.models import Enrolment, Wish
from calakan.feedback.models import Answered, Quote, SurveyAnswered
from calakan.kernel import clock, db
from calakan.kernel.claims import WorkState
from calakan.narasumber.models import Assignment, Volunteer
from calakan.notifications.models import Bounce, ChannelAddress, InboxSeen, Message, MutedTopic, PushSubscription
from calakan.people import queries as people
from calakan.people.agreements import Consent, NoticeAcceptance
from calakan.people.models import Login, Person, SecondFactor
from calakan.people.ways_in import IssuerAccount, Passkey
from calakan.planning.models import ReviewNote
from calakan.privacy import lookers
from calakan.privacy.shown import SHOWN, facts_of, rows_of
from calakan.recognition.models import AssignmentLetter
from calakan.reports.models import Export, ReportSchedule, SavedReport
from calakan.roster.models import RosterClaim, RosterRow

_SECRET_MAILS = (
    "people.confirm_email",
    "people.reset_password",
    "people.mail_code",
    "people.email_changed",
    "notifications.proof",
)


def everything(person_id: int) -> dict[str, Any]:
    """Profile, log-ins, enrolments, presence, papers, duties, mails, and the person's own acts; no secrets."""
    person = people.person(person_id)
    assert person is not None
    return {
        "profil": _profile(person),
        "masuk": rows_of(Login, Login.person_id == person_id),
        "verifikasi_dua_langkah": rows_of(SecondFactor, SecondFactor.person_id == person_id),
        "pemberitahuan": rows_of(NoticeAcceptance, NoticeAcceptance.person_id == person_id),
        "persetujuan": rows_of(Consent, Consent.person_id == person_id),
        "passkey": rows_of(Passkey, Passkey.person_id == person_id),
        "akun_lain": rows_of(IssuerAccount, IssuerAccount.person_id == person_id),
        **_taken_part(person_id),
        **_given(person_id),
        **_written(person_id),
    }


def _taken_part(person_id: int) -> dict[str, Any]:
    """Seats, presence and work."""
    return {
        "pendaftaran": _enrolments(person_id),
        "kehadiran": _presence(person_id),
        "bukti_hadir": _of_sessions(Evidence, person_id),
        "putusan_hadir": _of_sessions(Decision, person_id),
        "ajuan_hadir": _of_sessions(Appeal, person_id),
        "diluluskan": rows_of(PassingException, PassingException.person_id == person_id),
        "tugas": _tasks(person_id),
        "tes": _tests(person_id),
        "kode_keliru": rows_of(MissedCode, MissedCode.person_id == person_id),
        "baris_daftar_hadir": rows_of(BatchLine, BatchLine.person_id == person_id),
        "baris_diakui": rows_of(LineClaim, LineClaim.person_id == person_id),
    }


def _given(person_id: int) -> dict[str, Any]:
    """Papers and duties, and the calendar of who teaches."""
    return {
        "sertifikat": _papers(person_id),
        "nama_disetujui": rows_of(NameConfirmation, NameConfirmation.person_id == person_id),
        "koreksi": _corrections(person_id),
        "panitia_diklat": _committees(person_id),
        "narasumber": _volunteer(person_id),
        "penugasan": _duties(person_id),
        "jp_luar_dinas": rows_of(OutsideJp, OutsideJp.person_id == person_id),
        "rekap_jp": rows_of(YearPaper, YearPaper.person_id == person_id),
        "surat_tugas": rows_of(AssignmentLetter, AssignmentLetter.person_id == person_id),
        "kalender_sibuk": rows_of(BusySource, BusySource.person_id == person_id),
        "waktu_sibuk": rows_of(BusyTime, BusyTime.person_id == person_id),
        "catatan_usulan": rows_of(ReviewNote, ReviewNote.person_id == person_id),
    }


def _written(person_id: int) -> dict[str, Any]:
    """What the person said, was told, asked for and did."""
    return {
        "angket_terisi": _answered(person_id),
        "kutipan": rows_of(Quote, Quote.person_id == person_id),
        "pesan": _mails(person_id),
        "pesan_dimatikan": rows_of(MutedTopic, MutedTopic.person_id == person_id),
        "kanal_pesan": rows_of(ChannelAddress, ChannelAddress.person_id == person_id),
        "perangkat": rows_of(PushSubscription, PushSubscription.person_id == person_id),
        "pesan_dibaca": rows_of(InboxSeen, InboxSeen.person_id == person_id),
        "pesan_kembali": rows_of(Bounce, Bounce.person_id == person_id),
        "ekspor": rows_of(Export, Export.asked_by_id == person_id),
        "laporan_tersimpan": rows_of(SavedReport, SavedReport.person_id == person_id),
        "laporan_bulanan": rows_of(ReportSchedule, ReportSchedule.person_id == person_id),
        "data_induk": rows_of(RosterRow, RosterRow.person_id == person_id),
        "pengakuan_data_induk": rows_of(RosterClaim, RosterClaim.person_id == person_id),
        "minta_dikabari": rows_of(Wish, Wish.person_id == person_id),
        "jejak": rows_of(AuditEntry, AuditEntry.actor_id == person_id, "actor_name"),
        "jejak_tentang_saya": rows_of(AuditEntry, _about(person_id), "subject_kind", "subject_name"),
        "yang_melihat": [facts_of(entry) for entry in db.session().scalars(lookers.of_person(person_id))],
    }


def _about(person_id: int) -> sa.ColumnElement[bool]:
    return sa.and_(AuditEntry.subject_kind == Person.__tablename__, AuditEntry.subject_id == person_id)


def _profile(person: Person) -> dict[str, Any]:
    facts = facts_of(person)
    facts["printed_name"] = person.printed_name
    facts["school"] = person.school.name if person.school is not None else None
    facts["npsn"] = person.school.npsn if person.school is not None else None
    facts["kecamatan"] = person.kecamatan.name if person.kecamatan is not None else None
    facts["roles"] = sorted(facts_of(row)["role"] for row in person.roles)
    facts["scopes"] = [row.school.npsn if row.school is not None else row.kecamatan_code for row in person.scopes]
    return facts


def _of_sessions(model: type[Appeal | Decision | Evidence], person_id: int) -> list[dict[str, Any]]:
    """Rows of a table about people in sessions, each with the session and its diklat."""
    table = db.table(model)
    columns = [table.c[name].label(shown) for name, shown in SHOWN[model].items()]
    wanted = sa.select(Diklat.title.label("diklat"), LiveSession.title.label("sesi"), *columns)
    wanted = wanted.select_from(model).join(LiveSession, LiveSession.id == model.live_session_id).join(Diklat)
    rows = db.session().execute(wanted.where(model.person_id == person_id).order_by(columns[0], table.c.id))
    return [dict(row) for row in rows.mappings()]


def _enrolments(person_id: int) -> list[dict[str, Any]]:
    wanted = sa.select(Enrolment).where(Enrolment.person_id == person_id).order_by(Enrolment.id)
    rows = db.session().scalars(wanted.options(joinedload(Enrolment.diklat)))
    return [{"diklat": row.diklat.title, **facts_of(row), "nomor": row.shown_code} for row in rows]


def _presence(person_id: int) -> list[dict[str, Any]]:
    wanted = sa.select(Presence).where(Presence.person_id == person_id).order_by(Presence.id)
    wanted = wanted.options(joinedload(Presence.live_session).joinedload(LiveSession.diklat))
    return [
        {"diklat": row.live_session.diklat.title, "sesi": row.live_session.title, **facts_of(row)}
        for row in db.session().scalars(wanted)
    ]


def _tasks(person_id: int) -> list[dict[str, Any]]:
    """The files are not in here; they are fetched at the page of the task."""
    wanted = sa.select(Submission).where(Submission.person_id == person_id).order_by(Submission.id)
    wanted = wanted.options(joinedload(Submission.exercise).joinedload(Exercise.diklat), selectinload(Submission.files))
    return [
        {
            "diklat": row.exercise.diklat.title,
            "tugas": row.exercise.title,
            **facts_of(row),
            "berkas": [file.sha256 for file in row.files],
        }
        for row in db.session().scalars(wanted)
    ]


def _tests(person_id: int) -> list[dict[str, Any]]:
    """A score once no answer counts any more, and the test after is over."""
    wanted = sa.select(Attempt).where(Attempt.person_id == person_id).order_by(Attempt.id)
    rows = db.session().scalars(wanted.options(joinedload(Attempt.exam).joinedload(Exam.diklat))).all()
    now = clock.now()
    told = exams.tellable({row.exam for row in rows}, person_id, now=now)
    counted = set(db.session().scalars(sa.select(Attempt.id).where(Attempt.person_id == person_id, exams.counted(now))))
    found = []
    for row in rows:
        facts = {"diklat": row.exam.diklat.title, "tes": row.exam.title, **facts_of(row)}
        if row.exam_id not in told or row.id not in counted:
            facts["nilai"] = None
        found.append(facts)
    return found


def _papers(person_id: int) -> list[dict[str, Any]]:
    wanted = sa.select(Certificate).where(Certificate.person_id == person_id, Certificate.state == WorkState.DONE)
    return [facts_of(row) for row in db.session().scalars(wanted.order_by(Certificate.id))]


def _corrections(person_id: int) -> list[dict[str, Any]]:
    wanted = sa.select(Certificate.number, Correction).join(Correction, Correction.certificate_id == Certificate.id)
    rows = db.session().execute(wanted.where(Certificate.person_id == person_id).order_by(Correction.id))
    return [{"nomor": number, **facts_of(row)} for number, row in rows]


def _committees(person_id: int) -> list[dict[str, Any]]:
    wanted = sa.select(Diklat.title, CommitteeMember).join(CommitteeMember, CommitteeMember.diklat_id == Diklat.id)
    rows = db.session().execute(wanted.where(CommitteeMember.person_id == person_id).order_by(Diklat.id))
    return [{"diklat": title, **facts_of(row)} for title, row in rows]


def _volunteer(person_id: int) -> dict[str, Any] | None:
    row = db.session().get(Volunteer, person_id)
    if row is None:
        return None
    topics = sorted(facts_of(topic)["topic"] for topic in row.topics)
    return {**facts_of(row), "topics": topics, "levels": sorted(facts_of(level)["jenjang"] for level in row.levels)}


def _duties(person_id: int) -> list[dict[str, Any]]:
    found = db.session().execute(
        sa.select(Diklat.title, LiveSession.title, LiveSession.starts_at, Assignment)
        .join(LiveSession, LiveSession.id == Assignment.live_session_id)
        .join(Diklat, Diklat.id == LiveSession.diklat_id)
        .where(Assignment.person_id == person_id)
        .order_by(LiveSession.starts_at, Assignment.id)
    )
    return [{"diklat": diklat, "sesi": session, "mulai": at, **facts_of(row)} for diklat, session, at, row in found]


def _answered(person_id: int) -> list[str]:
    """That, not what: answers bear no name."""
    wanted = sa.select(LiveSession.title).join(Answered, Answered.live_session_id == LiveSession.id)
    sessions = db.session().scalars(wanted.where(Answered.person_id == person_id).order_by(LiveSession.starts_at))
    whole = sa.select(Diklat.title).join(SurveyAnswered, SurveyAnswered.diklat_id == Diklat.id)
    return [*sessions, *db.session().scalars(whole.where(SurveyAnswered.person_id == person_id).order_by(Diklat.id))]


def _mails(person_id: int) -> list[dict[str, Any]]:
    """The text of one-time links stays out: it is a key, not a datum."""
    wanted = sa.select(Message).where(Message.person_id == person_id).order_by(Message.id)
    rows = [(row.kind, facts_of(row)) for row in db.session().scalars(wanted)]
    return [{**facts, "isi": ""} if kind in _SECRET_MAILS else facts for kind, facts in rows]
