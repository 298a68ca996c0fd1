"""The catalogue and the pages of one diklat, for everyone; calendars without room links."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache, lru_cache

import sqlalchemy as sa
from flask import Blueprint, Response, current_app, render_template, request, url_for
from markupsafe import Markup

from calakan.assessment import programme
from calakan.completion import reasons
from calakan.completion.standing import conditions
from calakan.diklat import calendar, documents, kept, queries, search
from calakan.diklat import reasons as rules
from calakan.diklat.models import Diklat, Kind, LiveSession, Mode, SessionState
from calakan.enrolment import looking, preview, wishes
from calakan.enrolment import queries as enrolments
from calakan.enrolment import reasons as why_not
from calakan.enrolment import services as enrolling
from calakan.enrolment.entering.forms import EnterForm
from calakan.enrolment.errors import EnrolmentClosed, NotEligible, ProfileIncomplete
from calakan.enrolment.models import EnrolmentState
from calakan.enrolment.seats import Why, released_at
from calakan.kernel import clock, db, formats, qr
from calakan.kernel.errors import DomainError
from calakan.materials import queries as materials
from calakan.narasumber import queries as narasumber
from calakan.narasumber.models import Assignment, Duty
from calakan.office.house import house
from calakan.office.queries import office_settings
from calakan.people.models import Jenjang, Person
from calakan.web import card as pictures
from calakan.web import gate, paging
from calakan.web.messages import sentence, word

blueprint = Blueprint("diklat", __name__, template_folder="templates")
PER_PAGE = 12
ON_THE_HOME_PAGE = 6
SIMILAR = 3
LEVELS = (*Jenjang, "umum")
WHEN = [
    ("", "Kapan saja"), ("pekan", "Pekan ini"), ("bulan", "Bulan ini"), ("akhir", "Akhir pekan"),
    ("lewat", "Sudah lewat"),
]  # fmt: skip
JP = [("", "Berapa saja"), ("6", "Sampai 6 JP"), ("8", "8 JP ke atas")]


@blueprint.get("/")
def home() -> str:
    return _catalogue(hero=True)


@blueprint.get("/diklat")
def catalogue() -> str:
    return _catalogue(hero=False)


def _catalogue(*, hero: bool) -> str:
    filters = queries.Filters(
        words=_argument("q")[:80],
        level=_argument("jenjang"),
        topic=_argument("topik"),
        when=_argument("waktu"),
        jp=_argument("jp"),
        kind=_argument("jenis"),
        mode=_argument("cara"),
        post=_argument("jabatan")[:40],
        since=_day(_argument("dari")),
        until=_day(_argument("sampai")),
    )
    free_only = _argument("ada") == "1"
    narrowed = free_only or filters != queries.Filters()
    hero = hero and not narrowed and "hal" not in request.args
    page = _found(filters, free_only, ON_THE_HOME_PAGE if hero else PER_PAGE)
    meant = search.corrected(filters.words) if filters.words and not page.items else ""
    if meant:
        page = _found(replace(filters, words=meant), free_only, PER_PAGE)
    similar = _similar(filters) if narrowed and not page.items else []
    actor = gate.actor_or_none()
    me = actor.person_id if actor is not None and narrowed and not page.items else None
    return render_template(
        "diklat/catalogue.html",
        hero=hero,
        narrowed=narrowed,
        other_filters=free_only or replace(filters, words="", level="") != queries.Filters(),
        page=page,
        filters=filters,
        free_only=free_only,
        level_chips=LEVELS,
        when_options=WHEN,
        jp_options=JP,
        kinds=[("", "Semua jenis"), *((kind.value, word(kind)) for kind in Kind)],
        modes=[("", "Semua cara"), *((mode.value, word(mode)) for mode in Mode)],
        meant=meant if page.items else "",
        similar=similar,
        past=_past(filters) if narrowed and not page.items else 0,
        wished=me is not None and wishes.wished(me, filters.words, filters.level),
        cards=_cards([*page.items, *similar]),
    )


def _found(filters: queries.Filters, free_only: bool, per_page: int) -> paging.Page:
    if not free_only and filters == queries.Filters():
        return paging.page(_everything(), per_page=per_page, now=clock.now())
    wanted = queries.catalogue(filters, now=clock.now(), also=[narasumber.speaks]).options(*queries.NAMED)
    return paging.page(wanted.where(enrolments.has_seats()) if free_only else wanted, per_page=per_page)


@cache
def _everything() -> paging.Prepared:
    """What almost everybody looks at, built once."""
    return paging.Prepared(queries.catalogue(queries.Filters(), now=sa.bindparam("now")).options(*queries.NAMED))


def _past(filters: queries.Filters) -> int:
    """How many that are over would match; their pages stay, with the materials that are open to all."""
    if not filters.words or filters.when:
        return 0
    wanted = queries.catalogue(replace(filters, when="lewat"), now=clock.now(), also=[narasumber.speaks])
    return db.session().scalar(sa.select(sa.func.count()).select_from(wanted.order_by(None).subquery())) or 0


def _day(text: str) -> date | None:
    """What cannot be read is no filter."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 2000 <= day.year <= 2100 else None


