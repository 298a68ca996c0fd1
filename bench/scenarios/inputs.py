"""Generated input for whatever reads what people type, hand in or scan: a result or a refusal, never a crash."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from functools import partial
from urllib.parse import quote

from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as some

from bench.runner import Bench, Row, Wrong
from bench.scenarios.papers import _tools
from bench.site import Site
from calakan.assessment import question_files
from calakan.attendance import durations, statuses, times, written_names
from calakan.availability import reading as calendars
from calakan.availability.reading import NotACalendar, TooMuch
from calakan.kernel import clock, codes, text
from calakan.kernel.errors import DomainError
from calakan.people import mailboxes, names, nip, phones
from calakan.signing import inspect, token
from calakan.tables import apart
from calakan.tables import reading as tables
from calakan.web import markdown
from tests.certificates import samples

NAME = "inputs"
TITLE = "generated input for each parser and for pages that take words; kept: no crash, no broken promise"
EXAMPLES, SMALL = 10_000, 5
DAY, NOW = date(2026, 11, 30), datetime(2026, 11, 30, 2, tzinfo=UTC)
LONGEST = 2000
MARK = "tidak-ada-di-mana-pun"  # a page that reads it says so
REFUSED = (DomainError, NotACalendar, TooMuch)

PIECES = [
    "Sri Mulyati", "Ma'ruf", "S.Pd., M.Pd.", "spd", "Dr", "09.00", "9:30 PM", "30/11/2026", "1 Des 2026", "WIB", "UTC+7",
    "2026-11-30T09:00:00Z", "1 jam 5 menit", "1:05:00", "1,5", "1.234", "Hadir", "Tidak hadir", "✓", "H", "19850101 201001 2 001",
    "0812 3456 7890", "+62", "1E+17", "'", '"', ",", ";", "\t", "\n", "\r\n", "=", "@", "-", "(", ")", "{", "}", "~", "#", "::",
    "Nama,Email,NIP", "Nama;Hadir", "ANSWER: A", "A. ya", "B) tidak", "BEGIN:VCALENDAR", "END:VCALENDAR", "BEGIN:VEVENT",
    "END:VEVENT", "DTSTART:20261130T020000Z", "DTSTART;TZID=Asia/Jakarta:20261130T090000", "DURATION:PT1H", "RRULE:FREQ=DAILY",
    "RRULE:FREQ=YEARLY;BYDAY=-5FR", "UID:a", "<quiz>", "<question type=\"multichoice\">", "</question>", "<![CDATA[", "&amp;",
    "<script>alert(1)</script>", "[a](javascript:alert(1))", "<img src=x onerror=alert(1)>", "**", "| a |", "\u202e", "\u200b",
    "\u0000", "\u2028", "é", "ｅ", "ß", "\U0001f600", "guru@example.org", "%", "_", "\\", "../", "\ufeff",
]  # fmt: skip
WORDS = some.lists(some.sampled_from(PIECES) | some.text(max_size=6), max_size=14).map("".join)
CALENDAR = WORDS.map(lambda words: "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n" + words.replace("BEGIN", "\r\nBEGIN"))
FILES = (WORDS | CALENDAR).map(str.encode) | WORDS.map(lambda words: words.encode("utf-16")) | some.binary(max_size=300)
LINES = some.lists(some.sampled_from(PIECES), max_size=20).map("\r\n".join)


def same_twice(made: str, again: str) -> None:
    assert made == again, f"{made!r} becomes {again!r}"


def typed(words: str) -> None:
    """Names, numbers and words of a form."""
    for read in (
        phones.check_phone,
        partial(nip.check_nip, today=DAY),
        nip.check_nuptk,
        names.clean_name,
        names.checked,
    ):
        try:
            kept = read(words)
        except DomainError:
            continue
        same_twice(kept, read(kept))
    try:
        line = text.one_line(words)
    except ValueError:
        line = ""
    assert "\n" not in line
    same_twice(line, text.one_line(line))
    same_twice(text.search_key(words), text.search_key(text.search_key(words)))
    names.title_after(words), names.title_before(words), names.suggestion(words), names.initials(words)
    assert codes.slug(words).isascii()
    codes.normal_code(words)
    mailbox = mailboxes.checked(words)
    assert mailbox is None or mailboxes.checked(mailbox) == mailbox


def attendance(words: str) -> None:
    """A cell of a list of who was there."""
    moment = times.moment(words, DAY)
    assert moment is None or moment.tzinfo is not None
    times.day_of(words, DAY), times.minutes(words), times.unit_of(words), times.zone_of(words)
    assert all(minutes >= 0 for minutes in durations.readings(words).values())
    statuses.status_of(words), statuses.ticked(words)
    written_names.parts(words), written_names.loose_keys(words), written_names.is_titles(words)


def table(content: bytes) -> None:
    if content[:2] == b"PK":
        apart.told(content)  # what the limited process does, here in this one
        return
    for sheet in tables.sheets(content):
        assert all(isinstance(cell, str) for _, row in sheet.rows for cell in row)


def bank(content: bytes) -> None:
    """Questions, in any of their formats."""
    question_files.read(content)


def calendar(content: bytes) -> None:
    found = calendars.busy_times(content, now=NOW)
    assert found == sorted(set(found))


def shown(words: str) -> None:
    """What somebody wrote about his diklat."""
    html = str(markdown.render(words)).casefold()
    assert not any(live in html for live in ("<script", "<img", 'href="javascript', "onerror=x>"))


READERS: list[tuple[str, Callable[..., None], some.SearchStrategy[object]]] = [
    ("names, numbers, words", typed, WORDS),
    ("cells of attendance", attendance, WORDS | LINES),
    ("tables", table, FILES),
    ("question banks", bank, FILES | LINES.map(str.encode)),
    ("calendars", calendar, FILES | LINES.map(lambda lines: b"BEGIN:VCALENDAR\r\n" + lines.encode())),
    ("Markdown", shown, WORDS),
]


def run(bench: Bench) -> Iterator[Row]:
    wanted = bench.size(EXAMPLES, SMALL)
    for name, reader, inputs in READERS:
        yield _try(name, reader, inputs, wanted)
    yield from _forgeries(bench, wanted)
    for kind in bench.kinds:
        with Site(bench.databases, kind, testing=1) as site:
            client = site.app.test_client()
            for path in ("/diklat?q=", "/periksa?no=", "/s/"):
                if MARK.encode() not in client.get(path + MARK).data:
                    raise Wrong(f"{path} does not read the words that it is given")
                yield {"database": kind} | _try(f"GET {path}", partial(_page, client, path), WORDS, wanted)


def _try(name: str, reader: Callable[..., None], inputs: some.SearchStrategy[object], wanted: int) -> Row:
    """Raises Wrong with the smallest input that was found."""
    seen, begin, slowest = 0, time.perf_counter(), 0.0

    @settings(
        max_examples=wanted, deadline=None, database=None, phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(inputs)
    def one(value: object) -> None:
        nonlocal seen, slowest
        seen, started = seen + 1, time.process_time()
        try:
            reader(value)
        except REFUSED:
            pass
        except Exception as error:
            error.add_note(f"by {value!r:.{LONGEST}}")
            raise
        slowest = max(slowest, time.process_time() - started)

    try:
        one()
    except Exception as error:
        raise Wrong(f"{name}: {error!r} {' '.join(getattr(error, '__notes__', []))[:LONGEST]}") from error
    return {
        "of": name,
        "examples": seen,
        "slowest_ms": round(1000 * slowest),
        "seconds": round(time.perf_counter() - begin),
    }


def _forgeries(bench: Bench, wanted: int) -> Iterator[Row]:
    """A QR and a file of ours, each with something else in it: none is taken for ours."""
    ring, envelope, signer = _tools(str(bench.databases.folder()))
    qr = token.make("https://calakan.test", samples.CODE, samples.facts(), kid=signer.kid, sign=signer)
    paper = samples.template().render(samples.holder(), created_at=clock.now(), sealer=envelope)
    keys, true = ring.keys(), token.check(qr, ring.keys())

    def scanned(change: tuple[int, str]) -> None:
        place, put = change
        forged = qr[: place % len(qr)] + put + qr[place % len(qr) + 1 :]
        try:
            found = token.check(forged, keys)
        except token.ForgedError:
            return
        assert found == true, forged  # another spelling of the same signed facts

    held = paper.rindex(b"/Contents <")

    def in_envelope(place: int) -> bool:
        """Beside the signature stand lengths, the issuer's certificate and padding, which say nothing about the paper."""
        return held < place < paper.index(b">", held)

    def handed_in(change: tuple[int, bytes]) -> None:
        place, put = change
        forged = paper[: place % len(paper)] + put + paper[place % len(paper) + len(put) :]
        try:
            inspect.signed_by(forged, keys)
        except (inspect.UnsignedError, inspect.ChangedError, inspect.UnknownSignerError):
            return
        assert in_envelope(place % len(paper)), f"changed at {place % len(paper)}"

    anywhere = some.integers(0, 1 << 20)
    yield _try("QR of papers", scanned, some.tuples(anywhere, some.text(max_size=3)), wanted)
    yield _try("signed papers", handed_in, some.tuples(anywhere, some.binary(min_size=1, max_size=4)), wanted)


def _page(client: FlaskClient, path: str, words: str) -> None:
    answer = client.get(path + quote(words, safe=""))
    assert answer.status_code < 500, answer.status_code
    assert b"<script>alert(1)" not in answer.data
    assert b"<img src=x" not in answer.data
