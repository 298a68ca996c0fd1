"""Reads of people, schools and places."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from calakan.kernel import codes, db
from calakan.kernel.actor import STAFF, Actor, Role
from calakan.kernel.text import like, search_key
from calakan.notifications.models import AddressState, ChannelAddress
from calakan.notifications.ways import Way
from calakan.office import queries as office
from calakan.office.models import OfficeSetting
from calakan.people import nip, notices, other_names, phones, sought
from calakan.people.agreements import NoticeAcceptance
from calakan.people.directory import other_key, school_key
from calakan.people.errors import PhoneInvalid
from calakan.people.models import (
    Jenjang,
    Kecamatan,
    OneTimeLink,
    Person,
    PersonRole,
    PersonScope,
    Purpose,
    RecoveryCode,
    School,
    SecondFactor,
    TokenScope,
)
from calakan.people.ways_in import IssuerAccount, Passkey

# The address of those whose data were erased; nobody can receive mail there (RFC 2606).
ERASED_DOMAIN = Person.ERASED_DOMAIN


def _confirmed(person_id: int | sa.orm.InstrumentedAttribute[int]) -> sa.Select[SecondFactor]:
    return sa.select(SecondFactor).where(SecondFactor.person_id == person_id, SecondFactor.confirmed_at.is_not(None))


def must_have_second_factor(actor: Actor, required: bool | None) -> bool:
    """Admins in production always, panitia as the office has set it; where it has not (None), in production."""
    if actor.is_admin and office.in_production():
        return True
    return actor.has_desk and (office.in_production() if required is None else bool(required))


def may_act_by_token(person: Person) -> bool:
    """A token is no way around the second step that its owner's role demands."""
    if has_second_step(person.id):
        return True
    return not must_have_second_factor(actor_of(person), db.session().scalar(sa.select(factor_required())))


def is_complete(person_id: int) -> bool:
    """Whether the profile of this person suffices to enrol; the look-up of a log-in has asked."""

    def read() -> bool:
        found = db.session().get(Person, person_id)
        return found is not None and found.complete

    complete: bool = db.once(f"complete {person_id}", read)
    return complete


def factor_required() -> sa.ScalarSelect[bool]:
    """What the office has set, in the statement that every request makes anyway."""
    return sa.select(OfficeSetting.value).where(OfficeSetting.name == "second_factor_required").scalar_subquery()


def second_factor(person_id: int) -> SecondFactor | None:
    """The one that counts."""
    return db.session().scalar(_confirmed(person_id))


def second_step() -> sa.ColumnElement[bool]:
    """Whether a Person has one: an app for codes or, of staff, a passkey. One that was copied still asks for another step."""
    staff = sa.exists().where(PersonRole.person_id == Person.id, PersonRole.role.in_(STAFF))
    app = sa.exists().where(SecondFactor.person_id == Person.id, SecondFactor.confirmed_at.is_not(None))
    return sa.or_(app, sa.and_(sa.exists().where(Passkey.person_id == Person.id), staff))


def has_second_step(person_id: int) -> bool:
    """See `second_step`."""
    return bool(db.session().scalar(sa.select(second_step()).select_from(Person).where(Person.id == person_id)))


def passkeys(person_id: int) -> Sequence[Passkey]:
    """Also those that count no more, the first one first."""
    wanted = sa.select(Passkey).where(Passkey.person_id == person_id)
    return db.session().scalars(wanted.order_by(Passkey.created_at, Passkey.id)).all()


def issuer_accounts(person_id: int) -> Sequence[IssuerAccount]:
    """At other issuers, the first one first."""
    wanted = sa.select(IssuerAccount).where(IssuerAccount.person_id == person_id)
    return db.session().scalars(wanted.order_by(IssuerAccount.created_at, IssuerAccount.id)).all()