def _similar(filters: queries.Filters) -> Sequence[Diklat]:
    """What to look at instead when nothing matches: the same jenjang or topic, else whatever comes next."""
    near = queries.Filters(level=filters.level), queries.Filters(topic=filters.topic), queries.Filters()
    for wanted in near:
        coming = queries.catalogue(wanted, now=clock.now()).options(*queries.NAMED).limit(SIMILAR)
        found = db.session().scalars(coming).all()
        if found:
            return found
    return []


def _argument(name: str) -> str:
    return " ".join(request.args.get(name, "").replace("\x00", "").split())


def _cards(diklat: Sequence[Diklat]) -> dict[int, Markup]:
    """The ticket cards, with two statements however many there are, one about the visitor, and those of what is new."""
    actor = gate.actor_or_none()
    marks = looking.marks(diklat, actor.person_id if actor is not None else None, now=clock.now())
    closed = {id: sentence(mark.refusal) for id, mark in marks.items() if mark.refusal is not None}
    seats, speakers = enrolments.seats(*diklat), narasumber.speakers_by_diklat(d.id for d in diklat)
    return documents.cards(diklat, marks, closed, seats, speakers)


@dataclass(frozen=True)
class Door:
    """Whether the visitor can join: `reason` says why not; `profile` when the own profile is in the way.

    `others` are what somebody can join for whom this one is not meant. `waits` says why there is no seat for him now, and
    `following` what gives him one.
    """

    reason: str = ""
    profile: bool = False
    waits: str = ""
    following: str = ""
    others: Sequence[Diklat] = ()


@blueprint.get("/diklat/<slug>")
def detail(slug: str) -> str:
    diklat = gate.subject(Diklat)
    kept.with_audience([diklat])
    sessions = queries.sessions_of(diklat.id, cancelled=True)
    assigned = narasumber.confirmed_of([s.id for s in sessions])
    speakers = _speakers(sessions, assigned)
    rows = programme.planned(diklat, sessions)
    actor = gate.actor_or_none()
    person_id = actor.person_id if actor is not None else None
    enrolment = enrolments.enrolment(diklat.id, person_id) if person_id is not None else None
    if enrolment is not None and enrolment.state is EnrolmentState.CANCELLED:
        enrolment = None
    waiting = enrolment is not None and enrolment.state is EnrolmentState.WAITING
    return render_template(
        "diklat/detail.html",
        diklat=diklat,
        sessions=sessions,
        assigned=assigned,
        rows=[row.row for row in rows if not row.row.live],
        paper=programme.announced(diklat, rows),
        asked=reasons.conditions(conditions(diklat)[diklat.id]),
        speakers=speakers,
        profiles=narasumber.public_profiles(person.id for person in speakers),
        seats=enrolments.seats(diklat)[diklat.id],
        card=_card(diklat, speakers),
        code=_code(_base_url() + url_for("diklat.detail", slug=slug)),
        data_use=office_settings().room_mb_per_hour,
        seat_rule=rules.seat_rule(diklat, released_at(diklat)),
        enrolment=enrolment,
        line=enrolments.place_in_line(enrolment) if enrolment is not None and waiting else None,
        entering=EnterForm() if actor is None else None,
        # Whoever has a seat does not stand at the door.
        door=_door(diklat, person_id) if enrolment is None else _in_line(diklat, person_id) if waiting else Door(),
        materials=materials.shown(
            diklat, enrolled=enrolment is not None and enrolment.state is EnrolmentState.CONFIRMED
        ),
    )


