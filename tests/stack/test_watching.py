"""The alert rules and the dashboard ask for figures that there are, and name what an operator does."""

from __future__ import annotations

import json
import re
from pathlib import Path

import yaml
from flask import Flask
from flask.testing import FlaskClient

from calakan.kernel import meters

DEPLOY = Path(__file__).parents[2] / "deploy"
NAME = re.compile(r"\bcalakan_\w+")
ELSEWHERE = {"calakan_backup_age_days"}  # told once there is a backup


def asked_for() -> dict[str, set[str]]:
    rules = [rule for group in yaml.safe_load((DEPLOY / "alerts.yml").read_text())["groups"] for rule in group["rules"]]
    panels = json.loads((DEPLOY / "grafana.json").read_text())["panels"]
    return {
        **{rule["alert"]: set(NAME.findall(rule["expr"])) for rule in rules},
        **{panel["title"]: {n for t in panel["targets"] for n in NAME.findall(t["expr"])} for panel in panels},
    }


def test_each_figure_that_is_asked_for_is_told(app: Flask, client: FlaskClient) -> None:
    told = set(re.findall(r"^# TYPE (\w+)", client.get("/metrics").text, re.M))
    counted = {name for family in meters.REGISTRY.collect() for name in (family.name, f"{family.name}_total")}
    told |= counted | {f"{name}_bucket" for name in counted}
    missing = {title: names - told - ELSEWHERE for title, names in asked_for().items()}
    assert {title: names for title, names in missing.items() if names} == {}
    asked = set().union(*asked_for().values())
    lonely = {family.name for family in meters.REGISTRY.collect() if not any(n.startswith(family.name) for n in asked)}
    assert lonely == set(), "counted, and looked at by nobody"


def test_each_alert_says_what_to_do() -> None:
    for group in yaml.safe_load((DEPLOY / "alerts.yml").read_text())["groups"]:
        for rule in group["rules"]:
            assert rule["labels"]["severity"] in ("page", "warn"), rule["alert"]
            assert all(rule["annotations"][part] for part in ("summary", "action")), rule["alert"]


def test_panels_have_room_of_their_own() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in json.loads((DEPLOY / "grafana.json").read_text())["panels"]:
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert not cells & taken, panel["title"]
        assert max(x for x, _ in cells) < 24
        taken |= cells
