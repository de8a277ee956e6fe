"""The API with what its description allows, and with what it does not (Schemathesis)."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.matrix.test_matrix import secrets_for

from .live import Live
from .oracles import complaints

CHECKS = (
    "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance",
    "negative_data_rejection", "ignored_auth",
)  # fmt: skip
SECONDS = int(os.environ.get("FIRSTLINE_LONG") or 20)


@pytest.mark.slow
@pytest.mark.abuse("D7", "E13", "G11", "H3")
def test_nothing_that_the_api_is_given_makes_it_err_or_lie(fuzzed: Live, tmp_path: Path) -> None:
    number = fuzzed.things["ticket team"]
    (tmp_path / "schemathesis.toml").write_text(f'[parameters]\n"path.number" = {number}\n')
    done = subprocess.run(
        [Path(sys.executable).parent / "schemathesis", "run", f"{fuzzed.url}/api/v1/openapi.json", "--no-color",
         "-H", f"Authorization: Bearer {fuzzed.token('agent')}", "--checks", ",".join(CHECKS), "--continue-on-failure",
         "--max-time", str(SECONDS), "--phases", "coverage,fuzzing"],
        cwd=tmp_path, capture_output=True, text=True,
    )  # fmt: skip

    assert done.returncode == 0, done.stdout[-6000:]
    cases = re.search(r"(\d+) generated", done.stdout)
    assert cases is not None
    assert int(cases[1]) > 60, done.stdout[-2000:]  # thousands, on a machine with nothing else to do
    assert "Traceback" not in fuzzed.desk.log_of("web")


@pytest.mark.abuse("E13", "G11", "H3")
@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[" * 100_000, b'{"a":' * 50_000, b'{"subject": NaN}', b'{"subject": "\\u0000"}',
        b'{"subject": "\\ud800"}', b'{"subject": "\xff"}', b'{"subject": "a", "subject": 1}', b"null", b"[]", b"1",
        b'{"subject": "x", "impact": 1e999}', b'{"subject": "x", "impact": 99999999999999999999}',
        b'{"subject": "x", "requester": "\\u0000@x"}',
        b'{"subject": "x", "external_reference": "\\u0000"}', b'{"subject": "x", "kind": "emperor"}',
    ],
)  # fmt: skip
def test_a_body_that_makes_no_sense_is_a_plain_refusal(caller: Any, body: bytes) -> None:
    answer = caller.post("/api/v1/tickets", body, content_type="application/json")

    assert (answer.status_code in {400, 409, 422}, complaints(answer.status_code, answer.content)) == (True, [])
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.abuse("E13", "G11")
@pytest.mark.parametrize(
    ("verb", "values"),
    [
        ("add-participant", {"person": "", "role": ""}), ("add-participant", {"person": "1", "role": "affected"}),
        ("remove-participant", {"person": "1", "role": "affected"}), ("set-requester", {"requester": ""}),
        ("set-requester", {"requester": "2"}), ("assign", {"to": "1"}), ("convert", {"to": ""}),
        ("link", {"to": 1, "relation": ""}), ("unlink", {"to": 1, "relation": "x"}), ("route", {"team": 2**63}),
        ("set-custom", {"field": 1, "value": {"a": []}}), ("set-custom", {"field": 1, "value": [[1], {}]}),
        ("set-custom", {"field": 1, "value": [1e308]}), ("tag", {"tags": ["\ufdfa" * 5000]}),
        ("set-due", {"due_at": "0001-01-01T00:00:00+14:00"}), ("set-due", {"due_at": "9999-12-31T23:59:59-14:00"}),
    ],
)  # fmt: skip
def test_a_verb_with_odd_values_is_refused_or_done(caller: Any, verb: str, values: dict[str, Any]) -> None:
    from firstline.core.actions import acting
    from firstline.work.tickets.models import CustomField

    with acting():
        CustomField.objects.create(pk=1, key="rooms", label="Rooms", type="choices", options=["North", "South"])
    number = caller.post("/api/v1/tickets", {"subject": "x"}, content_type="application/json").json()["number"]

    answer = caller.post(f"/api/v1/tickets/{number}/{verb}", values, content_type="application/json")

    assert complaints(answer.status_code, answer.content) == []
    assert caller.get(f"/api/v1/tickets/{number}/events").status_code == 200  # what was recorded can be read
    assert caller.get(f"/api/v1/tickets/{number}").status_code == 200


@pytest.mark.abuse("E10")
def test_a_requester_does_not_learn_through_the_api_who_has_an_account(caller_of: Any, rosa: Any, omar: Any) -> None:
    client = caller_of(rosa)

    known, unknown = (
        client.post("/api/v1/tickets", {"subject": "x", "requester": address}, content_type="application/json")
        for address in (omar.email, "nobody@example.org")
    )

    assert (known.status_code, known.content) == (unknown.status_code, unknown.content)


@pytest.mark.abuse("D10", "E12")
def test_no_shape_of_the_api_has_a_place_for_a_secret(client: Any) -> None:
    described = client.get("/api/v1/openapi.json").json()

    names = {name for shape in described["components"]["schemas"].values() for name in shape.get("properties", {})}
    assert len(names) > 40
    assert not [name for name in names if re.search(r"password|secret|token|session|digest|hash|cookie", name)]


@pytest.mark.slow
@pytest.mark.abuse("E12")
def test_a_token_in_an_address_or_a_form_opens_nothing(live: Live) -> None:
    token = live.token("agent")

    for asked in (f"token={token}", f"access_token={token}", f"authorization=Bearer+{token}"):
        assert live.get(f"/api/v1/me?{asked}").status == 401
    assert live.get("/api/v1/me", Cookie=f"Authorization=Bearer {token}").status == 401
    assert live.get("/api/v1/me", Authorization=f"Bearer {token}").status == 200
    assert live.get("/api/v1/me", Authorization=f"Bearer {token.upper()}").status == 401
    assert token not in live.desk.log_of("web")


@pytest.mark.slow
@pytest.mark.abuse("D8", "E13")
def test_no_reading_address_of_the_api_shows_a_requester_the_secrets_of_others(live: Live) -> None:
    entitled = secrets_for("requester")
    wrong = []
    for number in sorted({pk for name, pk in live.things.items() if name.startswith("ticket ")} | {0, 987654}):
        for what in ("", "/messages", "/events"):
            answer = live.get(f"/api/v1/tickets/{number}{what}", Authorization=f"Bearer {live.token('requester')}")
            wrong += complaints(answer.status, answer.body, headers=[("head", answer.head)], entitled=entitled)
    for query in ("q=zebra", "q=canary", "q=subject:zebra", "order=priority", "limit=100", "q=requester:stranger"):
        answer = live.get(f"/api/v1/tickets?{query}", Authorization=f"Bearer {live.token('requester')}")
        wrong += complaints(answer.status, answer.body, entitled=entitled)

    assert wrong == []
