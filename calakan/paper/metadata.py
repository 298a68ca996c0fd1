"""Document information: Info dictionary, XMP packet and the sRGB output profile."""

from __future__ import annotations

import struct
from datetime import datetime
from xml.sax.saxutils import escape

from calakan.paper import texts
from calakan.paper.facts import EventFacts, HolderFacts
from calakan.paper.pdfsyntax import date_string, text_string

PACKET = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" \
xmlns:pdf="http://ns.adobe.com/pdf/1.3/">
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{subject}</rdf:li></rdf:Alt></dc:description>
<dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>
<xmp:CreateDate>{date}</xmp:CreateDate><xmp:ModifyDate>{date}</xmp:ModifyDate>
<xmp:CreatorTool>{producer}</xmp:CreatorTool><pdf:Producer>{producer}</pdf:Producer>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"""
SRGB = ((0.4360747, 0.2225045, 0.0139322), (0.3850649, 0.7168786, 0.0971045), (0.1430804, 0.0606169, 0.7141733))
D50 = (0.9642, 1.0, 0.8249)
CURVE = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)


def title(event: EventFacts, holder: HolderFacts) -> str:
    """The title that viewers show in the window bar."""
    return texts.DOCUMENT_TITLE.format(heading=event.heading.capitalize(), number=holder.number, name=holder.name)


def subject(event: EventFacts, holder: HolderFacts) -> str:
    """One line on what the certificate is about."""
    return texts.DOCUMENT_SUBJECT.format(title=event.title, role=holder.role, jp=event.jp)


def information(event: EventFacts, holder: HolderFacts, created_at: datetime) -> bytes:
    """The Info dictionary."""
    values = {
        "Title": text_string(title(event, holder)),
        "Author": text_string(event.organiser),
        "Subject": text_string(subject(event, holder)),
        "Creator": text_string(texts.PRODUCER),
        "Producer": text_string(texts.PRODUCER),
        "CreationDate": date_string(created_at),
        "ModDate": date_string(created_at),
    }
    if "#" in holder.check_url:
        # Readable as it stands, so that whoever holds the file can find what its QR says.
        values["CalakanQR"] = text_string(holder.check_url)
    return f"<<{' '.join(f'/{key} {value}' for key, value in values.items())}>>".encode()


def packet(event: EventFacts, holder: HolderFacts, created_at: datetime) -> bytes:
    """The XMP packet; it says the same as the Info dictionary."""
    return PACKET.format(
        title=escape(title(event, holder)),
        author=escape(event.organiser),
        subject=escape(subject(event, holder)),
        language=texts.LANGUAGE,
        date=created_at.isoformat(timespec="seconds"),
        producer=texts.PRODUCER,
    ).encode()


def srgb_profile() -> bytes:
    """A small ICC display profile (version 4) with the primaries and the tone curve of sRGB."""
    curve = b"para\0\0\0\0\0\3\0\0" + _fixed(*CURVE)
    chunks = {
        b"desc": _localised("sRGB"),
        b"cprt": _localised("CC0"),
        b"wtpt": b"XYZ \0\0\0\0" + _fixed(*D50),
        b"rXYZ": b"XYZ \0\0\0\0" + _fixed(*SRGB[0]),
        b"gXYZ": b"XYZ \0\0\0\0" + _fixed(*SRGB[1]),
        b"bXYZ": b"XYZ \0\0\0\0" + _fixed(*SRGB[2]),
        b"rTRC": curve,
        b"gTRC": curve,
        b"bTRC": curve,
    }
    index, body, places = b"", b"", dict[bytes, int]()
    for tag, data in chunks.items():
        if data not in places:
            places[data] = 132 + 12 * len(chunks) + len(body)
            body += data + bytes(-len(data) % 4)
        index += tag + struct.pack(">II", places[data], len(data))
    length = 132 + len(index) + len(body)
    head = struct.pack(">I4sI4s4s4s", length, bytes(4), 0x04200000, b"mntr", b"RGB ", b"XYZ ")
    head += struct.pack(">6H4s", 2026, 1, 1, 0, 0, 0, b"acsp") + bytes(28) + _fixed(*D50)
    return head.ljust(128, b"\0") + struct.pack(">I", len(chunks)) + index + body


def _localised(text: str) -> bytes:
    data = text.encode("utf-16-be")
    return b"mluc\0\0\0\0" + struct.pack(">II4sII", 1, 12, b"enUS", len(data), 28) + data


def _fixed(*values: float) -> bytes:
    return b"".join(struct.pack(">i", round(value * 65536)) for value in values)
