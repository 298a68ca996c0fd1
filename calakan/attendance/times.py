"""Times and durations as programs and people write them, in English and Indonesian. What is not understood whole is None. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from enum import StrEnum
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from calakan.kernel.clock import place

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan januari january", "feb peb februari february pebruari", "mar maret march mrt", "apr april",
            "mei may", "jun juni june", "jul juli july", "agu agt ags agustus aug august", "sep sept september",
            "okt oct oktober october", "nov nop november nopember", "des dec desember december",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_DAY_NAME = re.compile(
    r"(?:senin|selasa|rabu|kamis|jum'?at|sabtu|minggu|ahad|sen|sel|rab|kam|jum|sab|min|"
    r"(?:mon|tue|tues|wed|wednes|thu|thurs?|fri|sat|satur|sun)(?:day)?)\.?[\s,]+"
)
_DAYS = {
    start: number
    for number, starts in enumerate(("sen mon", "sel tue", "rab wed", "kam thu", "jum fri", "sab sat", "min aha sun"))
    for start in starts.split()
}
_NUMERIC = re.compile(r"(\d{1,4})([/.-])(\d{1,2})\2(\d{1,4})(?!\d)")
_DAY_FIRST = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[\s/-]+([a-z]+)\.?[\s/,-]+(\d{4}|\d{2})(?!\d)")
_MONTH_FIRST = re.compile(r"([a-z]+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})")
_CLOCK = re.compile(r"(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?(?:[.,]\d{1,9})?\s*(?:([ap])\.?m\b\.?)?")
_BETWEEN = re.compile(r"[\s,]*(?:(?:t|pukul|pkl\.?|jam|at|@|-)\s*)?")
_ZONE = re.compile(r"(z|utc|gmt|wib|wita|wit)?\s*(?:([+-])(\d{1,2}):?(\d{2})?)?(?:\s+[a-z/ ]*jakarta)?")
_NAMED = {"wib": 7, "wita": 8, "wit": 9}
_NAMED_LONG = {
    "waktu indonesia barat": 7, "western indonesia time": 7, "indochina time": 7, "se asia standard time": 7,
    "waktu indonesia tengah": 8, "central indonesia time": 8, "sgt": 8, "singapore standard time": 8,
    "waktu indonesia timur": 9, "eastern indonesia time": 9,
}  # fmt: skip
_AMOUNT = r"\d{1,6}(?:[.,]\d{1,3})?"
_UNITS = {
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours", "jam", "j"), 60.0),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes", "menit", "mnt", "mn"), 1.0),
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds", "detik", "dtk", "dt", "det"), 1 / 60),
}
_PART = re.compile(rf"({_AMOUNT})\s*([a-z]+)\.?[\s,]*(?:(?:dan|and)\s+)?")
_ISO = re.compile(r"p(?:(\d+)d)?t?(?:(\d+(?:[.,]\d+)?)h)?(?:(\d+(?:[.,]\d+)?)m)?(?:(\d+(?:[.,]\d+)?)s)?")
LONGEST_MINUTES = 12 * 60


class Order(StrEnum):
    """Which of two numbers of a date is the month."""

    MONTH_FIRST = "month"
    DAY_FIRST = "day"


def order_of(texts: Iterable[str]) -> Order | None:
    """What the dates of a file agree on; with AM and PM American order is meant, else the nearest day decides."""
    found, halves = set(), False
    for text in texts:
        written = _NUMERIC.search(text)
        if written is None or len(written[1]) == 4:
            continue
        halves |= bool(re.search(r"\d\s*[ap]\.?m\b", text, re.IGNORECASE))
        if int(written[1]) > 12 or int(written[3]) > 12:
            found.add(Order.DAY_FIRST if int(written[1]) > 12 else Order.MONTH_FIRST)
    if len(found) == 1:
        return found.pop()
    return Order.MONTH_FIRST if halves and not found else None


def zone_of(text: str) -> tzinfo | None:
    """`UTC`, `GMT+7`, `+07:00`, `WIB`, `Asia/Makassar`, `WIB (UTC+7)`; None for anything else."""
    bare = text.casefold().strip(" ()[]")
    if (both := re.fullmatch(r"([^(\[]+)[(\[]([^)\]]+)", bare)) is not None:
        first, second = zone_of(both[1]), zone_of(both[2])
        same = first is not None and second is not None and offset(first) == offset(second)
        return first if same else None
    if bare in _NAMED_LONG:
        return timezone(timedelta(hours=_NAMED_LONG[bare]))
    if (place_name := _places().get(bare.replace("_", " "))) is not None:
        return ZoneInfo(place_name)
    found = _ZONE.fullmatch(bare)
    return _zone(found) if found is not None and bare else None


@cache
def _places() -> dict[str, str]:
    return {name.casefold().replace("_", " "): name for name in available_timezones() if "/" in name}


def offset(zone: tzinfo) -> timedelta | None:
    """From UTC, in January."""
    return datetime(2026, 1, 1, tzinfo=UTC).astimezone(zone).utcoffset()


def _zone(found: re.Match[str]) -> tzinfo | None:
    hours = _NAMED.get(found[1] or "", 0)
    if found[2]:
        minutes = int(found[3]) * 60 + int(found[4] or 0)
        if minutes > 14 * 60:
            return None
        return timezone(timedelta(minutes=minutes if found[2] == "+" else -minutes))
    return timezone(timedelta(hours=hours)) if found[1] else None


def moment(text: str, day: date, *, zone: tzinfo | None = None, order: Order | None = None) -> datetime | None:
    """A time as it was written, in UTC. Without a date it is of `day`; a zone that is written goes before `zone`, that of the house."""
    rest = re.sub(r"^(?:pukul|pkl\.?|jam)\s+(?=\d)", "", " ".join(text.casefold().split()))
    days: list[date] | None = None
    clock = _CLOCK.match(rest) if not _NUMERIC.match(rest) or _CLOCK.fullmatch(rest) else None
    if clock is not None:
        rest = rest[clock.end() :]
        dated, after = _dated(rest.lstrip(" ,"), day, order)
        days, rest = (dated, after) if dated is not None else (None, rest)
    else:
        days, rest = _dated(rest, day, order)
        if days is None:
            return None
        rest = rest[_BETWEEN.match(rest).end() :]  # type: ignore[union-attr]  # it matches nothing too
        clock = _CLOCK.match(rest)
        if clock is None:
            return None
        rest = rest[clock.end() :]
    at, own = _clock(clock), zone_of(rest)
    if at is None or days == [] or (own is None and rest.strip(" ()[]")):
        return None
    return _nearest(days, day, at, own or zone or place())


def _clock(clock: re.Match[str]) -> time | None:
    hour, half = int(clock[1]), clock[4]
    if half:
        if hour < 1 or (hour > 12 and half == "a"):
            return None
        hour = hour if hour > 12 else hour % 12 + (12 if half == "p" else 0)
    try:
        return time(hour, int(clock[2]), int(clock[3] or 0))
    except ValueError:
        return None


def _nearest(days: list[date] | None, day: date, at: time, zone: tzinfo) -> datetime:
    if days is None:
        days = [day] if zone is place() else [day + timedelta(days=n) for n in (-1, 0, 1)]
    noon = datetime.combine(day, time(12), place())
    moments = [datetime.combine(one, at, zone).astimezone(UTC) for one in days if one.year > 1]
    return min(moments, key=lambda found: abs(found - noon))


def _dated(text: str, day: date, order: Order | None) -> tuple[list[date] | None, str]:
    """The days that may be meant and what follows; None where no date stands, [] where an impossible one does.

    A Monday that was a Sunday is impossible too.
    """
    name = _DAY_NAME.match(text)
    days, rest = _date(text[name.end() :] if name else text, order)
    if days is None:
        return None, text
    return [one for one in days if name is None or one.weekday() == _DAYS[name[0][:3]]], rest


def _date(text: str, order: Order | None) -> tuple[list[date] | None, str]:
    if (found := _NUMERIC.match(text)) is not None:
        return _numeric(found, order), text[found.end() :]
    if (found := _DAY_FIRST.match(text)) is not None and found[2] in _MONTHS:
        return _real([(_year(found[3]), _MONTHS[found[2]], int(found[1]))]), text[found.end() :]
    if (found := _MONTH_FIRST.match(text)) is not None and found[1] in _MONTHS:
        return _real([(int(found[3]), _MONTHS[found[1]], int(found[2]))]), text[found.end() :]
    return None, text


def _numeric(found: re.Match[str], order: Order | None) -> list[date]:
    first, second, third = int(found[1]), int(found[3]), int(found[4])
    if len(found[1]) == 4:
        return _real([(first, second, third)])
    if len(found[1]) > 2 or len(found[4]) not in (2, 4):
        return []
    year = _year(found[4])
    ways = {Order.MONTH_FIRST: (year, first, second), Order.DAY_FIRST: (year, second, first)}
    days = _real([ways[order]] if order is not None else list(ways.values()))
    return days or _real(list(ways.values()))


def _year(text: str) -> int:
    return int(text) + 2000 if len(text) == 2 else int(text)


def _real(ways: list[tuple[int, int, int]]) -> list[date]:
    days = []
    for way in ways:
        try:
            days.append(date(*way))
        except ValueError:
            continue
    return days


def day_of(text: str, day: date, *, order: Order | None = None) -> date | None:
    """A date without a time; of two readings the nearer to `day`."""
    days, rest = _dated(" ".join(text.casefold().split()), day, order)
    return min(days, key=lambda found: abs((found - day).days)) if days and not rest.strip(" ,") else None


_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_ANY_DAY = re.compile(
    rf"(?<![\w/.-]){_NUMERIC.pattern}|(?<!\w)(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[\s-]+(?P<month>{_MONTH})\b(?:[\s,.-]+(?P<year>\d{{4}}))?"
    rf"|(?<!\w)(?P<month_first>{_MONTH})\.?\s+(?P<its_day>\d{{1,2}})(?:st|nd|rd|th)?(?:,?\s+(?P<its_year>\d{{4}}))?(?!\w)"
)
# Behind the first of several days that share a month, as in `27 s.d. 30` and `1, 2, dan 3`, and between two whole dates.
_UNTIL = r"s\s?[./]?\s?d\b\.?|sampai(?: dengan)?|hingga|until|to|[-–—]"
_ALSO = r"(?:,\s*)?(?:dan|and|serta|&)|,"
_EARLIER = re.compile(rf"(?<![\w/.-])(\d{{1,2}})(?:st|nd|rd|th)?\s*(?:({_UNTIL})|{_ALSO})\s*(?:{_DAY_NAME.pattern})?$")
# What is numbered and is no day: `Sesi 1 - 30 November`.
_COUNTED = re.compile(r"\b(?:sesi|session|angkatan|gelombang|pertemuan|hari|day|kelas|batch|seri|bagian|ke)[\s-]*$")
_BETWEEN_DAYS = re.compile(
    rf"[\s,]*(?:\(?(?:pukul|pkl\.?|jam|at)?\s*\d{{1,2}}[:.]\d{{2}}(?:\s*(?:wib|wita|wit))?\)?)?\s*(?:{_UNTIL})\s*(?:{_DAY_NAME.pattern})?"
)


def spans_in(text: str, day: date, *, order: Order | None = None) -> list[tuple[date, date]]:
    """The days that are named anywhere in a text: `27 s/d 30 November 2026` from the first to the last, others alone."""
    plain, ended = " ".join(text.casefold().split()), 0
    spans: list[tuple[date, date]] = []
    for start, end, last in _days_at(plain, day, order):
        if spans and _BETWEEN_DAYS.fullmatch(plain[ended:start]):
            first = spans[-1][0]
            turned = first > last and (first.month, last.month) == (12, 1)  # `30 Desember s.d. 2 Januari 2027`
            spans[-1] = (first.replace(year=last.year - 1) if turned else first, last)
        else:
            spans += _shared(plain[:start], last)
        ended = end
    return spans


def _shared(before: str, last: date) -> list[tuple[date, date]]:
    """The days that stand `before` a date and share its month; the nearest may begin a span."""
    spans, first = [(last, last)], last
    while (found := _EARLIER.search(before)) is not None and not _COUNTED.search(before[: found.start()]):
        if not 0 < int(found[1]) < first.day:
            break
        first, before = first.replace(day=int(found[1])), before[: found.start()]
        if found[2] is not None:
            spans[0] = (first, spans[0][1])
        else:
            spans.insert(0, (first, first))
    return spans


def _days_at(text: str, day: date, order: Order | None) -> list[tuple[int, int, date]]:
    """From where to where each stands; of two readings the nearer to `day`, and of its year where none is written."""
    found = []
    for match in _ANY_DAY.finditer(text):
        month, of_month = match["month"] or match["month_first"], match["day"] or match["its_day"]
        year = int(match["year"] or match["its_year"] or day.year)
        days = _real([(year, _MONTHS[month], int(of_month))]) if month else _numeric(match, order)
        if days:
            found.append((match.start(), match.end(), min(days, key=lambda one: abs((one - day).days))))
    return found


def minutes(text: str, unit: float = 1.0) -> float | None:
    """`157`, `2 jam 31 menit`, `40 detik`, `1:23:00`, `58,5`, `PT19M30S`. A number alone counts `unit` minutes each."""
    text = " ".join(text.casefold().split())
    below = re.match(r"(?:<|kurang dari|less than)\s*(?:a |an )?", text)
    if below is not None:
        # Of `less than two hours` nobody knows how much less; less than a minute is nothing worth a question.
        most = _worded(re.sub(r"^(?=[a-z])", "1 ", text[below.end() :])) or minutes(text[below.end() :], unit)
        return most if most is not None and most <= 1 else None
    if re.fullmatch(_AMOUNT, text):
        return None if grouped(text, unit) else _number(text) * unit
    if (clock := re.fullmatch(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?", text)) is not None:
        hours, mins, seconds = (int(part or 0) for part in clock.groups())
        total = hours * 60 + mins + seconds / 60
        # More than half a day is rather 19 minutes and 30 seconds; which, nobody can tell.
        return total if mins < 60 and seconds < 60 and total < LONGEST_MINUTES else None
    if text.startswith("p") and (iso := _ISO.fullmatch(text)) is not None and any(iso.groups()):
        parts = [float((part or "0").replace(",", ".")) for part in iso.groups()]
        return parts[0] * 1440 + parts[1] * 60 + parts[2] + parts[3] / 60
    return _worded(text)


def grouped(text: str, unit: float) -> bool:
    """`9.000` seconds may be nine, or nine thousand: whether both are lengths that a meeting may have."""
    found = re.fullmatch(r"([1-9]\d{0,2})[.,](\d{3})", text.strip())
    return found is not None and 0 < int(found[1] + found[2]) * unit <= LONGEST_MINUTES


def rather_smaller(texts: Iterable[str]) -> bool:
    """Whether plain numbers, or `19:30`, of one column can not be minutes, or hours and minutes, for all of them."""
    for text in texts:
        clock = re.fullmatch(r"(\d{1,3}):(\d{2})", text.strip())
        if clock is not None and int(clock[1]) * 60 >= LONGEST_MINUTES:
            return True
        if re.fullmatch(_AMOUNT, text.strip()) and _number(text.strip()) > LONGEST_MINUTES:
            return True
    return False


def _worded(text: str) -> float | None:
    total, at, last = 0.0, 0, float("inf")
    while at < len(text):
        part = _PART.match(text, at)
        if part is None or _UNITS.get(part[2], last) >= last:
            return None
        last = _UNITS[part[2]]
        if grouped(part[1], last):
            return None
        total += _number(part[1]) * last
        at = part.end()
    return total if text else None


def _number(text: str) -> float:
    return float(text.replace(",", "."))


def unit_of(text: str) -> float | None:
    """Of a heading such as `Duration (seconds)`: how many minutes one of it is."""
    return _UNITS.get(text.strip(" ()").casefold())
