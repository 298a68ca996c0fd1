"""The files for compose and Kubernetes say what those understand, and what this application understands."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

import config
from calakan import wiring
from calakan.cli import cli, run  # noqa: F401  # the second adds its commands
from calakan.stack.commands import commands

DEPLOY = Path(__file__).parents[2] / "deploy"
COMPOSE = DEPLOY / "compose.yaml"
MANIFESTS = sorted((DEPLOY / "kubernetes").glob("*.yaml"))
OPERATORS = {"DATABASE_PASSWORD", "DATA_KEYS", "FILES_KEY", "FILES_SECRET", "MAIL", "NAME", "SECRET_KEY", "SENDER"}


def documents() -> Iterator[tuple[str, dict[str, Any]]]:
    for path in MANIFESTS:
        for document in yaml.safe_load_all(path.read_text()):
            yield path.name, document


def pods() -> Iterator[dict[str, Any]]:
    """The specification of every pod, however deep it stands."""

    def below(node: Any) -> Iterator[dict[str, Any]]:
        if isinstance(node, dict):
            if "containers" in node:
                yield node
            for value in node.values():
                yield from below(value)

    for _, document in documents():
        yield from below(document)


def test_compose_takes_the_file() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(COMPOSE)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", MANIFESTS, ids=lambda path: path.name)
def test_kubernetes_takes_the_manifests(path: Path) -> None:
    found = list(yaml.safe_load_all(path.read_text()))
    assert found
    for document in found:
        for version in ("1.31.0", kubernetes_validate.latest_version()):
            kubernetes_validate.validate(document, version, strict=True)


def test_all_processes_and_their_settings_are_those_that_there_are() -> None:
    compose = yaml.safe_load(COMPOSE.read_text())
    ours = {name: service for name, service in compose["services"].items() if service.get("image") == "calakan"}
    asked = [service["command"] for service in ours.values() if "command" in service]
    containers = [container for pod in pods() for container in pod["containers"]]
    asked += [container["args"] for container in containers if "args" in container]
    processes = {words[1] for words in asked if words[0] == "serve"}
    assert processes == set(commands(config.Settings()))
    assert {words[0] for words in asked} == {"prepare", "serve"} <= set(cli.commands)
    known = {name for name, *_ in config.describe()}
    told = set(compose["x-calakan"]["environment"])
    for _, document in documents():
        told |= set(document.get("data", {})) | set(document.get("stringData", {}))
    assert told <= known, told - known


def settings_of_compose(tmp_path: Path) -> dict[str, str]:
    values = dict.fromkeys(OPERATORS, "x" * 40) | {"NAME": "diklat.example.org", "MAIL": "smtp://mail.example.org"}
    found = yaml.safe_load(COMPOSE.read_text())["x-calakan"]["environment"]
    return {name: re.sub(r"\$\{(\w+):\?\}", lambda match: values[match[1]], text) for name, text in found.items()}


def settings_of_kubernetes(tmp_path: Path) -> dict[str, str]:
    found: dict[str, str] = {}
    for _, document in documents():
        if document["kind"] in ("ConfigMap", "Secret"):
            found |= document.get("data", {}) | document.get("stringData", {})
    return found | dict.fromkeys(("CALAKAN_SECRET_KEY", "CALAKAN_DATA_KEYS"), "x" * 40)


@pytest.mark.parametrize("settings", [settings_of_compose, settings_of_kubernetes])
def test_production_starts_with_them(settings: Any, tmp_path: Path) -> None:
    loaded = config.load({**settings(tmp_path), "CALAKAN_DATA_DIR": str(tmp_path)})
    assert (loaded.production, loaded.many_hosts, loaded.keys_dir) == (True, True, Path("/keys"))
    assert loaded.backup_keep == 0, "each host would keep backups of its own"


def test_backups_are_thinned() -> None:
    service = yaml.safe_load(COMPOSE.read_text())["services"]["backup"]
    [[pod]] = [pod["containers"] for pod in pods() if pod["containers"][0]["name"] == "backup"]
    told = [
        (service["entrypoint"], service["environment"]),
        (pod["command"], {each["name"]: each["value"] for each in pod["env"]}),
    ]
    for words, environ in told:
        job = re.search(r"calakan sweep (\S+)", words[-1])
        assert job is not None
        assert job[1] in wiring.WORK
        loaded = config.load({name: environ[name] for name in ("CALAKAN_BACKUP_DIR", "CALAKAN_BACKUP_KEEP")})
        assert (loaded.backup_dir, loaded.backup_keep) == ("/backups", 14)


def test_secrets_that_everybody_can_read_start_nothing(tmp_path: Path) -> None:
    [published] = [document["stringData"] for _, document in documents() if document["kind"] == "Secret"]
    for name in ("CALAKAN_SECRET_KEY", "CALAKAN_DATA_KEYS"):
        environ = settings_of_kubernetes(tmp_path) | {"CALAKAN_DATA_DIR": str(tmp_path), name: published[name]}
        with pytest.raises(config.InvalidSettings, match=name):
            config.load(environ)


def test_no_secret_beside_the_files_is_packed_with_them() -> None:
    assert (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines()[-1] == "**/.env", (
        "the last line that fits decides"
    )
    assert "--exclude=.env " in (DEPLOY / "install").read_text()
    assert "deploy/.env" in (DEPLOY.parent / ".gitignore").read_text().splitlines()


def test_whoever_writes_to_a_new_volume_owns_it() -> None:
    """It takes its owner from the folder of the image that it covers; all else there belongs to root."""
    services = yaml.safe_load(COMPOSE.read_text())["services"].values()
    ours = [service for service in services if service.get("image") == "calakan"]
    volumes = {volume.split(":")[1] for service in ours for volume in service["volumes"]}
    made = re.search(r"install -d -o calakan -m 0700 (.*)", (DEPLOY / "Dockerfile").read_text())
    assert made is not None
    assert set(made[1].split()) == volumes


def test_whoever_may_write_is_told_apart_from_whoever_may_not() -> None:
    for pod in pods():
        assert pod["automountServiceAccountToken"] is False
        assert pod["securityContext"]["runAsNonRoot"] is True
        volumes = {volume["name"] for volume in pod["volumes"]}
        for container in pod["containers"]:
            assert {mount["name"] for mount in container["volumeMounts"]} == volumes
            rights = container["securityContext"]
            assert (rights["readOnlyRootFilesystem"], rights["allowPrivilegeEscalation"]) == (True, False)
            [keys] = [mount for mount in container["volumeMounts"] if mount["name"] == "keys"]
            assert keys["readOnly"] is True


def test_the_image_holds_what_a_version_on_a_host_holds() -> None:
    packed = re.search(r"--exclude=\.env (.*?)\)", (DEPLOY / "install").read_text(), re.DOTALL)
    assert packed is not None
    kept = {line[1:] for line in (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines() if line[0] == "!"}
    assert kept == set(packed[1].replace("\\", " ").split())


def test_a_probe_asks_by_a_name_that_the_site_has() -> None:
    host = settings_of_kubernetes(Path())["CALAKAN_BASE_URL"].removeprefix("https://")
    probes = [
        container[probe]["httpGet"]
        for pod in pods()
        for container in pod["containers"]
        for probe in ("readinessProbe", "livenessProbe")
        if probe in container
    ]
    assert len(probes) == 2
    assert {probe["path"] for probe in probes} == {"/livez"}
    assert host in json.dumps([document for _, document in documents() if document["kind"] == "Ingress"])
    assert all(probe["httpHeaders"] == [{"name": "Host", "value": host}] for probe in probes)


def test_what_a_bucket_needs_comes_beside_what_all_need() -> None:
    def pins(name: str) -> set[str]:
        return set(re.findall(r"^\S+==\S+", (DEPLOY.parent / name).read_text(), re.MULTILINE))

    assert {pin.partition("==")[0] for pin in pins("requirements-s3.txt") - pins("requirements.txt")} == {
        "minio", "pycryptodome",
    }  # fmt: skip
    assert pins("requirements.txt") <= pins("requirements-s3.txt")
