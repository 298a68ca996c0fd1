"""Which calendar addresses may be fetched: https on its own port, of hosts that are out in the open Internet."""

from __future__ import annotations

import ipaddress
import socket
from urllib.parse import urlsplit, urlunsplit

from calakan.availability.errors import CalendarAddressInvalid

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
LONGEST = 500
# NAT64 carries an IPv4 address, which may be a private one.
_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")


def checked(url: str) -> str:
    """The address in its plain form (`webcal:` is https). Raises CalendarAddressInvalid; asks no name server."""
    text = url.strip()
    if len(text) > LONGEST or any(ord(c) <= 32 or ord(c) == 127 for c in text):
        raise CalendarAddressInvalid(why="address")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise CalendarAddressInvalid(why="address") from None
    if parts.scheme.lower() not in ("https", "webcal"):
        raise CalendarAddressInvalid(why="scheme")
    host = (parts.hostname or "").rstrip(".")
    if not host or "@" in parts.netloc or "\\" in text or port not in (None, 443):
        raise CalendarAddressInvalid(why="address")
    try:
        plain = host.encode("idna").decode() if ":" not in host else f"[{host}]"
    except UnicodeError:
        raise CalendarAddressInvalid(why="address") from None
    if _literal(host) is not None and not is_public(_literal(host)):
        raise CalendarAddressInvalid(why="private")
    if (
        host == "localhost"
        or host.endswith((".localhost", ".local", ".internal"))
        or ("." not in host and ":" not in host)
    ):
        raise CalendarAddressInvalid(why="private")
    return urlunsplit(("https", plain, parts.path or "/", parts.query, ""))


def _literal(host: str) -> Address | None:
    """The address a host spells out, in any of the forms a resolver would take (`127.1`, `0x7f000001`)."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        pass
    try:
        return ipaddress.IPv4Address(socket.inet_aton(host))
    except OSError:
        return None


def is_public(address: Address | None) -> bool:
    """Out in the open: neither private, loopback, link-local, multicast nor reserved, also inside of IPv6 wrappings."""
    if address is None:
        return False
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if inner is None and address in _TRANSLATED:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
        if address.is_site_local:
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def resolve(host: str, port: int) -> list[Address]:
    """All addresses of a host. Raises OSError."""
    found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    return [ipaddress.ip_address(str(entry[4][0]).split("%")[0]) for entry in found]
