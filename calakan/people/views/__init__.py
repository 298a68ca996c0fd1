"""Accounts, the visitor's own profile, and the second step of a log-in."""

from calakan.people.views import addresses, devices, mail_codes, tokens
from calakan.people.views.accounts import blueprint
from calakan.people.views.issuers import blueprint as issuers
from calakan.people.views.passkeys import blueprint as passkeys
from calakan.people.views.second_factor import blueprint as second_factor

__all__ = ["addresses", "blueprint", "devices", "issuers", "mail_codes", "passkeys", "second_factor", "tokens"]
