"""What the beat asks of this room, and how often in seconds. Imports nothing, so that the beat stays small."""

BEATS = {
    "backup.nightly": 1800,
    "promises.sample": 300,
}
