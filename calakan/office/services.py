"""Changing the office's settings and lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from calakan.audit import services as audit
from calakan.kernel import db
from calakan.kernel.actor import Actor
from calakan.kernel.codes import slug
from calakan.kernel.errors import NotFound
from calakan.office import house, numbering
from calakan.office.defaults import CHOICES, HOLIDAYS
from calakan.office.errors import (
    ChoiceEmpty,
    ChoiceExists,
    HolidayExists,
    LetterPatternInvalid,
    NumberPatternInvalid,
    PatternsAlike,
    SignerGone,
    SignerIncomplete,
    StatementPatternInvalid,
    TooManyLines,
    TooManySigners,
)
from calakan.office.models import Choice, ChoiceKind, Emblem, Holiday, OfficeSetting
from calakan.office.queries import OfficeSettings, Signer, office_settings

# As many as stand side by side on a certificate.
MOST_SIGNERS = 3
# As many as leave room for the letter below them.
MOST_LINES = 5


def change_settings(*, actor: Actor, now: datetime, **values: Any) -> OfficeSettings:
    """Store what differs from the defaults; papers that are issued keep what they say.

    Raises NumberPatternInvalid, LetterPatternInvalid, StatementPatternInvalid, PatternsAlike, TooManySigners,
    SignerIncomplete, TooManyLines.
    """
    if "signers" in values:
        values["signers"] = _with_scans(values["signers"])
    return _change(values, actor=actor, now=now)


def set_scan(number: int, name: str, scan: str, *, actor: Actor, now: datetime) -> OfficeSettings:
    """Print this stored picture as the hand of the signer with this number from the left; an empty one prints none.

    Raises SignerGone when somebody else stands there by now.
    """
    signers = list(office_settings().signers)
    if not 1 <= number <= len(signers) or not name or signers[number - 1].name != name:
        raise SignerGone()
    signers[number - 1] = replace(signers[number - 1], scan=scan)
    return _change({"signers": signers}, actor=actor, now=now)


def set_emblem(emblem: Emblem, stored: str, *, actor: Actor, now: datetime) -> OfficeSettings:
    """Show this stored picture as the logo or the head of letters; an empty one gives back what is built in.

    Papers that are issued keep theirs.
    """
    return _change({emblem.value: stored}, actor=actor, now=now)


def _with_scans(signers: Sequence[Signer]) -> list[Signer]:
    """A scanned signature stays with its name: whoever follows in the post signs himself."""
    held = {signer.name: signer.scan for signer in office_settings().signers}
    return [replace(signer, scan=held.get(signer.name, "")) for signer in signers]


def _change(values: dict[str, Any], *, actor: Actor, now: datetime) -> OfficeSettings:
    held = office_settings()
    changed = replace(held, **values)
    _check_patterns(changed)
    _check_signers(changed.signers)
    _check_letterhead(changed.letterhead_text)
    was, plain, default = asdict(held), asdict(changed), asdict(OfficeSettings())
    differing = sorted(name for name in values if was[name] != plain[name])
    if not differing:
        return changed
    for name in differing:
        row = db.session().get(OfficeSetting, name)
        if plain[name] == default[name]:
            if row is not None:
                db.session().delete(row)
        elif row is None:
            db.session().add(OfficeSetting(name=name, value=plain[name]))
        else:
            row.value = plain[name]
    db.session().flush()
    db.afterwards(house.changed)
    facts = {name: [_noted(name, was[name]), _noted(name, plain[name])] for name in differing}
    audit.record("office.change_settings", actor=actor, now=now, name=", ".join(differing), changed=facts)
    return changed


def _check_letterhead(text: str) -> None:
    if len(text.splitlines()) > MOST_LINES:
        raise TooManyLines(most=MOST_LINES)


def _check_signers(signers: Sequence[Signer]) -> None:
    if len(signers) > MOST_SIGNERS:
        raise TooManySigners(most=MOST_SIGNERS)
    if any(not signer.post.strip() for signer in signers):
        raise SignerIncomplete()


def _noted(name: str, value: Any) -> Any:
    """What the trail keeps of a value: of signers their posts and names, never a NIP."""
    return [f"{signer['post']}: {signer['name']}" for signer in value] if name == "signers" else value


def _check_patterns(settings: OfficeSettings) -> None:
    numbering.check_pattern(settings.number_pattern)
    for pattern, refusal in (
        (settings.letter_pattern, LetterPatternInvalid),
        (settings.statement_pattern, StatementPatternInvalid),
    ):
        try:
            numbering.check_pattern(pattern)
        except NumberPatternInvalid:
            raise refusal(pattern=pattern) from None
    if numbering.alike(settings.number_pattern, settings.statement_pattern):
        raise PatternsAlike()


def ensure_choices() -> None:
    """Write the lists of the first start; does nothing where a list already has entries."""
    for kind, entries in CHOICES.items():
        if db.session().scalar(sa.select(sa.func.count()).select_from(Choice).where(Choice.kind == kind)):
            continue
        db.session().add_all(
            Choice(kind=kind, code=code, label=label, position=position)
            for position, (code, label) in enumerate(entries, start=1)
        )
    if not db.session().scalar(sa.select(sa.func.count()).select_from(Holiday)):
        db.session().add_all(Holiday(day=day, name=name, yearly=True) for day, name in HOLIDAYS)
    db.session().flush()


def add_choice(kind: ChoiceKind, label: str, *, actor: Actor, now: datetime) -> Choice:
    """Append an entry; its code is made from the label. Raises ChoiceEmpty, ChoiceExists."""
    label = " ".join(label.split())
    if not label:
        raise ChoiceEmpty()
    code = slug(label, longest=38).replace("-", "_")
    rows = list(db.session().scalars(sa.select(Choice).where(Choice.kind == kind)))
    if any(row.code == code or row.label.casefold() == label.casefold() for row in rows):
        raise ChoiceExists(label=label)
    choice = Choice(kind=kind, code=code, label=label, position=max((row.position for row in rows), default=0) + 1)
    db.session().add(choice)
    db.session().flush()
    audit.record("office.add_choice", choice, actor=actor, now=now, name=label)
    return choice


def switch_choice(id: int, *, active: bool, actor: Actor, now: datetime) -> Choice:
    """Offer an entry, or no longer. Raises NotFound."""
    choice = db.session().get(Choice, id)
    if choice is None:
        raise NotFound()
    choice.active = active
    audit.record("office.switch_choice", choice, actor=actor, now=now, name=choice.label, active=active)
    return choice


def add_holiday(day: date, name: str, *, yearly: bool, actor: Actor, now: datetime) -> Holiday:
    """Raises HolidayExists when the day is in the list already."""
    for row in db.session().scalars(sa.select(Holiday)):
        same = row.day == day or ((row.yearly or yearly) and (row.day.month, row.day.day) == (day.month, day.day))
        if same:
            raise HolidayExists(name=row.name)
    row = Holiday(day=day, name=name, yearly=yearly)
    db.session().add(row)
    db.session().flush()
    audit.record("office.add_holiday", actor=actor, now=now, name=f"{day.isoformat()} {name}")
    return row


def remove_holiday(id: int, *, actor: Actor, now: datetime) -> None:
    """Raises NotFound."""
    row = db.session().get(Holiday, id)
    if row is None:
        raise NotFound()
    db.session().delete(row)
    db.session().flush()
    audit.record("office.remove_holiday", actor=actor, now=now, name=f"{row.day.isoformat()} {row.name}")
