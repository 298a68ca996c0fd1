"""What the beat asks of this room, and how often in seconds. Imports nothing, so that the beat stays small."""

BEATS = {
    "reports.sweep": 30,
    "reports.keep_rolls": 60,
    "reports.forget": 3600,
    "reports.send_monthly": 3600,
}