def _speakers(sessions: Sequence[LiveSession], assigned: Mapping[int, Sequence[Assignment]]) -> list[Person]:
    """Whoever speaks in a session that stands, in order of the first one."""
    found = [
        row.person
        for session in sessions
        if session.state is SessionState.PLANNED
        for row in sorted(assigned.get(session.id, ()), key=lambda row: row.id)
        if row.duty is Duty.SPEAKER
    ]
    return list(dict.fromkeys(found))


def _door(diklat: Diklat, person_id: int | None) -> Door:
    now = clock.now()
    try:
        enrolling.check_open(diklat, now=now)
        if diklat.ends_at is not None and diklat.ends_at <= now:
            return Door(reason="Diklat ini sudah berlangsung.")
        person = db.session().get(Person, person_id) if person_id is not None else None
        if person is not None:
            enrolling.check_eligible(diklat, person)
            return _seat(diklat, person, now)
        if not enrolling.line_moves(diklat, now=now) and enrolments.seats(diklat)[diklat.id].full:
            raise EnrolmentClosed(why=Why.LATE.value)
    except ProfileIncomplete as error:
        return Door(reason=sentence(error), profile=True)
    except NotEligible as error:
        assert person is not None
        return Door(reason=sentence(error), others=enrolments.fitting(person, without=diklat.id, now=now))
    except DomainError as error:
        return Door(reason=sentence(error))
    return Door()


def _in_line(diklat: Diklat, person_id: int | None) -> Door:
    person = db.session().get(Person, person_id) if person_id is not None else None
    return _seat(diklat, person, clock.now()) if person is not None and diklat.state.is_published else Door()


def _seat(diklat: Diklat, person: Person, now: datetime) -> Door:
    """Nothing is asked where no rule shares the seats out, and the window is open: the seats that are left say it all."""
    if diklat.seat_by is None and enrolling.line_moves(diklat, now=now):
        return Door()
    verdict = preview.verdict(diklat, person, now=now)
    if verdict.why is Why.LATE:
        return Door(reason=sentence(EnrolmentClosed(why=verdict.why.value)))
    waits = why_not.waits(diklat, verdict)
    return Door(waits=waits, following=why_not.following(diklat, verdict, now=now) if waits else "")


def _base_url() -> str:
    found: str = current_app.extensions["calakan.settings"].base_url
    return found


def _file(content: bytes, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-cache"}
    return Response(content, content_type="text/calendar; charset=utf-8", headers=headers)


@dataclass(frozen=True)
class Card:
    """What stands on the picture that other sites show of a diklat; another `mark` for other words."""

    when: str
    who: str
    mark: str


def _card(diklat: Diklat, speakers: Sequence[Person]) -> Card:
    when = formats.moment(diklat.starts_at) if diklat.starts_at is not None else f"{diklat.jp} JP, gratis"
    more = f" dan {len(speakers) - 2} lainnya" if len(speakers) > 2 else ""
    who = ", ".join(person.printed_name for person in speakers[:2]) + more
    return Card(when, who, pictures.mark_of(diklat.title, when, who))


@blueprint.get("/diklat/<slug>/kartu-<mark>.jpg")
def card(slug: str, mark: str) -> Response:
    """As it is now, under whatever mark: a chat may ask for an older one."""
    diklat = gate.subject(Diklat)
    sessions = queries.sessions_of(diklat.id)
    written = _card(diklat, _speakers(sessions, narasumber.confirmed_of([s.id for s in sessions])))
    return pictures.answer_about(diklat.title, written.when, written.who)


@lru_cache(maxsize=256)
def _code(address: str) -> str:
    return qr.picture(qr.encode(address))


@blueprint.get("/diklat/<slug>.ics")
def ics(slug: str) -> Response:
    diklat = gate.subject(Diklat)
    sessions = queries.all_sessions(diklat.id)
    return _file(calendar.calendar(sessions, name=diklat.title, base_url=_base_url()), f"{diklat.slug}.ics")


@blueprint.get("/kalender.ics")
def feed() -> Response:
    """Every coming session of published diklat, for subscribing."""
    sessions = queries.coming_sessions(clock.now())
    return _file(calendar.calendar(sessions, name=house().name, base_url=_base_url()), "kalender.ics")
