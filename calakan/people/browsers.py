"""What a browser calls itself, in two words that its owner knows. Only ever shown: nothing is decided by it."""

from __future__ import annotations

# The first that fits: most of them name others too.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("Android", "HP Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "komputer Windows"),
    ("CrOS", "Chromebook"),
    ("Macintosh", "komputer Mac"),
    ("Linux", "komputer Linux"),
)


def shown(agent: str) -> str:
    """Such as `Chrome di HP Android`; what is not known is called a browser."""
    browser = next((name for mark, name in BROWSERS if mark in agent), "Browser")
    system = next((name for mark, name in SYSTEMS if mark in agent), "")
    return f"{browser} di {system}" if system else browser