def prepared_factor(person_id: int) -> SecondFactor | None:
    """One that still waits for its first code."""
    wanted = sa.select(SecondFactor).where(SecondFactor.person_id == person_id, SecondFactor.confirmed_at.is_(None))
    return db.session().scalar(wanted)


def key_address(factor: SecondFactor, issuer: str) -> str:
    """What an app for codes reads from a QR code."""
    import pyotp  # late: few pages need it

    owner = db.session().get_one(Person, factor.person_id)
    return str(pyotp.TOTP(factor.secret).provisioning_uri(name=owner.contact, issuer_name=issuer))


def recovery_codes_left(person_id: int) -> int:
    wanted = sa.select(sa.func.count()).where(RecoveryCode.person_id == person_id, RecoveryCode.used_at.is_(None))
    return db.session().scalar(wanted) or 0


def is_limited(roles: Collection[Role], *, limit: bool) -> bool:
    """Whether somebody with these roles is held to the diklat on whose committee he is; an admin never is."""
    return limit and Role.PANITIA in roles and Role.ADMIN not in roles


def actor_of(person: Person) -> Actor:
    """The actor with roles and scope in one statement, however many there are."""
    rows = db.session().execute(
        sa.select(PersonRole.role, sa.null(), sa.null())
        .where(PersonRole.person_id == person.id)
        .union_all(
            sa.select(sa.null(), PersonScope.school_id, PersonScope.kecamatan_code).where(
                PersonScope.person_id == person.id
            )
        )
    )
    roles, schools, kecamatan = {Role.PESERTA}, set[int](), set[str]()
    for role, school_id, kecamatan_code in rows:
        if role is not None:
            roles.add(Role(role))
        if school_id is not None:
            schools.add(school_id)
        if kecamatan_code is not None:
            kecamatan.add(kecamatan_code)
    return Actor(
        person_id=person.id,
        name=person.name,
        roles=frozenset(roles),
        limited=is_limited(roles, limit=office.office_settings().limit_committee),
        school_ids=frozenset(schools),
        kecamatan_codes=frozenset(kecamatan),
    )


def workplace(person: Person) -> str:
    """School, or the school outside the kabupaten, or the kecamatan."""
    school, kecamatan = person.school, person.kecamatan
    return placed(
        school.name if school is not None else None, person.school_elsewhere, person.kabupaten_elsewhere,
        kecamatan.name if kecamatan is not None else None,
    )  # fmt: skip


def placed(school: str | None, school_elsewhere: str, kabupaten_elsewhere: str, kecamatan: str | None) -> str:
    if school is not None:
        return school
    if school_elsewhere:
        return ", ".join(filter(None, (school_elsewhere, kabupaten_elsewhere)))
    return f"Kecamatan {kecamatan}" if kecamatan is not None else ""


def by_email(email: str) -> Person | None:
    """Whose address this is, the main or the second one; no address is of two accounts."""
    email = email.strip().lower()
    return db.session().scalar(sa.select(Person).where(sa.or_(Person.email == email, Person.second_email == email)))


def by_address(address: str) -> Person | None:
    """Whose e-mail or number this is."""
    return by_number(address) if phones.is_number(address) else by_email(address)


def by_number(number: str) -> Person | None:
    """Who comes in by this number: whose own it is, else the one open account that proved it for its messages.

    Several that proved it are told apart by their e-mails; which of them is meant, nobody can say.
    """
    own = db.session().scalar(sa.select(Person).where(Person.number == number))
    if own is not None:
        return own
    proven = sa.exists().where(
        ChannelAddress.person_id == Person.id,
        ChannelAddress.channel == Way.WHATSAPP,
        ChannelAddress.address == number,
        ChannelAddress.state == AddressState.CONFIRMED,
    )
    found = db.session().scalars(sa.select(Person).where(Person.active, proven).order_by(Person.id).limit(2)).all()
    return found[0] if len(found) == 1 else None


