"""What the beat asks of this room, and how often in seconds. Imports nothing, so that the beat stays small."""

BEATS = {
    "people.take_entries": 30,
    "people.forget_expired": 86400,
}
