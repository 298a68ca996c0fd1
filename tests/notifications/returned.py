"""Letters that come back, worded as mail servers word them."""

from __future__ import annotations

import base64

POSTFIX = """\
Return-Path: <>
From: MAILER-DAEMON@mx.example.net (Mail Delivery System)
To: {returns_to}
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="4XyZ.1"

--4XyZ.1
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--4XyZ.1
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net
X-Postfix-Queue-ID: 4XyZ1
Arrival-Date: Tue, 09 Mar 2027 07:00:00 +0700 (WIB)

Final-Recipient: rfc822; sri@example.org
Original-Recipient: rfc822;sri@example.org
Action: {action}
Status: {status}
Remote-MTA: dns; mail.example.org
Diagnostic-Code: smtp; 550 {status} <sri@example.org>: Recipient address
    rejected: {detail}

--4XyZ.1
Content-Description: Undelivered Message
Content-Type: {original_type}

{original}
--4XyZ.1--
"""
COMPLAINT = """\
From: <fbl@example.net>
To: {returns_to}
Subject: FW: Besok
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="part1"

--part1
Content-Type: text/plain; charset="US-ASCII"

This is an email abuse report.

--part1
Content-Type: message/feedback-report

Feedback-Type: {action}
User-Agent: SomeGenerator/1.0
Version: 1

--part1
Content-Type: message/rfc822

{original}
--part1--
"""
ABSENCE = """\
From: Sri <sri@example.org>
To: {returns_to}
Subject: Saya sedang cuti
Auto-Submitted: auto-replied
In-Reply-To: {message_id}
Content-Type: text/plain

Kembali hari Senin.
"""


def bounce(
    message_id: str,
    *,
    status: str = "5.1.1",
    action: str = "failed",
    detail: str = "User unknown",
    hidden: bool = False,
) -> bytes:
    """A report of Postfix; with `hidden` the headers of our mail come in base64, as Exchange does."""
    original = f"From: calakan@example.org\nMessage-ID: {message_id}\nSubject: Besok\n"
    if hidden:
        original = base64.encodebytes(original.encode()).decode()
    return _crlf(
        POSTFIX.format(
            returns_to="calakan@example.org",
            status=status,
            action=action,
            detail=detail,
            original=original,
            original_type="text/rfc822-headers" + ("\nContent-Transfer-Encoding: base64" if hidden else ""),
        )
    )


def bounce_to(returns_to: str) -> bytes:
    """A server that keeps nothing of our mail but the address it came from."""
    return _crlf(
        POSTFIX.format(
            returns_to=returns_to,
            status="5.1.1",
            action="failed",
            detail="User unknown",
            original="",
            original_type="text/plain",
        )
    )


def complaint(message_id: str, *, kind: str = "abuse") -> bytes:
    original = f"From: calakan@example.org\nMessage-ID: {message_id}\nSubject: Besok\n\nIsi.\n"
    return _crlf(COMPLAINT.format(returns_to="calakan@example.org", action=kind, original=original))


def absence(message_id: str) -> bytes:
    return _crlf(ABSENCE.format(returns_to="calakan@example.org", message_id=message_id))


def nested(message_id: str, depth: int) -> bytes:
    """A report inside so many others."""
    inner = bounce(message_id)
    for number in range(depth):
        head = f"Content-Type: multipart/mixed; boundary=b{number}\r\n\r\n--b{number}\r\n"
        inner = head.encode() + inner + f"\r\n--b{number}--\r\n".encode()
    return inner


def _crlf(text: str) -> bytes:
    return text.replace("\n", "\r\n").encode()
