"""Anyone may check: the page, the hash of a file, the published keys, the command line."""

from __future__ import annotations

import base64
import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient

import config
from calakan.app import create_app
from calakan.certificates import queries, rendering, seals, services
from calakan.certificates.models import Certificate
from calakan.cli import certificates as command
from calakan.kernel import clock, db
from calakan.people.models import Person
from calakan.people.services import accounts
from calakan.signing import inspect, token
from calakan.signing.keys import CODE, PAPER, parse
from tests import factories
from tests.certificates.issuing import Opener, issued

CONNECTIONS = 8


def file_of(app: Flask, paper: Certificate) -> bytes:
    return rendering.read(paper, app.extensions["calakan.files"])


def test_the_registered_hash_is_that_of_the_signed_file(app: Flask, client: FlaskClient) -> None:
    paper = issued(app)
    content = file_of(app, paper)
    assert hashlib.sha256(content).hexdigest() == paper.sha256
    ring = seals.keyring(app.extensions["calakan.settings"])
    assert inspect.signed_by(content, ring.keys()).key == ring.current(PAPER)
    assert (paper.paper_kid, paper.code_kid) == (ring.current(PAPER).kid, ring.current(CODE).kid)
    text = inspect.qr_text(content)
    assert text is not None
    proven = token.check(text, ring.keys())
    assert (proven.code, proven.facts.name, proven.facts.number) == (paper.code, "Sri Mulyati", paper.number)
    assert text.startswith(f"HTTP://CALAKAN.TEST/S/{paper.code}#")
    assert client.get(f"/S/{paper.code}").status_code == 200


def test_the_hash_of_a_file_tells_whether_this_very_file_was_issued(app: Flask, client: FlaskClient) -> None:
    paper = issued(app)
    id, code = paper.id, paper.code
    content = file_of(app, paper)
    answer = client.get(f"/periksa/berkas?sha256={hashlib.sha256(content).hexdigest()}")
    assert answer.status_code == 200
    assert answer.json is not None
    assert (answer.json["status"], answer.json["code"], answer.json["name"]) == ("valid", code, "Sri Mulyati")
    assert not {"nip", "nuptk", "phone", "email"} & set(answer.json)
    flipped = bytes([content[0] ^ 1]) + content[1:]
    for sha256 in (hashlib.sha256(flipped).hexdigest(), "", "x" * 64, "0" * 63, "' OR 1=1"):
        refused = client.get("/periksa/berkas", query_string={"sha256": sha256})
        assert (refused.status_code, refused.json) == (404, {"status": None})
    with db.transaction():
        services.revoke(id, reason="keliru", actor=factories.SYSTEM, now=clock.now())
    told = client.get(f"/periksa/berkas?sha256={hashlib.sha256(content).hexdigest()}").json
    assert told is not None
    assert (told["status"], told["reason"]) == ("revoked", "keliru")


def test_nobody_who_checks_learns_nip_phone_or_mail(app: Flask, client: FlaskClient) -> None:
    nip, phone = "198501312010012001", "081234567890"
    paper = issued(app, nip=nip, phone=phone)
    person, code, sha256 = paper.person_id, paper.code, paper.sha256
    mail = db.session().get_one(Person, person).email
    text = inspect.qr_text(file_of(app, paper))
    assert paper.facts["nip"] == nip
    said = [text or "", *(client.get(path).get_data(as_text=True) for path in (f"/s/{code}", f"/lencana/{code}.json"))]
    said.append(client.get(f"/periksa/berkas?sha256={sha256}").get_data(as_text=True))
    for answer in said:
        assert [secret for secret in (nip, phone[1:], mail) if secret in answer.replace(" ", "")] == []


@pytest.mark.any_database
@pytest.mark.parametrize("shape", ["{code}", "{code} ", "{spaced}", "{lower}", "http://calakan.test/s/{code}", "{qr}"])
def test_a_typed_code_a_link_and_a_scanned_text_all_lead_to_the_paper(
    app: Flask, client: FlaskClient, shape: str
) -> None:
    paper = issued(app)
    text = inspect.qr_text(file_of(app, paper))
    code = paper.code
    spaced = "-".join(code[at : at + 5] for at in range(0, 26, 5))
    answer = client.get(
        "/periksa", query_string={"no": shape.format(code=code, spaced=spaced, lower=code.lower(), qr=text)}
    )
    assert (answer.status_code, answer.headers.get("Location")) == (302, f"/s/{code}")


