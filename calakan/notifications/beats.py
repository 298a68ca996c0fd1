"""What the beat asks of this room, and how often in seconds. Imports nothing, so that the beat stays small."""

BEATS = {
    "notifications.sweep": 30,
    "notifications.read_mailbox": 300,
}
