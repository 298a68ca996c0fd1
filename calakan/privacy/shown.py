"""What is shown of each table to the person whom its rows are about: a column that stands here, under this name, and no other.

A column that is added later stays inside until somebody names it; the tests ask for that decision.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any

import sqlalchemy as sa

from calakan.assessment.models import Attempt, Submission
from calakan.attendance.models import Appeal, BatchLine, Decision, Evidence, LineClaim, MissedCode, Presence
from calakan.audit.models import AuditEntry
from calakan.availability.models import BusySource, BusyTime
from calakan.certificates.models import Certificate, Correction, NameConfirmation
from calakan.certificates.outside.models import OutsideJp
from calakan.certificates.yearly.models import YearPaper
from calakan.completion.models import PassingException
from calakan.diklat.models import CommitteeMember
from calakan.enrolment.models import Enrolment, Wish
from calakan.feedback.models import Answered, Quote, SurveyAnswered
from calakan.kernel import db
from calakan.narasumber.models import Assignment, Volunteer, VolunteerLevel, VolunteerTopic
from calakan.notifications.models import Bounce, ChannelAddress, InboxSeen, Message, MutedTopic, PushSubscription
from calakan.people.agreements import Consent, NoticeAcceptance
from calakan.people.models import Login, Person, PersonRole, PersonScope, SecondFactor
from calakan.people.ways_in import IssuerAccount, Passkey
from calakan.planning.models import ReviewNote
from calakan.recognition.models import AssignmentLetter
from calakan.reports.models import Export, ReportSchedule, SavedReport
from calakan.roster.models import RosterClaim, RosterRow

Names = Mapping[str, str]


def _as_it_is(words: str) -> Names:
    return {name: name for name in words.split()}


SHOWN: Mapping[type[db.Base], Names] = {
    Person: _as_it_is(
        "email email_confirmed_at second_email number title_before name title_after sex phone jabatan subject_taught jenjang "
        "employment school_elsewhere kabupaten_elsewhere kecamatan_code nip nuptk notice_version notice_accepted_at code "
        "active demo created_at updated_at"
    ),
    PersonRole: _as_it_is("role"),
    PersonScope: _as_it_is("school_id kecamatan_code by_roster"),
    Login: _as_it_is("created_at last_seen_at device"),
    SecondFactor: _as_it_is("created_at confirmed_at"),
    IssuerAccount: _as_it_is("created_at issuer subject email last_used_at"),
    Passkey: _as_it_is("created_at name last_used_at copied_at"),
    NoticeAcceptance: _as_it_is("version at"),
    Consent: _as_it_is("purpose given at words"),
    Enrolment: {
        "code": "nomor", "state": "status", "queued_at": "sejak", "decided_at": "diputuskan",
        "cancel_reason": "alasan_batal", "rank": "giliran", "share_key": "bagian_kursi",
        "beyond_share": "di_luar_bagian",
    },
    Presence: {"present": "hadir", "method": "cara", "reason": "alasan", "marked_at": "dicatat"},
    Evidence: _as_it_is("at until kind present minutes most line reason withdrawn_at"),
    Decision: _as_it_is("decided_at state minutes why"),
    Appeal: _as_it_is("asked_at text photo_sha256 state answer decided_at"),
    PassingException: _as_it_is("given_at reason"),
    MissedCode: _as_it_is("at typed why"),
    BatchLine: _as_it_is("shown email number said minutes starts_at ends_at given_at"),
    LineClaim: _as_it_is("at"),
    Submission: {
        "text": "jawaban", "url": "tautan", "state": "status", "late": "terlambat", "remark": "catatan",
        "handed_in_at": "dikumpulkan", "marks": "nilai",
    },
    Attempt: {"started_at": "mulai", "finished_at": "terkirim", "score": "nilai", "source": "asal"},
    Certificate: {
        "number": "nomor", "revision": "revisi", "code": "kode", "role": "peran", "jp": "jp", "status": "status",
        "issued_at": "terbit", "facts": "isi",
    },
    YearPaper: _as_it_is("year revision code facts made_at"),
    NameConfirmation: _as_it_is("confirmed_at name"),
    Correction: {
        "asked_at": "diminta", "old_name": "nama_lama", "wanted_name": "nama_baru", "reason": "alasan", "state": "status",
        "answer": "jawaban",
    },
    CommitteeMember: {"added_at": "sejak"},
    OutsideJp: _as_it_is("title organiser held_on jp proof issuer number state reason sent_at decided_at"),
    Volunteer: _as_it_is(
        "headline profession bio links languages modes public public_at state state_note applied_at"
    ),
    VolunteerTopic: _as_it_is("topic"),
    VolunteerLevel: _as_it_is("jenjang"),
    Assignment: {"duty": "tugas", "state": "status"},
    AssignmentLetter: _as_it_is("issued_on number code"),
    BusySource: _as_it_is("url fetched_at"),
    BusyTime: _as_it_is("starts_at ends_at weekday starts_minute ends_minute note"),
    ReviewNote: _as_it_is("at text"),
    Answered: _as_it_is("live_session_id"),
    SurveyAnswered: _as_it_is("diklat_id"),
    Quote: _as_it_is("given_on text consent year"),
    Message: {
        "kind": "jenis", "channel": "kanal", "address": "alamat", "state": "status", "created_at": "dibuat",
        "sent_at": "terkirim", "delivered_at": "sampai", "read_at": "dibaca", "subject": "perihal", "body": "isi",
    },
    MutedTopic: _as_it_is("topic channel"),
    ChannelAddress: _as_it_is("channel address state consent asked_at confirmed_at withdrawn_at"),
    PushSubscription: _as_it_is("address made_at"),
    InboxSeen: _as_it_is("seen_at"),
    Bounce: _as_it_is("at address kind status detail"),
    Wish: _as_it_is("words level created_at"),
    Export: _as_it_is("asked_at title format facts"),
    RosterRow: _as_it_is(
        "title_before name title_after sex nip nuptk email phone jabatan subject_taught employment source as_of left_on"
    ),
    RosterClaim: _as_it_is("asked_at state by decided_at"),
    SavedReport: _as_it_is("name filters shared saved_at"),
    ReportSchedule: _as_it_is("kind format created_at"),
    AuditEntry: _as_it_is("at act actor_name subject_kind subject_name"),
}  # fmt: skip
"""Table -> column -> its name in the copy. What a number of another table means is told in words: a school, a session."""


def facts_of(row: db.Base) -> dict[str, Any]:
    """What is shown of one row."""
    return {shown: _plain(getattr(row, name)) for name, shown in SHOWN[type(row)].items()}


def rows_of(model: type[db.Base], where: sa.ColumnElement[bool], *but: str) -> list[dict[str, Any]]:
    """What is shown of these rows, but for some columns; by the first column, and then by what tells rows apart."""
    table, names = db.table(model), {name: shown for name, shown in SHOWN[model].items() if name not in but}
    wanted = sa.select(*(table.c[name].label(shown) for name, shown in names.items())).where(where)
    rows = db.session().execute(wanted.order_by(table.c[next(iter(names))], *table.primary_key.columns))
    return [{name: _plain(value) for name, value in row.items()} for row in rows.mappings()]


def _plain(value: Any) -> Any:
    return value.value if isinstance(value, Enum) else value
