"""Everything that is stored about one person, for himself (UU 27/2022: access and a copy). Reads only."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from calakan.assessment.models import Attempt, Exam, Exercise, Submission
from calakan.assessment.queries import exams
from calakan.attendance.models import Appeal, BatchLine, Decision, Evidence, LineClaim, MissedCode, Presence
from calakan.audit.models import AuditEntry
from calakan.availability.models import BusySource, BusyTime
from calakan.certificates.models import Certificate, CommitteeMember, Correction, NameConfirmation
from calakan.completion.models import PassingException
from calakan.diklat.models import Diklat, LiveSession
from calakan.enrolment.models import Enrolment
from calakan.feedback.models import Answered, Quote
from calakan.kernel import clock, db
from calakan.kernel.claims import WorkState
from calakan.narasumber.models import Assignment, Volunteer
from calakan.notifications.models import Bounce, ChannelAddress, InboxSeen, Message, MutedTopic, PushSubscription
from calakan.people import queries as people
from calakan.people.agreements import Consent, NoticeAcceptance
from calakan.people.models import Login, Person, SecondFactor
from calakan.people.ways_in import Passkey
from calakan.planning.models import ReviewNote
from calakan.recognition.models import AssignmentLetter
from calakan.reports.models import Export, ReportSchedule

_PROFILE = (
    "email", "email_confirmed_at", "second_email", "title_before", "name", "title_after", "sex", "phone", "jabatan", "subject_taught",
    "jenjang", "employment", "school_elsewhere", "kabupaten_elsewhere", "kecamatan_code", "nip", "nuptk",
    "notice_version", "notice_accepted_at", "code", "active", "demo", "created_at", "updated_at",
)  # fmt: skip
"""What is shown of a person; a column that is added later stays inside until it is named here."""
_CHANNEL = ("channel", "address", "state", "consent", "asked_at", "confirmed_at", "withdrawn_at")
_BUSY = ("starts_at", "ends_at", "weekday", "starts_minute", "ends_minute", "note")
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
        "masuk": _list(Login, Login.person_id == person_id, "created_at", "last_seen_at", "device"),
        "verifikasi_dua_langkah": _list(
            SecondFactor, SecondFactor.person_id == person_id, "created_at", "confirmed_at"
        ),
        "pemberitahuan": _list(NoticeAcceptance, NoticeAcceptance.person_id == person_id, "version", "at"),
        "persetujuan": _list(Consent, Consent.person_id == person_id, "purpose", "given", "at", "words"),
        "passkey": _list(Passkey, Passkey.person_id == person_id, "created_at", "name", "last_used_at", "copied_at"),
        **_taken_part(person_id),
        **_given(person_id),
        **_written(person_id),
    }


def _taken_part(person_id: int) -> dict[str, Any]:
    """Seats, presence and work."""
    return {
        "pendaftaran": _enrolments(person_id),
        "kehadiran": _presence(person_id),
        "bukti_hadir": _of_sessions(
            Evidence, person_id, "at", "until", "kind", "present", "minutes", "reason", "withdrawn_at"
        ),
        "putusan_hadir": _of_sessions(Decision, person_id, "decided_at", "state", "minutes", "why"),
        "ajuan_hadir": _of_sessions(Appeal, person_id, "asked_at", "text", "state", "answer", "decided_at"),
        "diluluskan": _list(PassingException, PassingException.person_id == person_id, "given_at", "reason"),
        "tugas": _tasks(person_id),
        "tes": _tests(person_id),
        "kode_keliru": _list(MissedCode, MissedCode.person_id == person_id, "at", "typed", "why"),
        "baris_daftar_hadir": _list(
            BatchLine, BatchLine.person_id == person_id, "shown", "email", "said", "minutes", "given_at"
        ),
        "baris_diakui": _list(LineClaim, LineClaim.person_id == person_id, "at"),
    }


def _given(person_id: int) -> dict[str, Any]:
    """Papers and duties, and the calendar of who teaches."""
    return {
        "sertifikat": _papers(person_id),
        "nama_disetujui": _list(NameConfirmation, NameConfirmation.person_id == person_id, "confirmed_at", "name"),
        "koreksi": _corrections(person_id),
        "panitia_diklat": _committees(person_id),
        "narasumber": _volunteer(person_id),
        "penugasan": _duties(person_id),
        "surat_tugas": _list(AssignmentLetter, AssignmentLetter.person_id == person_id, "issued_on", "number", "code"),
        "kalender_sibuk": _list(BusySource, BusySource.person_id == person_id, "url", "fetched_at"),
        "waktu_sibuk": _list(BusyTime, BusyTime.person_id == person_id, *_BUSY),
        "catatan_usulan": _list(ReviewNote, ReviewNote.person_id == person_id, "at", "text"),
    }


def _written(person_id: int) -> dict[str, Any]:
    """What the person said, was told, asked for and did."""
    return {
        "angket_terisi": _answered(person_id),
        "kutipan": _list(Quote, Quote.person_id == person_id, "given_on", "text", "consent", "year"),
        "pesan": _mails(person_id),
        "pesan_dimatikan": _list(MutedTopic, MutedTopic.person_id == person_id, "topic", "channel"),
        "kanal_pesan": _list(ChannelAddress, ChannelAddress.person_id == person_id, *_CHANNEL),
        "perangkat": _list(PushSubscription, PushSubscription.person_id == person_id, "address", "made_at"),
        "pesan_dibaca": _list(InboxSeen, InboxSeen.person_id == person_id, "seen_at"),
        "pesan_kembali": _list(Bounce, Bounce.person_id == person_id, "at", "address", "kind", "status", "detail"),
        "ekspor": _list(Export, Export.asked_by_id == person_id, "asked_at", "title", "format", "facts"),
        "laporan_bulanan": _list(ReportSchedule, ReportSchedule.person_id == person_id, "kind", "format", "created_at"),
        "jejak": _list(AuditEntry, AuditEntry.actor_id == person_id, "at", "act", "subject_kind", "subject_name"),
        "jejak_tentang_saya": _list(
            AuditEntry,
            sa.and_(AuditEntry.subject_kind == Person.__tablename__, AuditEntry.subject_id == person_id),
            "at",
            "act",
            "actor_name",
        ),
    }


def _profile(person: Person) -> dict[str, Any]:
    facts = {name: getattr(person, name) for name in _PROFILE}
    facts["printed_name"] = person.printed_name
    facts["school"] = person.school.name if person.school is not None else None
    facts["npsn"] = person.school.npsn if person.school is not None else None
    facts["kecamatan"] = person.kecamatan.name if person.kecamatan is not None else None
    facts["roles"] = sorted(row.role.value for row in person.roles)
    facts["scopes"] = [row.school.npsn if row.school is not None else row.kecamatan_code for row in person.scopes]
    return facts


def _list(model: type[db.Base], where: sa.ColumnElement[bool], *names: str) -> list[dict[str, Any]]:
    table = db.table(model)
    rows = db.session().execute(sa.select(*(table.c[name] for name in names)).where(where).order_by(table.c[names[0]]))
    return [dict(row) for row in rows.mappings()]


def _of_sessions(model: type[Appeal | Decision | Evidence], person_id: int, *names: str) -> list[dict[str, Any]]:
    """Rows of a table about people in sessions, each with the session and its diklat."""
    table = db.table(model)
    wanted = sa.select(
        Diklat.title.label("diklat"), LiveSession.title.label("sesi"), *(table.c[name] for name in names)
    )
    wanted = wanted.select_from(model).join(LiveSession, LiveSession.id == model.live_session_id).join(Diklat)
    rows = db.session().execute(wanted.where(model.person_id == person_id).order_by(table.c[names[0]], table.c.id))
    return [dict(row) for row in rows.mappings()]


def _enrolments(person_id: int) -> list[dict[str, Any]]:
    wanted = sa.select(Enrolment).where(Enrolment.person_id == person_id).order_by(Enrolment.id)
    return [
        {
            "diklat": row.diklat.title,
            "nomor": row.shown_code,
            "status": row.state.value,
            "sejak": row.queued_at,
            "diputuskan": row.decided_at,
            "alasan_batal": row.cancel_reason,
        }
        for row in db.session().scalars(wanted.options(joinedload(Enrolment.diklat)))
    ]


def _presence(person_id: int) -> list[dict[str, Any]]:
    wanted = sa.select(Presence).where(Presence.person_id == person_id).order_by(Presence.id)
    wanted = wanted.options(joinedload(Presence.live_session).joinedload(LiveSession.diklat))
    return [
        {
            "diklat": row.live_session.diklat.title,
            "sesi": row.live_session.title,
            "hadir": row.present,
            "cara": row.method.value,
            "alasan": row.reason,
            "dicatat": row.marked_at,
        }
        for row in db.session().scalars(wanted)
    ]


def _tasks(person_id: int) -> list[dict[str, Any]]:
    """The file is not in here; it is fetched at the page of the task."""
    wanted = sa.select(Submission).where(Submission.person_id == person_id).order_by(Submission.id)
    wanted = wanted.options(joinedload(Submission.exercise).joinedload(Exercise.diklat))
    return [
        {
            "diklat": row.exercise.diklat.title,
            "tugas": row.exercise.title,
            "jawaban": row.text,
            "tautan": row.url,
            "berkas": row.sha256,
            "status": row.state.value,
            "terlambat": row.late,
            "catatan": row.remark,
            "dikumpulkan": row.handed_in_at,
        }
        for row in db.session().scalars(wanted)
    ]


def _tests(person_id: int) -> list[dict[str, Any]]:
    wanted = sa.select(Attempt).where(Attempt.person_id == person_id).order_by(Attempt.id)
    rows = db.session().scalars(wanted.options(joinedload(Attempt.exam).joinedload(Exam.diklat))).all()
    now = clock.now()
    told = exams.tellable({row.exam for row in rows}, person_id, now=now)
    counted = set(db.session().scalars(sa.select(Attempt.id).where(Attempt.person_id == person_id, exams.counted(now))))
    return [
        {
            "diklat": row.exam.diklat.title,
            "tes": row.exam.title,
            "mulai": row.started_at,
            "terkirim": row.finished_at,
            "nilai": row.score if row.exam_id in told and row.id in counted else None,
            "asal": row.source,
        }
        for row in rows
    ]


def _papers(person_id: int) -> list[dict[str, Any]]:
    wanted = sa.select(Certificate).where(Certificate.person_id == person_id, Certificate.state == WorkState.DONE)
    return [
        {
            "nomor": row.number,
            "revisi": row.revision,
            "kode": row.code,
            "peran": row.role.value,
            "jp": row.jp,
            "status": row.status.value,
            "terbit": row.issued_at,
            "isi": row.facts,
        }
        for row in db.session().scalars(wanted.order_by(Certificate.id))
    ]


def _corrections(person_id: int) -> list[dict[str, Any]]:
    columns = (Correction.asked_at, Correction.old_name, Correction.wanted_name, Correction.reason, Correction.state)
    wanted = sa.select(Certificate.number, *columns, Correction.answer).where(Certificate.person_id == person_id)
    joined = wanted.join(Certificate, Certificate.id == Correction.certificate_id)
    found = db.session().execute(joined.order_by(Correction.id))
    names = ("nomor", "diminta", "nama_lama", "nama_baru", "alasan", "status", "jawaban")
    return [dict(zip(names, row, strict=True)) for row in found]


def _committees(person_id: int) -> list[dict[str, Any]]:
    wanted = sa.select(Diklat.title, CommitteeMember.added_at).join(Diklat, Diklat.id == CommitteeMember.diklat_id)
    found = db.session().execute(wanted.where(CommitteeMember.person_id == person_id).order_by(Diklat.id))
    return [{"diklat": title, "sejak": since} for title, since in found]


def _volunteer(person_id: int) -> dict[str, Any] | None:
    row = db.session().get(Volunteer, person_id)
    if row is None:
        return None
    names = (
        "headline", "profession", "bio", "links", "languages", "modes", "public", "public_at", "state", "state_note",
        "applied_at",
    )  # fmt: skip
    facts = {name: getattr(row, name) for name in names}
    levels = sorted(level.value for level in row.jenjang)
    return {**facts, "topics": sorted(topic.topic for topic in row.topics), "levels": levels}


def _duties(person_id: int) -> list[dict[str, Any]]:
    found = db.session().execute(
        sa.select(Diklat.title, LiveSession.title, LiveSession.starts_at, Assignment.duty, Assignment.state)
        .join(LiveSession, LiveSession.id == Assignment.live_session_id)
        .join(Diklat, Diklat.id == LiveSession.diklat_id)
        .where(Assignment.person_id == person_id)
        .order_by(LiveSession.starts_at, Assignment.id)
    )
    return [
        {"diklat": diklat, "sesi": session, "mulai": at, "tugas": duty.value, "status": state.value}
        for diklat, session, at, duty, state in found
    ]


def _answered(person_id: int) -> list[str]:
    """That, not what: answers bear no name."""
    wanted = sa.select(LiveSession.title).join(Answered, Answered.live_session_id == LiveSession.id)
    return list(db.session().scalars(wanted.where(Answered.person_id == person_id).order_by(LiveSession.starts_at)))


def _mails(person_id: int) -> list[dict[str, Any]]:
    """The text of one-time links stays out: it is a key, not a datum."""
    wanted = sa.select(Message).where(Message.person_id == person_id).order_by(Message.id)
    return [
        {
            "jenis": row.kind,
            "kanal": row.channel.value,
            "alamat": row.address,
            "status": row.state.value,
            "dibuat": row.created_at,
            "terkirim": row.sent_at,
            "sampai": row.delivered_at,
            "dibaca": row.read_at,
            "perihal": row.subject,
            "isi": "" if row.kind in _SECRET_MAILS else row.body,
        }
        for row in db.session().scalars(wanted)
    ]
