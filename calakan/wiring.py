"""Lists that join the rooms: pages, reactions to events, letters, background work. No logic."""

from __future__ import annotations

from calakan.api import errors as api_errors
from calakan.api import tasks as api_tasks
from calakan.api import words as api_words
from calakan.api.docs import blueprint as api_docs
from calakan.api.routes import blueprint as api
from calakan.assessment import events as assessment_events
from calakan.assessment import letters as assessment_letters
from calakan.assessment import reactions as assessment_reactions
from calakan.assessment import tasks as assessment_tasks
from calakan.assessment import words as assessment_words
from calakan.assessment.manage import blueprint as assessment_manage
from calakan.assessment.views import blueprint as assessment
from calakan.attendance import letters as attendance_letters
from calakan.attendance import tasks as attendance_tasks
from calakan.attendance import words as attendance_words
from calakan.attendance.manage import blueprint as attendance_manage
from calakan.attendance.running.views import blueprint as attendance
from calakan.availability import tasks as availability_tasks
from calakan.availability import words as availability_words
from calakan.availability.views import blueprint as availability
from calakan.background import Work
from calakan.certificates import letters as certificate_letters
from calakan.certificates import reactions as certificate_reactions
from calakan.certificates import tasks as certificate_tasks
from calakan.certificates import words as certificates_words
from calakan.certificates.designs.views import blueprint as designs
from calakan.certificates.manage import blueprint as certificates_manage
from calakan.certificates.views import blueprint as certificates
from calakan.desk.views import blueprint as desk
from calakan.diklat import events as diklat_events
from calakan.diklat import words as diklat_words
from calakan.diklat.manage import blueprint as diklat_manage
from calakan.diklat.views import blueprint as diklat
from calakan.enrolment import letters as enrolment_letters
from calakan.enrolment import reactions as enrolment_reactions
from calakan.enrolment import tasks as enrolment_tasks
from calakan.enrolment import words as enrolment_words
from calakan.enrolment.manage import blueprint as enrolment_manage
from calakan.enrolment.views import blueprint as enrolment
from calakan.feedback import errors as feedback_errors
from calakan.feedback import letters as feedback_letters
from calakan.feedback import tasks as feedback_tasks
from calakan.feedback import words as feedback_words
from calakan.feedback.views import blueprint as feedback
from calakan.intake import words as intake_words
from calakan.kernel import words as kernel_words
from calakan.kernel.errors import DomainError
from calakan.kernel.events import Handler
from calakan.materials import words as materials_words
from calakan.materials.views import blueprint as materials
from calakan.narasumber import events as narasumber_events
from calakan.narasumber import letters as narasumber_letters
from calakan.narasumber import reactions as narasumber_reactions
from calakan.narasumber import tasks as narasumber_tasks
from calakan.narasumber import words as narasumber_words
from calakan.narasumber.manage import blueprint as narasumber_manage
from calakan.narasumber.views import blueprint as narasumber
from calakan.notifications import own_letters as notification_letters
from calakan.notifications import tasks as notification_tasks
from calakan.notifications import words as notifications_words
from calakan.notifications.bounces import tasks as bounce_tasks
from calakan.notifications.bounces.views import blueprint as bounces
from calakan.notifications.consent.views import blueprint as notifications
from calakan.notifications.webhooks.views import blueprint as providers
from calakan.office import words as office_words
from calakan.office.manage import blueprint as office
from calakan.people import errors as people_errors
from calakan.people import letters as people_letters
from calakan.people import tasks as people_tasks
from calakan.people import words as people_words
from calakan.people.manage import blueprint as people_manage
from calakan.people.views import blueprint as people
from calakan.people.views import second_factor
from calakan.planning import events as planning_events
from calakan.planning import letters as planning_letters
from calakan.planning import words as planning_words
from calakan.planning.manage import blueprint as planning_manage
from calakan.planning.views import blueprint as planning
from calakan.privacy import letters as privacy_letters
from calakan.privacy import words as privacy_words
from calakan.privacy.views import blueprint as privacy
from calakan.promises.views import blueprint as promises
from calakan.recognition import reactions as recognition_reactions
from calakan.recognition import words as recognition_words
from calakan.recognition.views import blueprint as recognition
from calakan.reports import letters as report_letters
from calakan.reports import tasks as report_tasks
from calakan.reports import words as reports_words
from calakan.reports.views.coverage import blueprint as coverage
from calakan.reports.views.evidence import blueprint as evidence
from calakan.reports.views.exports import blueprint as exports
from calakan.reports.views.participation import blueprint as reports
from calakan.reports.views.public import blueprint as statistics
from calakan.schedule import SCHEDULE as SCHEDULE
from calakan.tables import words as tables_words
from calakan.web.health import blueprint as health
from calakan.web.pages import blueprint as web

