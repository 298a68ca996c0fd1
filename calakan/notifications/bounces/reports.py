"""What a report says, whoever wrote it: a mail server (RFC 3464), a mailbox provider (RFC 5965), or a service by JSON."""

from __future__ import annotations

import email
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.message import Message as Mail
from typing import Any

from calakan.notifications import marks
from calakan.notifications.bounces.kinds import BounceKind

LARGEST = 256 * 1024  # the report stands first; what follows is our own letter
MOST_EVENTS = 1000
DEEPEST = 10
COMPLAINTS = {"abuse", "fraud", "opt-out"}
# Final, but not the fault of the address (RFC 3463): a full mailbox, a letter too large, content and policy.
_NOT_THE_ADDRESS = re.compile(r"5\.(2\.[23]|[3467]\.)")
_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")


class UnreadableReportError(ValueError):
    """Not what the documentation says."""


@dataclass(frozen=True)
class Report:
    message_id: int
    kind: BounceKind
    status: str = ""
    detail: str = ""


def from_mail(raw: bytes) -> Report | None:
    """The report in a mail; None for anything else, such as an answer of a person or a report about a stranger's mail."""
    raw = raw[:LARGEST]
    try:
        parts = list(_parts(email.message_from_bytes(raw)))
        text = "\n".join([raw.decode("latin-1"), *(_text(part) for part in parts)])
        blocks = [dict(block.items()) for part in parts for block in _blocks(part)]
    except (RecursionError, LookupError, ValueError):  # nested or encoded so that nobody would send it in earnest
        return None
    message_id = marks.find(text)
    if message_id is None:
        return None
    fields = [{name.lower(): str(value) for name, value in block.items()} for block in blocks]
    found = (_outcome(block) for block in fields)
    kind, status, detail = next((one for one in found if one is not None), (None, "", ""))
    return Report(message_id, kind, status, clean(detail)) if kind is not None else None


def from_json(body: bytes) -> list[Report]:
    """The events of a provider, as the guide for operators describes them; those of others' mails are left out.

    Raises UnreadableReportError.
    """
    try:
        events = json.loads(body)["events"]
        if not isinstance(events, list) or len(events) > MOST_EVENTS:
            raise UnreadableReportError("events")
        found = [_event(event) for event in events]
    except UnreadableReportError:
        raise
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise UnreadableReportError(type(error).__name__) from None
    return [report for report in found if report is not None]


def clean(text: str) -> str:
    """Foreign words, fit for a line of a page."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:200]


def _event(event: Mapping[str, Any]) -> Report | None:
    message_id, said = event["message_id"], event["event"]
    status, detail = event.get("status", ""), event.get("detail", "")
    if not all(isinstance(value, str) for value in (message_id, said, status, detail)):
        raise UnreadableReportError("text")
    number = marks.find(message_id[:500])
    if said == "complaint":
        kind = BounceKind.COMPLAINT
    elif said == "bounce":
        kind = _kind(status)
    else:
        raise UnreadableReportError("event")
    return Report(number, kind, _status(status), clean(detail)) if number is not None else None


def _outcome(block: Mapping[str, str]) -> tuple[BounceKind, str, str] | None:
    """Of one block of a machine-readable part: about a recipient, or about a complaint."""
    if block.get("feedback-type", "").strip().lower() in COMPLAINTS:
        return BounceKind.COMPLAINT, "", block["feedback-type"]
    if block.get("action", "").strip().lower() != "failed":
        return None
    detail = block.get("diagnostic-code", "").partition(";")[2]
    return _kind(block.get("status", "")), _status(block.get("status", "")), detail


def _kind(status: str) -> BounceKind:
    found = _status(status)
    return BounceKind.SOFT if not found.startswith("5") or _NOT_THE_ADDRESS.match(found) else BounceKind.HARD


def _status(text: str) -> str:
    found = _STATUS.search(text)
    return found[0] if found is not None else ""


def _parts(mail: Mail, depth: int = 0) -> Iterator[Mail]:
    if depth > DEEPEST:
        raise ValueError("nested too deep")
    yield mail
    if mail.is_multipart():
        for part in mail.get_payload():
            if isinstance(part, Mail):
                yield from _parts(part, depth + 1)


def _text(part: Mail) -> str:
    """What is written in it once its transfer encoding is undone: some servers hide our headers in base64."""
    if part.is_multipart():
        return ""
    payload = part.get_payload(decode=True)
    return payload.decode("latin-1") if isinstance(payload, bytes) else ""


def _blocks(part: Mail) -> list[Mail]:
    if part.get_content_type() not in ("message/delivery-status", "message/feedback-report"):
        return []
    payload = part.get_payload()
    return [block for block in payload if isinstance(block, Mail)] if isinstance(payload, list) else []
