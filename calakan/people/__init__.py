"""Accounts, profiles, roles and scopes, log-ins; the schools and the kecamatan directory."""
