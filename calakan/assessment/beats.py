"""What the beat asks of this room, and how often in seconds. Imports nothing, so that the beat stays small."""

BEATS = {
    "assessment.queue_reminders": 300,
    "assessment.forget_files": 86400,
}
