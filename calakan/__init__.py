"""Calakan carries a diklat from the idea to the report."""

from calakan.app import create_app

__all__ = ["create_app"]
