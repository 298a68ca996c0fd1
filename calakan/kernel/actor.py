"""Who acts: a person with roles and a scope, or a named part of the system. Frozen, so it can be handed to any thread."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    PESERTA = "peserta"
    NARASUMBER = "narasumber"
    PANITIA = "panitia"
    KORWILCAM = "korwilcam"
    PIMPINAN = "pimpinan"
    ADMIN = "admin"


STAFF = frozenset({Role.PANITIA, Role.KORWILCAM, Role.PIMPINAN, Role.ADMIN})


@dataclass(frozen=True, kw_only=True)
class Actor:
    """`person_id` is None for the system; then `name` says which part of it acts.

    `limited`: of the panitia, but by the office's setting for the diklat alone on whose committee he is.
    """

    person_id: int | None
    name: str
    roles: frozenset[Role] = frozenset()
    school_ids: frozenset[int] = frozenset()
    kecamatan_codes: frozenset[str] = frozenset()
    limited: bool = False

    def has(self, *roles: Role) -> bool:
        return not self.roles.isdisjoint(roles)

    @property
    def is_admin(self) -> bool:
        return Role.ADMIN in self.roles

    @property
    def is_committee(self) -> bool:
        """Panitia of all diklat and of the office, or an admin, who may do whatever panitia may."""
        return self.is_admin or (Role.PANITIA in self.roles and not self.limited)

    @property
    def has_desk(self) -> bool:
        """Panitia, limited or not."""
        return self.has(Role.PANITIA, Role.ADMIN)

    def acts_as(self, *roles: Role) -> bool:
        """Whether one of these roles is held for the whole office: a limited panitia is none here."""
        return self.has(*(role for role in roles if role is not Role.PANITIA or not self.limited))

    @property
    def is_staff(self) -> bool:
        return not self.roles.isdisjoint(STAFF)

    @property
    def has_scope(self) -> bool:
        return bool(self.school_ids or self.kecamatan_codes)


def system(name: str) -> Actor:
    return Actor(person_id=None, name=name, roles=frozenset({Role.ADMIN}))