def test_the_published_keys_check_a_paper_and_hold_no_secret(app: Flask, client: FlaskClient) -> None:
    content = file_of(app, issued(app))
    answer = client.get("/periksa/kunci.json")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "PRIVATE" not in answer.get_data(as_text=True)
    assert inspect.signed_by(content, parse(answer.data)).key is not None


@pytest.mark.any_database
def test_the_offline_page_is_the_same_for_everyone_and_its_worker_keeps_it(app: Flask, client_of: Opener) -> None:
    anonymous = client_of(None)
    worker = anonymous.get("/periksa/sw.js")
    assert worker.headers["Service-Worker-Allowed"] == "/"
    kept = json.loads(worker.get_data(as_text=True).partition("FILES=")[2].partition(";\n")[0])
    assert "/periksa/luring" in kept
    for address in kept:
        answer = anonymous.get(address)
        assert (answer.status_code, address) == (200, address)
        assert "Set-Cookie" not in answer.headers
    assert anonymous.get("/periksa/manifest.webmanifest").json["start_url"] == "/periksa/luring"


@pytest.fixture
def limited(app: Flask, database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """The application as it runs outside tests, with its limits on how often an address may try: here thirty numbers."""
    environ = {"CALAKAN_DATABASE_URL": database_url, "CALAKAN_DATA_DIR": str(tmp_path)}
    yield create_app(config.load({**environ, "CALAKAN_SIGN_UPS_PER_HOUR": "30"}))
    db.connect_ring(lambda queue: None)


@pytest.mark.any_database
def test_numbers_are_used_up_and_what_nobody_can_guess_is_answered(app: Flask, limited: Flask) -> None:
    """One who counts off, or a hall that mistypes, closes neither QR nor file nor page to those behind the same address."""
    paper = issued(app)
    code, sha256, number = paper.code, paper.sha256, paper.number
    text = inspect.qr_text(file_of(app, paper)) or ""
    ani = factories.person("Ani").id
    with db.transaction():
        secret = accounts.log_in(ani, device="test", now=clock.now())
    known = limited.test_client()
    with known.session_transaction() as session:
        session["_user_id"] = secret

    def ask(address: str, browser: FlaskClient | None = None, **typed: str) -> int:
        asking = browser or limited.test_client()
        return asking.get(address, query_string=typed, environ_base={"REMOTE_ADDR": "10.0.0.7"}).status_code

    assert [ask("/periksa", no=f"400.3.4/{n}/BC/XI/2026") for n in range(5000, 5032)] == [404] * 30 + [429] * 2
    found = {address: ask(address) for address in ("/periksa", f"/s/{code}", f"/S/{code}", f"/lencana/{code}.json")}
    found |= {
        typed: ask("/periksa", no=typed) for typed in (code, code.lower(), "-".join((code[:13], code[13:])), text)
    }
    found["file"] = ask("/periksa/berkas", sha256=sha256 or "")
    assert [(what, status) for what, status in found.items() if status not in (200, 302)] == []
    # Whoever is logged in is counted by himself.
    assert (ask("/periksa", no=number or ""), ask("/periksa", known, no=number or "")) == (429, 200)
    assert [ask("/periksa", known, no=number or "") for _ in range(30)] == [200] * 29 + [429]


def test_a_hall_scans_its_papers_and_mistypes_numbers_in_one_minute(
    app: Flask, database_url: str, tmp_path: Path
) -> None:
    """A hundred people behind one address, as it is set by default."""
    code = issued(app).code
    usual = create_app(config.load({"CALAKAN_DATABASE_URL": database_url, "CALAKAN_DATA_DIR": str(tmp_path)}))
    try:
        browser = usual.test_client()
        for address, answer in (("/periksa?no=400.3.4/9999/X", 404), ("/periksa", 200), (f"/s/{code}", 200)):
            answers = Counter(browser.get(address).status_code for _ in range(100))
            assert (address, answers) == (address, Counter({answer: 100}))
    finally:
        db.connect_ring(lambda queue: None)


def test_five_hundred_guesses_ask_the_database_thirty_times(limited: Flask) -> None:
    """Also when they come on many connections at once, from one address."""
    asked: list[str] = []

    def note(connection: object, cursor: object, statement: str, *_: object) -> None:
        if "upper(certificate.number)" in statement:
            asked.append(statement)

    def guess(n: int) -> int:
        address = f"/periksa?no=400.3.4/{n}/BC"
        return limited.test_client().get(address, environ_base={"REMOTE_ADDR": "10.0.0.9"}).status_code

    with limited.app_context():
        engine = db.engine()
    sa.event.listen(engine, "before_cursor_execute", note)
    with ThreadPoolExecutor(CONNECTIONS) as many:
        answers = Counter(many.map(guess, range(500)))
    sa.event.remove(engine, "before_cursor_execute", note)
    # Those that were under way when the thirtieth was counted were let in.
    assert answers[404] + answers[429] == 500
    assert 30 <= answers[404] == len(asked) < 30 + CONNECTIONS


@pytest.fixture
def paper_file(app: Flask, tmp_path: Path) -> tuple[Path, Path]:
    """A paper's file, and the published list of keys."""
    file, listed = tmp_path / "paper.pdf", tmp_path / "keys.json"
    file.write_bytes(file_of(app, issued(app)))
    listed.write_bytes(app.test_client().get("/periksa/kunci.json").data)
    return file, listed


def verify(*arguments: object) -> tuple[int, str]:
    done = CliRunner().invoke(command.verify, [str(argument) for argument in arguments])
    return done.exit_code, done.output


@pytest.mark.any_database
def test_a_file_and_its_qr_are_verified_offline(paper_file: tuple[Path, Path]) -> None:
    file, keys = paper_file
    code, said = verify(file, "--offline", "--keys", keys)
    assert (code, said.splitlines()[-1]) == (0, "valid")
    assert "covers the whole file" in said
    text = inspect.qr_text(file.read_bytes())
    assert text is not None
    assert verify(text, "--offline", "--keys", keys)[0] == 0
    assert verify(file, "--offline", "--keys", keys, "--qr", text)[0] == 0


@pytest.mark.any_database
def test_offline_tells_a_flipped_byte_a_changed_name_and_the_qr_of_another(paper_file: tuple[Path, Path]) -> None:
    file, keys = paper_file
    content = file.read_bytes()
    text = inspect.qr_text(content)
    assert text is not None
    file.write_bytes(content[:5000] + bytes([content[5000] ^ 1]) + content[5001:])
    code, said = verify(file, "--offline", "--keys", keys)
    assert (code, "the content was changed" in said) == (1, True)
    file.write_bytes(content)
    renamed = with_another_name(text)
    assert verify(renamed, "--offline", "--keys", keys)[0] == 1
    code, said = verify(file, "--offline", "--keys", keys, "--qr", renamed)
    assert (code, "belongs to another paper" in said) == (1, True)
    file.write_bytes(b"%PDF-1.7 nothing")
    assert verify(file, "--offline", "--keys", keys)[0] == 1


def with_another_name(text: str) -> str:
    """One letter of the name is another, all else and the signature stay."""
    head, _, signed = text.partition("#")
    content = base64.b32decode(token._padded(signed.translate(token._TO_STANDARD)))
    changed = content.replace(b"Sri Mulyati", b"Sri Mulyadi")
    assert changed != content
    return f"{head}#{token._base32(changed)}"


@pytest.mark.any_database
def test_the_good_qr_of_another_paper_is_told(app: Flask, paper_file: tuple[Path, Path]) -> None:
    """Beside the file, and with the code of one and the facts of the other."""
    file, keys = paper_file
    own, other = inspect.qr_text(file.read_bytes()), inspect.qr_text(file_of(app, issued(app, "Budi Santosa")))
    assert own is not None
    assert other is not None
    assert verify(other, "--offline", "--keys", keys)[0] == 0
    code, said = verify(file, "--offline", "--keys", keys, "--qr", other)
    assert (code, "belongs to another paper" in said) == (1, True)
    mixed = f"{own.partition('#')[0]}#{other.partition('#')[2]}"
    code, said = verify(mixed, "--offline", "--keys", keys)
    assert (code, "forged or changed" in said) == (1, True)


@pytest.mark.any_database
def test_what_cannot_be_told_has_its_own_exit_code(paper_file: tuple[Path, Path], tmp_path: Path) -> None:
    empty = tmp_path / "none.json"
    empty.write_text('{"keys": []}')
    assert verify(paper_file[0], "--offline", "--keys", empty)[0] == 2
    assert verify("ABC", "--offline", "--keys", paper_file[1])[0] == 2
    empty.write_text("nonsense")  # the one-line error of a command
    assert verify(paper_file[0], "--offline", "--keys", empty)[0] == 1


@pytest.mark.any_database
def test_a_distrusted_key_is_told(paper_file: tuple[Path, Path]) -> None:
    file, keys = paper_file
    listed = json.loads(keys.read_text())
    for key in listed["keys"]:
        key["distrusted_on"] = "2026-12-01"
    keys.write_text(json.dumps(listed))
    code, said = verify(file, "--offline", "--keys", keys)
    assert (code, said.count("istrusted") + said.count("DISTRUSTED")) == (1, 2)


def test_a_number_alone_tells_whether_it_counts_and_no_name(app: Flask, client: FlaskClient) -> None:
    paper = issued(app)
    id, number, code, workplace = paper.id, paper.number, paper.code, paper.facts["workplace"]

    def ask(**typed: str) -> tuple[int, str, str]:
        answer = client.get("/periksa", query_string={"no": number or "", **typed})
        return answer.status_code, answer.headers.get("Location", ""), answer.get_data(as_text=True)

    status, _, text = ask()
    assert (status, "Sertifikat sah" in text, "S** M******" in text) == (200, True, True)
    assert [word for word in ("Sri", "Mulyati", workplace, code, paper.facts["event"]["title"]) if word in text] == []
    for wrong in ("Sri", "Sri Lestari", "Mulyati Sri Lestari", "*", "S** M******"):
        status, _, text = ask(nama=wrong)
        assert (status, "tidak cocok" in text, code in text) == (200, True, False)
    for right in ("Sri Mulyati", "sri  MULYATI", "Mulyati, Sri"):
        assert ask(nama=right)[:2] == (302, f"/s/{code}")
    with db.transaction():
        services.revoke(id, reason="keliru", actor=factories.SYSTEM, now=clock.now())
    assert "Sertifikat dicabut" in ask()[2]


def test_titles_need_not_be_typed_and_count_for_no_name(app: Flask, client: FlaskClient) -> None:
    paper = issued(app)
    paper.facts = {**paper.facts, "name": "Dra. Hj. Sri Mulyati, S.Pd., M.Pd."}
    assert queries.masked_name(paper.facts["name"]) == "S** M******"
    named = {
        name: queries.bears_name(paper, name) for name in ("Sri Mulyati", "Dra. Hj. Sri Mulyati, S.Pd., M.Pd.", "")
    }
    assert list(named.values()) == [True, True, False]
    assert not queries.bears_name(paper, "S.Pd. M.Pd.")
    db.session().rollback()


@pytest.mark.any_database
def test_counting_numbers_off_is_soon_asked_to_wait(app: Flask, limited: Flask) -> None:
    """Hits count as misses do, also with a name that fits: whoever has a list of names would try them all."""
    number = issued(app).number

    def ask(visitor: str, **typed: str) -> int:
        asked = {"no": number or "", **typed}
        browser = limited.test_client()
        return browser.get("/periksa", query_string=asked, environ_base={"REMOTE_ADDR": visitor}).status_code

    assert [ask("10.0.0.17") for _ in range(32)] == [200] * 30 + [429] * 2
    assert ask("10.0.0.18", nama="Sri Mulyati") == 302


@pytest.mark.any_database
def test_the_notice_says_what_is_public(client: FlaskClient) -> None:
    assert "nomor saja hanya menjawab sah atau tidak" in client.get("/privasi").get_data(as_text=True)
