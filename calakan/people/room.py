"""What this room brings to the application."""

from __future__ import annotations

from calakan.people import errors, tasks
from calakan.people.beats import BEATS
from calakan.people.cards import cards
from calakan.people.letters import LETTERS
from calakan.people.manage import blueprint as manage
from calakan.people.views import blueprint as pages
from calakan.people.views import issuers, passkeys, second_factor
from calakan.people.words import WORDS
from calakan.room import Room

ROOM = Room(
    blueprints=[pages, second_factor, passkeys, issuers, manage],
    cards=[cards],
    letters=LETTERS,
    work={
        "people.take_entries": tasks.take_entries,
        "people.forget_expired": tasks.forget_expired,
    },
    beats=BEATS,
    words=WORDS,
    conflicts={
        "uq_person_email": errors.EmailTaken,
        "uq_person_second_email": errors.EmailTaken,
        "uq_issuer_account_issuer_subject": errors.IssuerTaken,
        "uq_passkey_credential_id": errors.PasskeyKnown,
        "uq_person_number": errors.NumberTaken,
        "uq_person_nip": errors.NipTaken,
        "uq_person_nuptk": errors.NuptkTaken,
        "uq_school_npsn": errors.NpsnTaken,
    },
)