def by_contact(typed: str) -> Person | None:
    """Whose e-mail, or own number in any usual way of writing, was typed (`Person.contact`)."""
    try:
        number = phones.chat_number(typed)
    except PhoneInvalid:
        return by_email(typed)
    return db.session().scalar(sa.select(Person).where(Person.number == number))


def person(id: int | None) -> Person | None:
    """With school, kecamatan, roles and scopes."""
    return db.session().scalar(
        sa.select(Person)
        .where(Person.id == id)
        .options(
            joinedload(Person.school),
            joinedload(Person.kecamatan),
            selectinload(Person.roles),
            selectinload(Person.scopes),
        )
    )


def has_password(person_id: int) -> bool:
    """Those who never set one come in by mail, or by what their devices keep."""
    return db.session().scalar(sa.select(Person.password_hash).where(Person.id == person_id)) is not None


def bearer(token: str, *, now: datetime) -> tuple[Person, TokenScope] | None:
    """Whose token this is, and what it may be used for."""
    found = db.session().execute(
        sa.select(Person, OneTimeLink.scope)
        .join(OneTimeLink, OneTimeLink.person_id == Person.id)
        .where(
            OneTimeLink.secret_hash == codes.hashed(token),
            OneTimeLink.purpose == Purpose.API,
            OneTimeLink.expires_at > now,
            OneTimeLink.used_at.is_(None),
            Person.active,
        )
    )
    return found.first()


def search_schools(words: str, *, jenjang: Jenjang | None = None, limit: int = 20) -> Sequence[School]:
    """Schools in whose name, or another one they have, every typed word occurs, best first: `sdn 1 kedungwuluh` finds
    `SD NEGERI 1 KEDUNGWULUH`.
    """
    key = school_key(words)
    if not key:
        return []
    found = _named_schools(key, nip.npsn(words), jenjang, limit)
    return found or (_named_schools(other, "", jenjang, limit) if (other := other_key(key)) != key else [])


def _named_schools(key: str, npsn: str, jenjang: Jenjang | None, limit: int) -> Sequence[School]:
    wanted = sa.select(School).where(School.active, sa.or_(other_names.named(key.split()[:8]), School.npsn == npsn))
    if jenjang is not None:
        wanted = wanted.where(School.jenjang.in_(jenjang.within))
    best = sa.case((School.search_key == key, 0), (School.search_key.startswith(key, autoescape=True), 1), else_=2)
    return db.session().scalars(wanted.order_by(best, School.name, School.id).limit(limit)).all()


def schools(*, words: str = "", kecamatan_code: str = "", jenjang: Jenjang | None = None) -> sa.Select[School]:
    wanted = sa.select(School).order_by(School.name, School.id)
    if key := school_key(words):
        wanted = wanted.where(sa.or_(other_names.named(key.split()[:8]), School.npsn == words.strip().upper()))
    if kecamatan_code:
        wanted = wanted.where(School.kecamatan_code == kecamatan_code)
    if jenjang is not None:
        wanted = wanted.where(School.jenjang.in_(jenjang.within))
    return wanted


def school(id: int) -> School | None:
    return db.session().get(School, id)


def school_by_npsn(npsn: str) -> School | None:
    return db.session().scalar(sa.select(School).where(School.npsn == npsn.strip().upper()))


def all_kecamatan() -> Sequence[Kecamatan]:
    return db.session().scalars(sa.select(Kecamatan).order_by(Kecamatan.name)).all()


def visible_to(actor: Actor) -> sa.ColumnElement[bool]:
    """The condition on Person that keeps what the actor may see."""
    if actor.is_committee:
        return sa.true()
    allowed: list[sa.ColumnElement[bool]] = [Person.id == actor.person_id]
    if actor.school_ids:
        allowed.append(Person.school_id.in_(actor.school_ids))
    if actor.kecamatan_codes:
        allowed.append(Person.kecamatan_code.in_(actor.kecamatan_codes))
    return sa.or_(*allowed)


