"""Notices in a real browser: the switch, the service worker, what it shows."""

from __future__ import annotations

import json
from typing import Any

from playwright.sync_api import BrowserContext
from pytest_django.live_server_helper import LiveServer

from firstline.people.accounts.models import Person
from firstline.people.notifications.models import Device

from .conftest import Axe, SignIn, Trap

# The push service of a browser's maker is not to be had in a test; everything on our side of it is real.
PUSH_SERVICE = """
const keys = {
  p256dh: "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
  auth: "BTBZMqHH6r4Tts7J_aSIgg",
};
let subscription = null;
PushManager.prototype.subscribe = async (options) => {
  if (!options.userVisibleOnly || !options.applicationServerKey) throw new Error("options");
  const endpoint = "https://push.example.net/browser";
  subscription = { endpoint, toJSON: () => ({ endpoint, keys }), unsubscribe: async () => { subscription = null; } };
  return subscription;
};
PushManager.prototype.getSubscription = async () => subscription;
"""


def test_a_browser_is_let_in_shows_what_is_pushed_and_is_let_go(
    context: BrowserContext, live_server: LiveServer, sign_in: SignIn, ada: Person, axe: Axe, trap: Trap
) -> None:
    trap.allow(r"/live|Not Found")  # streams are not served by the test server
    context.grant_permissions(["notifications"], origin=live_server.url)
    context.add_init_script(PUSH_SERVICE)
    page = sign_in(ada)
    seen: list[dict[str, Any]] = []
    browser = context.new_cdp_session(page)
    browser.on("ServiceWorker.workerRegistrationUpdated", lambda news: seen.extend(news["registrations"]))
    browser.send("ServiceWorker.enable")

    page.goto("/notices/choices")
    axe(page)
    page.get_by_role("button", name="Turn on here").click()
    page.get_by_text("This device shows notices.").wait_for()
    assert Device.objects.get().person == ada

    news = {"title": "Ada, please: #7", "body": "because you own it", "url": "/tickets/7", "tag": "ticket-7"}
    for _twice in range(2):
        browser.send(
            "ServiceWorker.deliverPushMessage",
            {"origin": live_server.url, "registrationId": seen[-1]["registrationId"], "data": json.dumps(news)},
        )
    page.wait_for_function("async () => (await (await navigator.serviceWorker.ready).getNotifications()).length > 0")
    shown = page.evaluate(
        "async () => (await (await navigator.serviceWorker.ready).getNotifications()).map(n => [n.title, n.body])"
    )
    assert shown == [["Ada, please: #7", "because you own it"]]  # one place for one ticket, however often it is told

    page.get_by_role("button", name="Turn off here").click()
    page.get_by_role("button", name="Turn on here").wait_for()
    assert not Device.objects.exists()
