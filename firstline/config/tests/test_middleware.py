from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client, override_settings

from firstline.config import logs
from firstline.core.preferences.actions.set import set_preference
from firstline.core.preferences.reading import forget
from firstline.people.accounts.models import Person

pytestmark = [pytest.mark.django_db, pytest.mark.urls("firstline.config.tests.pages")]


@pytest.fixture
def ada() -> Person:
    return Person.objects.create_user("ada@test.example", language="pl", time_zone="Asia/Ho_Chi_Minh")


@pytest.fixture
def client() -> Client:
    return Client(raise_request_exception=False)


@pytest.fixture
def lines() -> Iterator[list[dict[str, Any]]]:
    """What stands in the log, line by line."""
    formatter = logs.configuration("INFO")["formatters"]["json"]
    written: list[dict[str, Any]] = []

    class Collect(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            written.append(json.loads(self.format(record)))

    import structlog

    handler = Collect()
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(**{k: v for k, v in formatter.items() if k != "()"}))
    logging.getLogger().addHandler(handler)
    yield written
    logging.getLogger().removeHandler(handler)


def test_a_person_reads_in_their_own_language_and_time(client: Client, ada: Person) -> None:
    client.force_login(ada)

    page = client.get("/mine").text

    assert page.startswith("pl Asia/Ho_Chi_Minh ")


def test_who_has_chosen_no_language_reads_in_the_organisations(client: Client) -> None:
    client.force_login(Person.objects.create_user("x@test.example"))

    before = client.get("/mine", headers={"accept-language": "fr"}).text
    set_preference("organisation.language", "vi", by=None)
    after = client.get("/mine", headers={"accept-language": "fr"}).text

    assert (before[:3], after[:3]) == ("fr ", "vi ")


def test_an_unknown_time_zone_does_not_break_the_page(client: Client) -> None:
    client.force_login(Person.objects.create_user("x@test.example", time_zone="../../etc/passwd"))

    assert client.get("/mine").text.startswith("en UTC ")


def test_changes_carry_the_way_in_and_the_number_of_the_request(client: Client, ada: Person) -> None:
    client.force_login(ada)

    page = client.get("/portal/mine")

    assert "via='portal'" in page.text
    assert f"correlation='{page['X-Request-Id']}'" in page.text
    assert "via='web'" in client.get("/mine").text


@pytest.mark.abuse("H9")
def test_pages_of_signed_in_people_are_kept_in_no_cache(client: Client, ada: Person) -> None:
    assert "Cache-Control" not in client.get("/public")

    client.force_login(ada)

    assert client.get("/public")["Cache-Control"] == "no-store"
    assert client.get("/mine")["Cache-Control"] == "no-store"


@pytest.mark.abuse("H9")
def test_signing_out_clears_the_browser(client: Client, ada: Person) -> None:
    client.force_login(ada)

    assert "Clear-Site-Data" not in client.get("/mine")
    assert client.post("/leave")["Clear-Site-Data"] == '"cache", "storage"'


def test_every_page_closes_what_it_does_not_need(client: Client) -> None:
    page = client.get("/public")

    assert "camera=()" in page["Permissions-Policy"]
    assert page["Cross-Origin-Resource-Policy"] == "same-origin"
    assert page["X-Content-Type-Options"] == "nosniff"


def test_long_pages_are_zipped_but_never_those_with_codes(client: Client) -> None:
    zipped: Any = {"headers": {"Accept-Encoding": "gzip"}}

    assert client.get("/long", **zipped)["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in client.get("/public", **zipped)
    assert "Content-Encoding" not in client.get("/account/long", **zipped)


def test_a_busy_database_asks_to_try_again(client: Client) -> None:
    page = client.get("/busy")

    assert (page.status_code, page["Retry-After"]) == (503, "5")
    assert "try again" in page.text
    assert "vault" not in page.text


def test_the_page_about_an_absent_database_asks_it_nothing(client: Client) -> None:
    def absent(*_: Any) -> Any:
        raise OperationalError("no such server")

    forget()
    with connection.execute_wrapper(absent):
        page = client.get("/busy")

    assert page.status_code == 503
    assert '<html lang="en"' in page.text
    assert 'rel="stylesheet"' in page.text  # in our dress


@pytest.mark.abuse("E13")
def test_an_error_tells_nothing_about_itself(client: Client) -> None:
    page = client.get("/broken")

    assert page.status_code == 500
    assert "canary-41c7" not in page.text
    assert "Traceback" not in page.text


def test_what_is_not_allowed_is_403(client: Client) -> None:
    page = client.get("/not-allowed")

    assert page.status_code == 403
    assert "ticket.assign" not in page.text


def test_a_refusal_becomes_a_message_on_the_page_before(client: Client) -> None:
    answer = client.post("/refused", headers={"Referer": "http://testserver/public?page=2"})

    assert (answer.status_code, answer["Location"]) == (303, "/public?page=2")


@pytest.mark.parametrize("before", ["http://evil.example/x", "//evil.example", "http://testserver//evil.example", ""])
@pytest.mark.abuse("F6")
def test_a_refusal_never_sends_elsewhere(client: Client, before: str) -> None:
    answer = client.post("/refused", headers={"Referer": before})

    assert answer.status_code == 409
    assert "The ticket is &lt;closed&gt;." in answer.text


def test_a_refusal_to_htmx_leaves_the_page_as_it_is(client: Client) -> None:
    answer = client.post("/refused", headers={"HX-Request": "true", "Referer": "http://testserver/public"})

    assert (answer.status_code, answer["HX-Reswap"]) == (409, "none")
    assert "The ticket is &lt;closed&gt;." in answer.text


@pytest.mark.abuse("G5")
def test_nothing_a_client_sends_can_begin_a_line_or_colour_a_terminal(
    client: Client, lines: list[dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    client.get("/public%0a{%22forged%22:1}%1b]0;owned%07")

    [line] = [line for line in lines if line["event"] == "answered"]
    assert "forged" in line["path"]
    raw = json.dumps(line)
    assert "\n" not in raw
    assert "\x1b" not in raw


@pytest.mark.abuse("J2")
def test_secrets_are_not_logged() -> None:
    line = logs.without_secrets(None, "info", {"event": "x", "new_password": "p", "api_token": "t", "name": "n" * 9000})

    assert line["new_password"] == line["api_token"] == "…"
    assert len(line["name"]) < 5000


@override_settings(DEBUG=False)
def test_a_page_that_is_not_there_is_404(client: Client) -> None:
    assert client.get("/nowhere").status_code == 404