def to_be_added(actor: Actor) -> sa.ColumnElement[bool]:
    """The condition on Person that keeps whom the actor may enter into a diklat: panitia, limited or not, anybody."""
    return sa.true() if actor.has_desk else visible_to(actor)


def people(
    *,
    adding: bool = False,
    visible_to_actor: Actor,
    words: str = "",
    role: Role | None = None,
    kecamatan_code: str = "",
    notice: int | None = None,
) -> sa.Select[Person]:
    """People the actor may see, or with `adding` may enter into a diklat, by name; `words` match name or e-mail.

    `notice`: who read this version of the privacy notice; 0: open accounts that have not read the newest.
    """
    among = to_be_added(visible_to_actor) if adding else visible_to(visible_to_actor)
    if role is not None and role is not Role.PESERTA:
        among &= sa.exists().where(PersonRole.person_id == Person.id, PersonRole.role == role)
    if kecamatan_code:
        among &= Person.kecamatan_code == kecamatan_code
    if notice is not None:
        read = sa.exists().where(
            NoticeAcceptance.person_id == Person.id, NoticeAcceptance.version == (notice or notices.CURRENT)
        )
        among &= read if notice else sa.and_(Person.active, ~read)
    found = sa.select(Person).options(
        joinedload(Person.school), joinedload(Person.kecamatan), selectinload(Person.roles)
    )
    if not search_key(words):
        return found.where(among).order_by(Person.name_key, Person.id)
    # Made first and put in order by itself: else PostgreSQL goes through everybody by name until it has met 25 of them.
    meant = sa.select(Person.id, Person.name_key).where(among, sought.finds(words, among)).cte("meant")
    meant = meant.prefix_with("MATERIALIZED", dialect="postgresql")
    return found.join(meant, meant.c.id == Person.id).order_by(meant.c.name_key, meant.c.id)


def notices_read(person_id: int) -> Sequence[NoticeAcceptance]:
    """Which versions of the privacy notice this person read, and when; the newest first."""
    mine = sa.select(NoticeAcceptance).where(NoticeAcceptance.person_id == person_id)
    return db.session().scalars(mine.order_by(NoticeAcceptance.version.desc())).all()


def in_scope(actor: Actor, *, words: str = "") -> sa.Select[Person]:
    """The open accounts of the actor's schools and kecamatan, by name; `words` match names only, never an address."""
    wanted = (
        sa.select(Person)
        .where(
            Person.active,
            sa.or_(Person.school_id.in_(actor.school_ids), Person.kecamatan_code.in_(actor.kecamatan_codes)),
        )
        .options(joinedload(Person.school), joinedload(Person.kecamatan))
        .order_by(Person.name_key, Person.id)
    )
    key = search_key(words)
    return wanted.where(Person.name_key.like(like(key), escape="\\")) if key else wanted


def scope_names(actor: Actor) -> list[str]:
    """The schools and kecamatan of the actor's scope, by name."""
    schools = sa.select(School.name).where(School.id.in_(actor.school_ids))
    districts = sa.select(Kecamatan.name).where(Kecamatan.code.in_(actor.kecamatan_codes))
    return [
        *sorted(db.session().scalars(schools)),
        *(f"Kecamatan {name}" for name in sorted(db.session().scalars(districts))),
    ]


def with_roles(*roles: Role) -> Sequence[Person]:
    return (
        db.session()
        .scalars(
            sa.select(Person)
            .where(Person.active, sa.exists().where(PersonRole.person_id == Person.id, PersonRole.role.in_(roles)))
            .order_by(Person.name_key)
        )
        .all()
    )


def demo_people_exist() -> bool:
    return bool(db.session().scalar(sa.select(sa.exists().where(Person.demo))))


def staff_roles(person: Person) -> bool:
    return any(row.role in STAFF for row in person.roles)


def by_code(code: str) -> Person | None:
    """With school, kecamatan, roles and scopes."""
    id = db.session().scalar(sa.select(Person.id).where(Person.code == code.upper()))
    return person(id) if id is not None else None
