"""What the beat asks of this room, and how often in seconds. Imports nothing, so that the beat stays small."""

BEATS = {
    "feedback.mix": 600,
    "feedback.queue_reminders": 300,
    "feedback.queue_digests": 3600,
}
