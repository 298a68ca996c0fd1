"""The rule of a series, and one row of the table of sessions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from wtforms import BooleanField, HiddenField, StringField

from calakan.kernel import clock
from calakan.kernel.errors import DomainError
from calakan.people.models import Person
from calakan.planning.forms import DAYS, TimeOfDayField
from calakan.planning.series import MOST_TIMES, Pattern
from calakan.planning.timetable import Line, named
from calakan.web.forms import AtMost, ChoiceField, DayField, Form, Required, WholeNumberField

FIELDS = {"starts_at": "day", "ends_at": "ends"}  # where a refusal about a moment stands here


@dataclass(frozen=True)
class Choices:
    """Who may speak, by id, and the meeting accounts."""

    people: Mapping[int, Person]
    accounts: Sequence[tuple[str, str]]

    def names(self, ids: Sequence[int]) -> str:
        return "; ".join(self.people[id].printed_name for id in ids)

    def ids(self, text: str) -> tuple[int, ...]:
        """Raises SpeakerUnknown."""
        return named(text, self.people.values())


class PatternForm(Form):
    title = StringField("Judul", [Required(), AtMost(120)], default="Pertemuan", description="Diberi nomor urut.")
    weekday = ChoiceField("Setiap", choices=[(str(n), day) for n, day in enumerate(DAYS)], default="1")
    at = TimeOfDayField("Mulai", [Required()])
    until = TimeOfDayField("Selesai", [Required()])
    times = WholeNumberField("Berapa kali", [Required()], low=1, high=MOST_TIMES)
    first = DayField("Paling awal tanggal", [Required()])
    skip_holidays = BooleanField("Lewati hari libur", default=True)
    speakers = StringField(
        "Narasumber",
        [AtMost(500)],
        render_kw={"list": "orang", "autocomplete": "off"},
        description="Tanggal saat ia bertugas atau sibuk dilewati.",
    )
    account = ChoiceField("Akun rapat", default="")
    room_url = StringField("Tautan ruang", [AtMost(500)])
    place = StringField("Tempat", [AtMost(160)])

    def pattern(self) -> Pattern:
        """A rule that ends before it begins has too few minutes, which the series refuses."""
        at, until, first = self.at.data, self.until.data, self.first.data
        assert isinstance(at, time)
        assert isinstance(until, time)
        assert first is not None
        return Pattern(
            weekday=int(self.weekday.data),
            at=at,
            minutes=(until.hour - at.hour) * 60 + until.minute - at.minute,
            times=self.times.data or 1,
            first=first,
            skip_holidays=bool(self.skip_holidays.data),
        )


class LineForm(Form):
    """`line` is what it says, once it was read and is right."""

    number = HiddenField()
    seen = HiddenField()
    row = HiddenField()
    title = StringField("Judul sesi", [Required(), AtMost(160)])
    day = DayField("Tanggal", [Required()])
    begins = TimeOfDayField("Mulai", [Required()])
    ends = TimeOfDayField("Selesai", [Required()])
    jp = WholeNumberField("JP", low=1, high=50)
    speakers = StringField("Narasumber", [AtMost(500)], render_kw={"list": "orang", "autocomplete": "off"})
    account = ChoiceField("Akun rapat", default="")
    room_url = StringField("Tautan ruang", [AtMost(500)])
    place = StringField("Tempat", [AtMost(160)])
    drop = BooleanField("Jangan tambahkan")
    index: str
    line: Line
    stands: Line | None = None

    @classmethod
    def of(cls, index: str, line: Line, choices: Choices) -> LineForm:
        """A row as it stands, or as the rule makes it."""
        begins, ends = clock.local(line.starts_at), clock.local(line.ends_at)
        values: dict[str, Any] = {
            "number": "" if line.number is None else str(line.number),
            "seen": line.seen,
            "row": str(line.row_id or ""),
            "title": line.title,
            "day": begins.date(),
            "begins": begins.time(),
            "ends": ends.time(),
            "jp": line.jp,
            "speakers": choices.names(line.speakers),
            "account": str(line.account_id or ""),
            "room_url": line.room_url,
            "place": line.place,
        }
        return cls._made(index, choices, formdata=None, data=values)

    @classmethod
    def typed(cls, index: str, standing: Mapping[str, Line], choices: Choices) -> LineForm:
        """A row as it was sent."""
        form = cls._made(index, choices)
        form.stands = standing.get(form.number.data or "")
        return form

    @classmethod
    def _made(cls, index: str, choices: Choices, **given: Any) -> LineForm:
        form = cls(prefix=f"b{index}", **given)
        form.index = index
        form.account.choices = list(choices.accounts) or [("", "")]
        return form

    @property
    def new(self) -> bool:
        return not self.number.data

    def read(self, choices: Choices) -> bool:
        """Whether everything is right; `line` holds it then."""
        if not self.validate():
            return False
        text = self.speakers.data or ""
        try:
            # Who stands there already needs not be found by a name that two may bear.
            kept = self.stands is not None and text == choices.names(self.stands.speakers)
            ids = self.stands.speakers if kept and self.stands is not None else choices.ids(text)
        except DomainError as error:
            self.refuse(error)
            return False
        span = self.span()
        assert span is not None
        number, row = self.number.data or "", self.row.data or ""
        self.line = Line(
            title=self.title.data or "",
            starts_at=span[0],
            ends_at=span[1],
            jp=self.jp.data,
            speakers=ids,
            account_id=int(self.account.data) if self.account.data else None,
            room_url=self.room_url.data or "",
            place=self.place.data or "",
            number=int(number) if number.isascii() and number.isdigit() else None,
            row_id=int(row) if row.isascii() and row.isdigit() else None,
            seen=self.seen.data or "",
        )
        return True

    def span(self) -> tuple[datetime, datetime] | None:
        """When it is, as far as that can be read."""
        day, begins, ends = self.day.data, self.begins.data, self.ends.data
        if not (isinstance(day, date) and isinstance(begins, time) and isinstance(ends, time)):
            return None
        return clock.instant(day, begins), clock.instant(day, ends)

    def refuse(self, error: DomainError, fallback: str = "") -> None:
        super().refuse(error, FIELDS.get(error.field or "", error.field or "title"))
