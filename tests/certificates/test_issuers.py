"""A paper of another installation: believed by the signature of whom an admin trusts, and doubted with its reason."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from calakan.certificates import rendering
from calakan.certificates.errors import IssuerIsUs, IssuerKeys, IssuersMany, IssuerTwice, OutsideOurs
from calakan.certificates.models import Certificate
from calakan.certificates.outside import issuers, proofs, services
from calakan.certificates.outside.models import OutsideJp, OutsideState, Proof
from calakan.certificates.seals import Seals, keyring
from calakan.certificates.yearly import services as yearly
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.kernel.errors import DomainError, NotFound
from calakan.signing import inspect, token
from calakan.signing.keys import Keyring, kid_of
from tests import factories
from tests.certificates.issuing import Opener, issued
from tests.materials.samples import PDF, PNG

NAME = "Dinas Pendidikan Kota Contoh"


def file_of(app: Flask, paper: Certificate) -> bytes:
    return rendering.read(paper, app.extensions["calakan.files"])


@dataclass
class Foreign:
    """A paper whose number no register here knows, its holder, what is true of it, and the keys of its installation."""

    content: bytes
    person_id: int
    said: services.Said
    keys: list[dict[str, Any]]


@pytest.fixture
def foreign(app: Flask) -> Foreign:
    paper = issued(app)
    content: bytes = file_of(app, paper)
    said = services.Said(
        title="Diklat", organiser=NAME, held_on=date.fromisoformat(paper.facts["event"]["dates"][-1]), jp=paper.jp
    )
    with db.transaction() as session:
        session.execute(sa.update(Certificate).values(sha256="0" * 64, code="0" * 26))
    keys = keyring(app.extensions["calakan.settings"]).keys()
    return Foreign(content, paper.person_id, said, [asdict(key) for key in keys])


def trust(keys: Any, name: str = NAME, own: tuple[str, ...] = ()) -> None:
    text = keys if isinstance(keys, str) else json.dumps({"keys": keys})
    with db.transaction():
        issuers.trust(name, text, own=own, actor=factories.SYSTEM, now=clock.now())


def sent(app: Flask, paper: Foreign, content: bytes | None = None, **other: Any) -> OutsideJp:
    shown = services.received(app.extensions["calakan.files"], content or paper.content)
    with db.transaction():
        said = replace(paper.said, **other)
        row = services.send(paper.person_id, said, shown, actor=factories.SYSTEM, now=clock.now() + timedelta(days=5))
        assert row.state is OutsideState.ASKED  # whatever is proven, a person decides
        return row


def proof(app: Flask, paper: Foreign, content: bytes | None = None, **other: Any) -> tuple[Proof | None, str]:
    row = sent(app, paper, content, **other)
    return row.proof, row.issuer


def test_whom_one_trusts_proves_what_was_typed(app: Flask, foreign: Foreign) -> None:
    assert proof(app, foreign) == (Proof.UNKNOWN_KEY, "")
    trust(foreign.keys)
    for title, (other, told) in enumerate({
        Proof.SENT_BEFORE: {}, Proof.OTHER_JP: {"jp": foreign.said.jp + 1},
        Proof.OTHER_DAY: {"held_on": date(2026, 1, 2)},
    }.items()):  # fmt: skip
        assert proof(app, foreign, title=f"Diklat {title}", **told) == (other, NAME)
    ani = replace(foreign, person_id=factories.person("Ani").id)
    assert proof(app, ani) == (Proof.OTHER_NAME, NAME)


def test_what_was_changed_proves_nothing_and_another_file_says_nothing(app: Flask, foreign: Foreign) -> None:
    trust(foreign.keys)
    changed = bytearray(foreign.content)
    changed[len(changed) // 2] ^= 1
    assert proof(app, foreign, bytes(changed))[0] is Proof.CHANGED
    assert proof(app, foreign, foreign.content.replace(b"/ByteRange", b"/ByteOther"))[0] is Proof.CHANGED
    assert proof(app, foreign, PDF) == (None, "")
    assert proof(app, foreign, PNG) == (None, "")


def test_a_code_that_another_key_signed_is_no_proof(app: Flask, foreign: Foreign, tmp_path: Path) -> None:
    other = Keyring(tmp_path)
    other.ensure("Lain", now=clock.now())
    theirs = other.keys()
    codes = [asdict(key) for key in theirs if key.purpose == "code"]
    trust([key for key in foreign.keys if key["purpose"] == "paper"] + codes)
    assert proof(app, foreign) == (Proof.CHANGED, NAME)


@pytest.mark.parametrize("purpose", ["paper", "code"])
def test_a_key_that_its_owner_distrusts_proves_nothing(app: Flask, foreign: Foreign, purpose: str) -> None:
    trust([{**key, "distrusted_on": "2026-01-01" if key["purpose"] == purpose else None} for key in foreign.keys])
    assert proof(app, foreign) == (Proof.DISTRUSTED, NAME)


@pytest.mark.parametrize(
    ("other", "found"),
    [
        ({}, Proof.PROVEN), ({"specimen": True}, Proof.SPECIMEN), ({"role": "narasumber"}, Proof.OTHER_ROLE),
        ({"number": "REKAP/2026/7", "first_on": date(2026, 1, 1), "last_on": date(2026, 12, 31)}, Proof.SUMMARY),
        ({"number": "REKAP/2026/7"}, Proof.PROVEN),
    ],
)  # fmt: skip
def test_what_is_no_certificate_of_a_participant_is_told(other: dict[str, Any], found: Proof) -> None:
    day = date(2026, 3, 1)
    row = OutsideJp(jp=4, held_on=day)
    said = token.Facts(
        **{"name": "Sri Mulyati, S.Pd.", "number": "1", "revision": 0, "role": "peserta", "jp": 4, "first_on": day, "last_on": day}
        | other
    )  # fmt: skip
    assert proofs._agreeing(row, said, "sri mulyati") is found


def test_what_waits_is_proven_anew_when_trust_changes(app: Flask, foreign: Foreign) -> None:
    code, store = sent(app, foreign).code, app.extensions["calakan.files"]

    def anew() -> tuple[Proof | None, str]:
        with db.transaction():
            services.prove_anew(store)
        row = db.session().scalars(sa.select(OutsideJp).where(OutsideJp.code == code)).one()
        return row.proof, row.issuer

    trust(foreign.keys)
    assert anew() == (Proof.PROVEN, NAME)
    with db.transaction() as session:
        session.execute(sa.update(OutsideJp).values(sha256="0" * 64))
    assert anew() == (Proof.PROVEN, NAME)  # its file is away
    with db.transaction() as session:
        session.execute(sa.update(OutsideJp).values(sha256=store.put(foreign.content)))
        issuers.distrust(issuers.listed()[0].id, actor=factories.SYSTEM, now=clock.now())
    assert anew() == (Proof.UNKNOWN_KEY, "")
    with pytest.raises(NotFound), db.transaction():
        issuers.distrust(99, actor=factories.SYSTEM, now=clock.now())


def test_one_paper_stands_for_one_sending_whoever_sends_it_and_whatever_he_calls_it(
    app: Flask, foreign: Foreign
) -> None:
    trust(foreign.keys)
    namesake = replace(foreign, person_id=factories.person("Sri Mulyati").id)
    codes = [sent(app, paper, title=title).code for paper, title in ((foreign, "A"), (foreign, "B"), (namesake, "A"))]

    def proofs_now() -> list[Proof | None]:
        db.session().rollback()
        return list(db.session().scalars(sa.select(OutsideJp.proof).order_by(OutsideJp.id)))

    assert proofs_now() == [Proof.PROVEN, Proof.SENT_BEFORE, Proof.SENT_BEFORE]
    with db.transaction():
        services.prove_anew(app.extensions["calakan.files"])
    assert proofs_now() == [Proof.PROVEN, Proof.SENT_BEFORE, Proof.SENT_BEFORE]
    with db.transaction():
        services.withdraw(codes[0], actor=factories.SYSTEM, now=clock.now())
    assert proofs_now() == [Proof.PROVEN, Proof.SENT_BEFORE]
    with db.transaction():
        services.decide(codes[1], agree=False, reason="bukan", actor=factories.SYSTEM, now=clock.now())
    assert proofs_now() == [Proof.PROVEN, Proof.PROVEN]


def other_bytes(content: bytes) -> bytes:
    """The same paper: what stands between the two covered parts is no part of what was signed, but how it is spelled."""
    start, end = (int(number) for number in inspect.RANGE.findall(content)[-1][1:3])
    turned = content[start:end].swapcase()
    assert turned != content[start:end]
    return content[:start] + turned + content[end:]


def test_one_paper_in_other_bytes_is_the_same_paper(app: Flask, foreign: Foreign) -> None:
    trust(foreign.keys)
    assert proof(app, foreign) == (Proof.PROVEN, NAME)
    assert proof(app, foreign, other_bytes(foreign.content)) == (Proof.SENT_BEFORE, NAME)
    assert sent(app, foreign, other_bytes(foreign.content), title="B").number == sent(app, foreign).number != ""
    with db.transaction():
        first = db.session().scalars(sa.select(OutsideJp.code).order_by(OutsideJp.id)).first()
        services.withdraw(str(first), actor=factories.SYSTEM, now=clock.now())
    assert db.session().scalars(sa.select(OutsideJp.proof).order_by(OutsideJp.id)).first() is Proof.PROVEN


def test_our_own_paper_is_not_from_elsewhere(app: Flask) -> None:
    paper = issued(app)
    mine = Foreign(file_of(app, paper), paper.person_id, services.Said(
        title="Diklat", organiser="Kami", held_on=clock.today(), jp=4), [])  # fmt: skip
    for content in (mine.content, other_bytes(mine.content)):
        with pytest.raises(OutsideOurs):
            sent(app, mine, content)
    # Nor is what sums up a year of them.
    year = clock.local(paper.issued_at or clock.now()).year
    settings = app.extensions["calakan.settings"]
    with db.transaction():
        summed = yearly.make(
            paper.person_id, year, store=app.extensions["calakan.files"], seals=Seals(settings, now=clock.now()),
            base_url=settings.base_url, actor=factories.SYSTEM, now=clock.now(),
        )  # fmt: skip
    file = app.extensions["calakan.files"].get(summed.sha256)
    for content in (file, other_bytes(file)):
        with pytest.raises(OutsideOurs):
            sent(app, mine, content)


def test_whom_one_cannot_trust(app: Flask, foreign: Foreign, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(error: type[DomainError], *given: Any, **named: Any) -> None:
        with pytest.raises(error):
            trust(*given, **named)
        assert issuers.listed() == []

    paper, code = ([key for key in foreign.keys if key["purpose"] == one] for one in ("paper", "code"))
    bare = {**paper[0], "public": []}
    for keys in ("", "halo", "[]", '{"keys": 3}', "[" * 50_000, [], paper, code, [bare, *code],
        [{**paper[0], "public": ["AAAA"], "kid": kid_of(bytes(3))}, *code], [*paper, {**code[0], "public": ["?"]}],
        [*paper, {**code[0], "public": ["AAAA"], "kid": kid_of(bytes(3))}],
        [*paper, {**code[0], "purpose": "other"}], foreign.keys * 26, [*paper, {**code[0], "purpose": []}],
        [*paper, {**code[0], "kid": {}}], [*paper, {**code[0], "kid": "01234567"}]):  # fmt: skip
        refused(IssuerKeys, keys)
    refused(IssuerIsUs, foreign.keys, own=(foreign.keys[0]["kid"],))
    with monkeypatch.context() as patch:
        patch.setattr(issuers, "MOST", 0)
        refused(IssuersMany, foreign.keys)
    for _ in range(2):
        trust(foreign.keys, f" {NAME} ")
    # Under a second name the old list would go on vouching for a key that was withdrawn since.
    with pytest.raises(IssuerTwice):
        trust([{**key, "distrusted_on": "2026-01-01"} for key in foreign.keys], "Dinas Kota Contoh")
    assert [one.name for one in issuers.listed()] == [NAME]


def test_the_pages_of_trust(app: Flask, foreign: Foreign, client_of: Opener) -> None:
    admin, page = client_of(factories.person("Nur", Role.ADMIN).id), "/kelola/pengaturan/penerbit"
    sent(app, foreign)
    waiting = admin.get("/binaan/jp-luar").text
    assert ("Terverifikasi" in waiting, "kuncinya belum dikenal di sini" in waiting) == (False, True)
    own = admin.get("/periksa/kunci.json").text
    assert "Itu kunci situs ini sendiri" in admin.post(page, data={"name": NAME, "keys": own}).text
    assert admin.post(page, data={"name": NAME, "keys": "halo"}).status_code == 422
    ring = app.extensions["calakan.settings"].data_dir / "keys" / "keyring.json"
    kept = ring.read_text()
    ring.write_text('{"keys": []}')  # as if the keys were those of somebody else
    try:
        assert admin.post(page, data={"name": NAME, "keys": own}).status_code == 303
    finally:
        ring.write_text(kept)
    assert NAME in admin.get(page).text
    waiting = admin.get("/binaan/jp-luar").text
    words = f"Tanda tangan {NAME}: cocok untuk nama, JP, dan tanggalnya"
    assert ("Terverifikasi" in waiting, words in waiting) == (True, True)
    assert f"Tanda tangan {NAME}: cocok" in client_of(foreign.person_id).get("/saya/jp-luar").text
    gone = issuers.listed()[0].id
    db.session().rollback()
    assert admin.post(page, data={"hapus": str(gone)}).status_code == 303
    assert "Belum ada penerbit lain" in admin.get(page).text
    assert "kuncinya belum dikenal" in admin.get("/binaan/jp-luar").text
    assert "tidak ditemukan" in admin.post(page, data={"hapus": "x"}, follow_redirects=True).text.casefold()
