"""What a person wants to receive."""

from __future__ import annotations

from collections.abc import Collection

from wtforms import Field

from calakan.notifications.topics import Topic
from calakan.notifications.ways import Way
from calakan.web.forms import Form, SelectMultipleField

TOPICS = [
    (Topic.REMINDERS.value, "Pengingat sebelum sesi"),
    (Topic.CODES.value, "Kode hadir yang belum diisi"),
    (Topic.SURVEYS.value, "Angket sesudah sesi"),
    (Topic.DIGESTS.value, "Ringkasan umpan balik, bagi narasumber"),
    (Topic.BROADCASTS.value, "Kabar lain dari panitia"),
]


class PreferencesForm(Form):
    """A list of boxes for each channel that this person has confirmed."""

    topics = SelectMultipleField("Kirimi saya", choices=TOPICS)
    topics_whatsapp = SelectMultipleField("Juga lewat WhatsApp", choices=TOPICS)
    topics_telegram = SelectMultipleField("Juga lewat Telegram", choices=TOPICS)
    topics_push = SelectMultipleField("Juga sebagai notifikasi di perangkat", choices=TOPICS)

    def __init__(self, muted: Collection[tuple[Topic, Way]], channels: Collection[Way]) -> None:
        super().__init__(
            data={_name(way): [value for value, _ in TOPICS if (Topic(value), way) not in muted] for way in channels}
        )
        self._held, self._channels = set(muted), channels
        for way in Way:
            if way not in channels:
                del self[_name(way)]

    @property
    def lists(self) -> list[Field]:
        return [self[_name(way)] for way in Way if way in self._channels]

    @property
    def muted(self) -> set[tuple[Topic, Way]]:
        """What was left unticked; what is silent on a channel that is not on the page stays so."""
        unseen = {(topic, way) for topic, way in self._held if way not in self._channels}
        return unseen | {
            (Topic(value), way)
            for way in self._channels
            for value, _ in TOPICS
            if value not in (self[_name(way)].data or ())
        }


def _name(way: Way) -> str:
    return "topics" if way is Way.MAIL else f"topics_{way}"
