"""What browsers and programs of others may do with our pages, and what is not there at all."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from firstline.core.events.models import Event
from firstline.people.accounts.models import Person
from firstline.work.tickets.actions.open import open_ticket
from tests.architecture.house import imports_of, product_code, shown

from .oracles import complaints


@pytest.mark.abuse("H6")
@pytest.mark.parametrize(
    "kind",
    ["application/x-www-form-urlencoded", "text/plain", "application/json", "multipart/form-data; boundary=b"],
)
def test_no_form_of_another_site_changes_anything(ada: Person, rosa: Person, kind: str) -> None:
    ticket = open_ticket(rosa, "Screen", by=rosa)
    client = Client(enforce_csrf_checks=True)
    client.force_login(ada)
    before = Event.objects.count()

    for path in (f"/tickets/{ticket.pk}/owner/me", f"/tickets/{ticket.pk}/messages", "/queue/bulk", "/account/theme"):
        answer = client.post(path, b"kind=reply&body=x", content_type=kind, headers={"Origin": "https://evil.example"})
        assert answer.status_code == 403

    assert Event.objects.count() == before


@pytest.mark.abuse("H6")
def test_the_api_takes_no_cookie_for_a_token(ada: Person) -> None:
    """Otherwise a page of another site could call it in the name of whoever is signed in."""
    client = Client()
    client.force_login(ada)

    answers = [
        client.get("/api/v1/me"),
        client.post("/api/v1/tickets", {"subject": "x"}, content_type="application/json"),
        client.post("/api/v1/tickets", '{"subject": "x"}', content_type="text/plain"),
    ]

    assert [answer.status_code for answer in answers] == [401, 401, 401]


@pytest.mark.abuse("H6")
def test_no_other_word_turns_a_get_into_a_change(ada: Person, rosa: Person) -> None:
    ticket = open_ticket(rosa, "Screen", by=rosa)
    client = Client()
    client.force_login(ada)
    path = f"/tickets/{ticket.pk}/owner/me"
    before = Event.objects.count()

    client.get(f"{path}?_method=POST")
    client.get(path, headers={"X-HTTP-Method-Override": "POST", "X-Method-Override": "POST"})
    client.head(path)
    client.options(path)

    assert Event.objects.count() == before


@pytest.mark.abuse("H7")
@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://testserver.evil.example", "http://127.0.0.1"]
)
def test_no_other_site_is_let_to_read_our_answers(caller: Any, client: Client, origin: str) -> None:
    asked = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization",
    }
    answers = [each.get("/api/v1/me", headers={"Origin": origin}) for each in (caller, client)]
    answers += [client.options("/api/v1/tickets", headers=asked), client.get("/account/login/", headers=asked)]

    assert [name for answer in answers for name in answer.headers if name.lower().startswith("access-control")] == []


@pytest.mark.abuse("H8")
@pytest.mark.parametrize("path", ["/account/login/", "/", "/queue", "/nothing-here", "/account/profile"])
def test_no_page_can_be_framed_or_keeps_its_opener(ada: Person, path: str) -> None:
    client = Client()
    client.force_login(ada)

    answer = client.get(path)

    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert (answer["X-Frame-Options"], answer["Cross-Origin-Opener-Policy"]) == ("DENY", "same-origin")


HIDDEN = [
    "/.env", "/.git/config", "/.git/HEAD", "/firstline.sqlite3",
    "/data/firstline.sqlite3", "/secret.key", "/data/secret.key", "/backups/",
    "/backup.tar", "/files/", "/media/", "/static/../settings.py",
    "/assets/../settings.py", "/assets/%2e%2e/%2e%2e/secret.key", "/assets/..%2f..%2fsecret.key", "/assets//etc/passwd",
    "/server-status", "/debug", "/__debug__/", "/admin/",
    "/phpmyadmin/", "/logs/web.log", "/web.log", "/requirements.lock",
    "/pyproject.toml", "/metrics", "/setup", "/install",
    "/api/v1/docs", "/swagger.json", "/static/%00", "/.well-known/../.env",
    "//etc/passwd",
]  # fmt: skip


@pytest.mark.abuse("J4", "D16")
@pytest.mark.parametrize("path", HIDDEN)
def test_nothing_of_the_installation_is_served(bea: Person, path: str) -> None:
    """Not even to an admin; where a sign-in is asked for first, nothing is told either."""
    for somebody in (None, bea):
        client = Client(raise_request_exception=False)
        if somebody is not None:
            client.force_login(somebody)
        answer = client.get(path)
        assert answer.status_code in {301, 302, 400, 403, 404}
        assert complaints(answer.status_code, answer.content) == []
        assert not answer.headers.get("Location", "").startswith(("//", "http"))


# Workflows are brought in by those who may edit them, as text: YAML without references, XML without declarations.
DRAWN_BY_ADMINS = {
    ("yaml", "firstline/flow/workflows/engine/definition/reading.py"),
    ("xml", "firstline/flow/workflows/engine/bpmn/markup.py"),
}


@pytest.mark.abuse("B11", "B12", "G7", "G8")
def test_nothing_of_ours_unpacks_or_draws_what_strangers_send() -> None:
    """Bombs need somebody who opens them: files of mails and forms are bytes to us, pictures are never drawn here."""
    opens = {
        "zipfile",
        "PIL",
        "lxml",
        "xml",
        "defusedxml",
        "openpyxl",
        "docx",
        "pypdf",
        "bz2",
        "lzma",
        "rarfile",
        "yaml",
    }
    wrong = [
        f"{shown(path)}:{line} imports {name}"
        for path in product_code()
        for line, name in imports_of(path)
        if name.split(".")[0] in opens and (name.split(".")[0], shown(path)) not in DRAWN_BY_ADMINS
    ]

    assert wrong == []


@pytest.mark.abuse("G9")
def test_no_field_of_an_admin_is_a_pattern_that_runs() -> None:
    """Databases run patterns without a limit of time, so no filter of ours asks them to."""
    wrong = [shown(path) for path in product_code() if "__regex" in path.read_text() or "__iregex" in path.read_text()]

    assert wrong == []
