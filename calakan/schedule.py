"""What the beat asks for, and how often. Imports nothing, so that the beat stays small."""

from __future__ import annotations

# Seconds between two runs.
SCHEDULE: dict[str, int] = {
    "enrolment.queue_reminders": 60,
    "attendance.queue_code_reminders": 60,
    "feedback.queue_reminders": 300,
    "assessment.queue_reminders": 300,
    "assessment.forget_files": 86400,
    "notifications.sweep": 30,
    "notifications.read_mailbox": 300,
    "certificates.sweep": 30,
    "enrolment.repair_seats": 300,
    "reports.sweep": 30,
    "reports.keep_rolls": 60,
    "reports.forget": 3600,
    "reports.send_monthly": 3600,
    "availability.fetch": 300,
    "feedback.queue_digests": 3600,
    "narasumber.pass_on": 60,
    "people.forget_expired": 86400,
    "api.forget_replies": 3600,
}
