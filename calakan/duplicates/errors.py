"""Why two accounts are not made one, or not taken apart."""

from __future__ import annotations

from calakan.kernel.errors import DomainError


class SameAccount(DomainError):
    """An account is one with itself already."""


class AccountGone(DomainError):
    """One of them is closed, or its owner had it erased."""


class MergeOfStaff(DomainError):
    """Roles are given by admins, so they alone merge accounts that have some."""


class TwoPapers(DomainError):
    """Both hold a valid paper of one diklat: which of them counts is for a person to say."""


class SpeaksThere(DomainError):
    """The account with the offer to speak is the one to be kept."""


class MergeOver(DomainError):
    """Taken back already, or longer ago than it may be."""


class MergedSince(DomainError):
    """What came later is taken back first."""


class SameSchool(DomainError):
    """A school is one with itself already."""


class SchoolGone(DomainError):
    """The one that is to be kept is closed, or one of them is part of another school already."""
