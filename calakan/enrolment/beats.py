"""What the beat asks of this room, and how often in seconds. Imports nothing, so that the beat stays small."""

BEATS = {
    "enrolment.queue_reminders": 60,
    "enrolment.repair_seats": 300,
    "enrolment.tell_wishes": 600,
}
