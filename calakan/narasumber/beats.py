"""What the beat asks of this room, and how often in seconds. Imports nothing, so that the beat stays small."""

BEATS = {
    "narasumber.pass_on": 60,
    "narasumber.queue_reminders": 300,
}
