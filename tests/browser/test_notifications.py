"""Notifications on a device in a real browser: the button, the subscription that reaches the office, the message shown.

No push service can be asked here, so the subscription is a stand-in; the message comes in by the browser's own tools.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from calakan.app import connect
from calakan.notifications import devices, queries
from tests.browser.conftest import Site
from tests.world import open_channels

BUTTON = "Aktifkan notifikasi di perangkat ini"
STAND_IN = """
window.held = null;
PushManager.prototype.getSubscription = () => Promise.resolve(window.held);
PushManager.prototype.subscribe = (wish) => {
  window.wish = wish;
  const bytes = {p256dh: new Uint8Array(65).fill(4), auth: new Uint8Array(16).fill(7)};
  window.held = {endpoint: 'https://fcm.googleapis.com/fcm/send/uji', getKey: (name) => bytes[name].buffer,
                 unsubscribe: () => Promise.resolve(true)};
  return Promise.resolve(window.held);
};
"""


@pytest.fixture(autouse=True)
def _set_up(office: Site) -> Iterator[None]:
    open_channels()
    devices.connect("fcm.googleapis.com")
    yield
    connect(office.app.extensions["calakan.settings"])


def allowed(office: Site, who: str) -> Page:
    page = office.page(who)
    page.context.grant_permissions(["notifications"], origin=office.base)
    return page


def test_a_tap_adds_this_device_and_another_lets_it_go(office: Site) -> None:
    page = allowed(office, "kepsek")
    page.add_init_script(STAND_IN)
    page.goto(f"{office.base}/saya/pesan/atur")
    page.get_by_role("button", name=BUTTON).click()
    expect(page.get_by_text("Notifikasi aktif di perangkat ini.")).to_be_visible()
    with office.app.app_context():
        [row] = queries.devices_of(office.world.people["kepsek"])
        assert (row.endpoint, row.address[:6]) == ("https://fcm.googleapis.com/fcm/send/uji", "Chrome")
    page.get_by_role("button", name="Hentikan").click()
    expect(page.get_by_text("Notifikasi di perangkat itu dihentikan.")).to_be_visible()
    with office.app.app_context():
        assert list(queries.devices_of(office.world.people["kepsek"])) == []


def test_who_forbids_notifications_is_told_how_to_allow_them(office: Site) -> None:
    page = office.page("kepsek")
    page.add_init_script("Object.defineProperty(Notification, 'permission', {get: () => 'denied'})")
    page.goto(f"{office.base}/saya/pesan/atur")
    expect(page.get_by_text("Browser ini menolak notifikasi")).to_be_visible()
    expect(page.get_by_role("button", name=BUTTON)).to_be_hidden()


def test_without_script_or_support_nothing_is_offered(office: Site) -> None:
    for page in (office.page("kepsek", script=False), office.page("kepsek")):
        page.add_init_script("delete window.PushManager")
        page.goto(f"{office.base}/saya/pesan/atur")
        expect(page.get_by_role("heading", name="Atur pesan")).to_be_visible()
        expect(page.get_by_text("Notifikasi di perangkat", exact=True)).to_be_hidden()


def test_what_is_pushed_is_shown(office: Site) -> None:
    page = allowed(office, "kepsek")
    tools, found = page.context.new_cdp_session(page), list[dict[str, Any]]()
    tools.on("ServiceWorker.workerRegistrationUpdated", lambda event: found.extend(event["registrations"]))
    tools.send("ServiceWorker.enable")
    page.goto(f"{office.base}/saya/pesan/atur")
    expect(page.get_by_role("button", name=BUTTON)).to_be_visible()
    [number] = {entry["registrationId"] for entry in found if entry["scopeURL"] == f"{office.base}/saya/"}
    said = {"title": "Sebentar lagi: Numerasi", "body": "Pukul 13.00 WIB", "url": f"{office.base}/hadir", "tag": "a"}
    shown = """async () => (await (await navigator.serviceWorker.getRegistration('/saya/')).getNotifications())
        .map(n => [n.title, n.body, n.tag, n.data.url])"""
    for body in (said["body"], "Pukul 14.00 WIB"):
        message = {"origin": office.base, "registrationId": number, "data": json.dumps({**said, "body": body})}
        expected = [[said["title"], body, "a", f"{office.base}/hadir"]]
        until = time.monotonic() + 60
        while page.evaluate(shown) != expected and time.monotonic() < until:
            # A worker that is not awake yet loses it; the same tag is shown once.
            tools.send("ServiceWorker.deliverPushMessage", message)
            page.wait_for_timeout(500)  # a predicate that answers with a promise would count as true at once
        assert page.evaluate(shown) == expected