BLUEPRINTS = [
    web,
    health,
    people,
    second_factor,
    people_manage,
    diklat,
    diklat_manage,
    availability,
    narasumber,
    narasumber_manage,
    enrolment,
    enrolment_manage,
    attendance,
    materials,
    feedback,
    assessment,
    assessment_manage,
    attendance_manage,
    planning,
    planning_manage,
    certificates,
    certificates_manage,
    designs,
    recognition,
    notifications,
    bounces,
    providers,
    office,
    reports,
    exports,
    evidence,
    statistics,
    coverage,
    api,
    api_docs,
    privacy,
    promises,
    desk,
]

WORDS = [
    kernel_words.WORDS,
    tables_words.WORDS,
    intake_words.WORDS,
    office_words.WORDS,
    notifications_words.WORDS,
    people_words.WORDS,
    availability_words.WORDS,
    diklat_words.WORDS,
    narasumber_words.WORDS,
    enrolment_words.WORDS,
    attendance_words.WORDS,
    materials_words.WORDS,
    feedback_words.WORDS,
    assessment_words.WORDS,
    planning_words.WORDS,
    certificates_words.WORDS,
    recognition_words.WORDS,
    reports_words.WORDS,
    privacy_words.WORDS,
    api_words.WORDS,
]

REACTIONS: dict[type, list[Handler]] = {
    narasumber_events.SpeakerConfirmed: [recognition_reactions.on_speaker_confirmed],
    diklat_events.DiklatPublished: [
        assessment_reactions.on_diklat_published,
        recognition_reactions.on_diklat_published,
    ],
    diklat_events.QuotaRaised: [enrolment_reactions.on_quota_raised],
    # The narasumber may veto a new time, so they are asked before anyone is told.
    diklat_events.LiveSessionMoved: [narasumber_reactions.on_session_moved, enrolment_reactions.on_session_moved],
    diklat_events.LiveSessionCancelled: [
        narasumber_reactions.on_session_cancelled,
        enrolment_reactions.on_session_cancelled,
    ],
    diklat_events.DiklatCancelled: [
        narasumber_reactions.on_diklat_cancelled,
        enrolment_reactions.on_diklat_cancelled,
    ],
    diklat_events.DiklatClosed: [certificate_reactions.on_diklat_closed],
    assessment_events.ResultsImproved: [certificate_reactions.on_results_improved],
    planning_events.DiklatCloned: [certificate_reactions.on_diklat_cloned],
}

LETTERS = [
    *notification_letters.LETTERS,
    *people_letters.LETTERS,
    *narasumber_letters.LETTERS,
    *enrolment_letters.LETTERS,
    *attendance_letters.LETTERS,
    *feedback_letters.LETTERS,
    *assessment_letters.LETTERS,
    *planning_letters.LETTERS,
    *certificate_letters.LETTERS,
    *report_letters.LETTERS,
    *privacy_letters.LETTERS,
]

CONFLICTS: dict[str, type[DomainError]] = {
    "uq_person_email": people_errors.EmailTaken,
    "uq_person_nip": people_errors.NipTaken,
    "uq_person_nuptk": people_errors.NuptkTaken,
    "uq_school_npsn": people_errors.NpsnTaken,
    "uq_quote_year_place": feedback_errors.QuotePlaceTaken,
    "uq_api_reply_token_hash_key": api_errors.KeyInUse,
}

# What a worker can be asked to do; the names are also those of `calakan sweep NAME`.
WORK: dict[str, Work] = {
    "notifications.deliver": notification_tasks.deliver_due,
    "notifications.sweep": notification_tasks.sweep,
    "notifications.read_mailbox": bounce_tasks.read_mailbox,
    "certificates.issue": certificate_tasks.issue_due,
    "certificates.sweep": certificate_tasks.sweep,
    "enrolment.queue_reminders": enrolment_tasks.queue_reminders,
    "enrolment.repair_seats": enrolment_tasks.repair_seats,
    "narasumber.pass_on": narasumber_tasks.pass_on,
    "people.forget_expired": people_tasks.forget_expired,
    "api.forget_replies": api_tasks.forget_replies,
    "availability.fetch": availability_tasks.fetch_due,
    "reports.export": report_tasks.make_due,
    "reports.sweep": report_tasks.sweep,
    "reports.keep_rolls": report_tasks.keep_rolls,
    "reports.forget": report_tasks.forget,
    "reports.send_monthly": report_tasks.send_monthly,
    "attendance.queue_code_reminders": attendance_tasks.queue_code_reminders,
    "assessment.forget_files": assessment_tasks.forget_files,
    "assessment.queue_reminders": assessment_tasks.queue_reminders,
    "feedback.queue_digests": feedback_tasks.queue_digests,
    "feedback.queue_reminders": feedback_tasks.queue_reminders,
}
