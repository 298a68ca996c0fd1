"""What a person wants to receive."""

from __future__ import annotations

from calakan.notifications.topics import Topic
from calakan.web.forms import Form, SelectMultipleField

TOPICS = [
    (Topic.REMINDERS.value, "Pengingat sebelum sesi"),
    (Topic.CODES.value, "Kode hadir yang belum diisi"),
    (Topic.SURVEYS.value, "Angket sesudah sesi"),
    (Topic.DIGESTS.value, "Ringkasan umpan balik, bagi narasumber"),
    (Topic.BROADCASTS.value, "Kabar lain dari panitia"),
]


class PreferencesForm(Form):
    topics = SelectMultipleField("Kirimi saya", choices=TOPICS)

    @property
    def muted(self) -> set[Topic]:
        return {Topic(value) for value, _ in TOPICS} - {Topic(value) for value in self.topics.data or ()}
