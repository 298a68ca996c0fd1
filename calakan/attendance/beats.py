"""What the beat asks of this room, and how often in seconds. Imports nothing, so that the beat stays small."""

BEATS = {
    "attendance.queue_code_reminders": 60,
    "attendance.ask_absent": 1800,
    "attendance.recount": 30,
    "attendance.forget_lists": 3600,
}
