"""Settings that belong together, and secrets that lie in files."""

from __future__ import annotations

from pathlib import Path

import pytest

import config


def refused(tmp_path: Path, **given: str) -> list[str]:
    with pytest.raises(config.InvalidSettings) as found:
        config.load({"CALAKAN_DATA_DIR": str(tmp_path), **{f"CALAKAN_{name}": value for name, value in given.items()}})
    return found.value.problems


def test_a_secret_may_lie_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "pin"
    file.write_text("246810\n")
    place = {"CALAKAN_DATA_DIR": str(tmp_path), "CALAKAN_METRICS_TOKEN_FILE": str(file)}
    assert config.load(place).metrics_token == "246810"
    assert refused(tmp_path, METRICS_TOKEN="x", METRICS_TOKEN_FILE=str(file)) == [
        "CALAKAN_METRICS_TOKEN and CALAKAN_METRICS_TOKEN_FILE exclude each other"
    ]
    for path in (tmp_path / "none", tmp_path):
        assert refused(tmp_path, METRICS_TOKEN_FILE=str(path)) == [
            "CALAKAN_METRICS_TOKEN_FILE must name a file that can be read"
        ]
    # Only secrets come from files.
    assert refused(tmp_path, PORT_FILE=str(file)) == ["CALAKAN_PORT_FILE is not a setting; see `calakan settings`"]


def test_the_settings_of_a_token_come_together(tmp_path: Path) -> None:
    module = tmp_path / "module.so"
    module.touch()
    whole = {"SIGNING_PKCS11_MODULE": str(module), "SIGNING_PKCS11_TOKEN": "Dinas", "SIGNING_PKCS11_LABEL": "kunci"}
    assert refused(tmp_path, SIGNING_PKCS11_PIN="1") == [
        "CALAKAN_SIGNING_PKCS11_MODULE must be given with the other settings of the token"
    ]
    assert refused(tmp_path, **whole | {"SIGNING_PKCS11_MODULE": "/none.so", "SIGNING_PKCS11_LABEL": ""}) == [
        "CALAKAN_SIGNING_PKCS11_MODULE must name a file that exists",
        "CALAKAN_SIGNING_PKCS11_TOKEN and CALAKAN_SIGNING_PKCS11_LABEL must be given with the module",
    ]
    assert refused(tmp_path, **whole, SIGNING_P12=str(module)) == [
        "CALAKAN_SIGNING_P12 and CALAKAN_SIGNING_PKCS11_MODULE exclude each other"
    ]
    given = {"CALAKAN_DATA_DIR": str(tmp_path), **{f"CALAKAN_{name}": value for name, value in whole.items()}}
    assert config.load(given).signing_pkcs11_label == "kunci"


def test_a_time_stamp_service_comes_with_those_who_vouch_for_it(tmp_path: Path) -> None:
    url = "https://stempel.example.org/tsr"
    assert refused(tmp_path, TIMESTAMP_URL=url) == ["CALAKAN_TIMESTAMP_URL and CALAKAN_TIMESTAMP_ROOTS belong together"]
    assert refused(tmp_path, TIMESTAMP_URL=url, TIMESTAMP_ROOTS=str(tmp_path / "none.pem")) == [
        "CALAKAN_TIMESTAMP_ROOTS must name a file that exists"
    ]


def test_an_issuer_comes_with_all_that_it_needs(tmp_path: Path) -> None:
    file = tmp_path / "rahasia"
    file.write_text("rahasia\n")
    google = {
        "OIDC_GOOGLE_ISSUER": "https://accounts.google.com", "OIDC_GOOGLE_CLIENT_ID": "kami",
        "OIDC_GOOGLE_CLIENT_SECRET_FILE": str(file), "OIDC_GOOGLE_DOMAINS": "Guru.belajar.id admin.belajar.id",
    }  # fmt: skip
    dinas = {
        "OIDC_DINAS_ISSUER": "http://127.0.0.1:8080/realms/dinas", "OIDC_DINAS_CLIENT_ID": "kami",
        "OIDC_DINAS_CLIENT_SECRET": "x", "OIDC_DINAS_LABEL": "akun dinas",
    }  # fmt: skip
    given = {f"CALAKAN_{name}": value for name, value in {**google, **dinas}.items()}
    first, second = config.load({"CALAKAN_DATA_DIR": str(tmp_path), **given}).issuers
    assert (first.name, first.label, first.domains, first.hosted) == ("dinas", "akun dinas", (), False)
    assert (second.name, second.label, second.hosted) == ("google", "Google", True)
    assert (second.client_secret, second.domains) == ("rahasia\n".strip(), ("guru.belajar.id", "admin.belajar.id"))
    assert "rahasia" not in repr(second)
    assert refused(tmp_path, OIDC_X_ISSUER="http://example.org", OIDC_X_HOSTED="maybe") == [
        "CALAKAN_OIDC_X_CLIENT_ID must be given with the other settings of X",
        "CALAKAN_OIDC_X_CLIENT_SECRET must be given with the other settings of X",
        "CALAKAN_OIDC_X_ISSUER must begin with https:",
        "CALAKAN_OIDC_X_HOSTED must be 1 or 0",
    ]
    for wrong in ("OIDC_ISSUER", "OIDC_X_SECRET", "OIDC_X_ISSUER_FILE"):
        assert refused(tmp_path, **{wrong: "x"}) == [f"CALAKAN_{wrong} is not a setting; see `calakan settings`"]


def test_what_several_hosts_must_share_is_named_at_once(tmp_path: Path) -> None:
    url = "s3://key:secret@files?endpoint=https://files.example.org"
    shared = {
        "FILES_URL": url, "DATABASE_URL": "postgresql://db/x", "REDIS_URL": "redis://broker", "SECRET_KEY": "s" * 32,
        "DATA_KEYS": "d" * 32, "KEYS_DIR": str(tmp_path / "keys"),
    }  # fmt: skip
    place = {"CALAKAN_DATA_DIR": str(tmp_path), **{f"CALAKAN_{name}": value for name, value in shared.items()}}
    loaded = config.load(place)
    assert (loaded.many_hosts, loaded.keys_dir) == (True, tmp_path / "keys")
    assert "secret" not in repr(loaded)
    for name in set(shared) - {"FILES_URL"}:
        problems = refused(tmp_path, **{other: value for other, value in shared.items() if other != name})
        assert [problem.split()[0] for problem in problems] == [f"CALAKAN_{name}"]
    for wrong in (
        "s3://files?endpoint=https://files.example.org", "s3://key:secret@files", "s3://key:secret@files?endpoint=files",
        "s3://key@files?endpoint=https://files.example.org", "https://key:secret@files",
    ):  # fmt: skip
        [problem] = refused(tmp_path, **{**shared, "FILES_URL": wrong})
        assert problem.startswith("CALAKAN_FILES_URL must")


def test_a_bucket_needs_its_client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "find_spec", lambda name: None)
    url = "s3://key:secret@files?endpoint=https://files.example.org"
    assert any("requirements-s3.txt" in problem for problem in refused(tmp_path, FILES_URL=url))
