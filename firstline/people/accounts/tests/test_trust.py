"""TRUST section 1.3, chapter E, as far as signing in goes."""

from __future__ import annotations

import os
import re
import statistics
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, generate_totp_secret, hotp_value
from django.core import mail
from django.db import connection
from django.test import Client

from firstline.people.accounts.actions.edit import edit_person
from firstline.people.accounts.models import Person
from firstline.people.accounts.screens.entrance import SecondFactor
from tests.cast import PASSWORD, person

from .conftest import code_from_mail, sign_in

NEW = {"password1": "a new and long one", "password2": "a new and long one"}


@pytest.fixture
def ada(db: Any) -> Person:
    return person("Ada", "agent", password=PASSWORD)


def reset_link(client: Client, somebody: Person) -> str:
    client.post("/account/password/reset/", {"email": somebody.email})
    found = re.search(r"http\S+", str(mail.outbox[-1].body))
    assert found is not None
    return found[0]


def path_of(link: str) -> str:
    return "/" + link.split("/", 3)[3]


def use(link: str) -> int:
    """Open the link in a browser of its own and choose a new password: what the answer says."""
    client = Client()
    form = client.get(path_of(link))
    if form.status_code != 302:
        return form.status_code
    return client.post(form["Location"], NEW).status_code


@pytest.mark.parametrize("change", ["upper", "empty", "space", "cut", "other person"])
@pytest.mark.abuse("E1")
def test_e1_a_reset_link_that_is_not_exactly_ours_opens_nothing(client: Client, ada: Person, change: str) -> None:
    link = path_of(reset_link(client, ada)).rstrip("/")
    head, token = link.rsplit("-", 1)
    wrong = {
        "upper": f"{head}-{token.upper()}/",
        "empty": f"{head.rsplit('-', 1)[0]}-/",
        "space": f"{head}-%20{token}/",
        "cut": f"{head}-{token[:-1]}/",
        "other person": re.sub(r"key/\w+-", "key/zzz-", f"{head}-{token}/"),
    }[change]

    answer = client.get(wrong)

    assert answer.status_code in {200, 404}
    assert "password1" not in answer.content.decode()


@pytest.mark.abuse("E2")
def test_e2_a_reset_link_works_once_and_not_after_a_new_address(client: Client, ada: Person) -> None:
    link = reset_link(client, ada)
    assert use(link) == 302
    ada.refresh_from_db()
    assert ada.check_password(NEW["password1"])
    assert use(link) == 200

    another = reset_link(client, ada)
    edit_person(ada, changes={"email": "ada@elsewhere.example"}, by=None)
    assert use(another) == 200


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_e2_of_many_at_once_one_reset_succeeds(client: Client, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = False
    if connection.vendor == "sqlite":
        pytest.skip("Threads share the one in-memory database of SQLite; the conditional update is the same.")
    link = reset_link(client, person("Ada", "agent", password=PASSWORD))
    browsers = []
    for _number in range(20):
        browser = Client()
        browsers.append((browser, browser.get(path_of(link))["Location"]))

    def choose(number: int) -> str:
        browser, form = browsers[number]
        one = {"password1": f"a new and long one {number}", "password2": f"a new and long one {number}"}
        answer = browser.post(form, one)
        connection.close()
        return str(answer.headers.get("Location", ""))

    with ThreadPoolExecutor(20) as pool:
        went = list(pool.map(choose, range(20)))

    assert went.count("/account/password/reset/key/done/") == 1


@pytest.mark.abuse("E3")
def test_e3_tokens_are_long_and_share_nothing(client: Client, ada: Person) -> None:
    codes = set()
    for _number in range(3):
        Client().post("/account/login/code/", {"email": ada.email})
        codes.add(code_from_mail())

    token = path_of(reset_link(client, ada)).rstrip("/").rsplit("-", 1)[1]
    assert len(codes) == 3
    assert all(re.fullmatch(r"[B-Z]{4}-[B-Z]{4}", code) for code in codes)  # 34 bits, five tries, 15 minutes
    assert len(token) >= 32  # 128 bits of an HMAC


@pytest.mark.parametrize(
    "lie", [{"HTTP_HOST": "evil.example"}, {"HTTP_X_FORWARDED_HOST": "evil.example"}, {"HTTP_HOST": "localhost:1"}]
)
@pytest.mark.abuse("E4")
def test_e4_links_in_mails_lead_to_our_address_whatever_the_request_says(
    client: Client, ada: Person, lie: dict[str, Any], settings: Any
) -> None:
    answer = client.post("/account/password/reset/", {"email": ada.email}, **lie)

    if answer.status_code == 400:
        assert mail.outbox == []
    else:
        assert f"{settings.BASE_URL}/account/password/reset/key/" in mail.outbox[0].body
        assert "evil" not in str(mail.outbox[0].message())
        assert "localhost:1" not in str(mail.outbox[0].message())


@pytest.mark.abuse("E6")
def test_e6_headers_of_single_sign_on_mean_nothing(client: Client, ada: Person) -> None:
    for name in ("REMOTE_USER", "HTTP_REMOTE_USER", "HTTP_X_REMOTE_USER", "HTTP_X_FORWARDED_USER", "HTTP_X_AUTH_EMAIL"):
        lie: dict[str, Any] = {name: ada.email}
        assert client.get("/account/profile", **lie).status_code == 302


@pytest.mark.abuse("E10")
def test_e10_nobody_learns_who_has_an_account(client: Client, ada: Person) -> None:
    def answers(address: str) -> list[tuple[int, str]]:
        found = []
        for path, field in (("login/", "login"), ("login/code/", "email"), ("password/reset/", "email")):
            browser = Client()
            answer = browser.post(f"/account/{path}", {field: address, "password": "wrong"})
            text = answer.content.decode()
            if answer.status_code == 302:
                text = browser.get(answer["Location"]).content.decode()
            text = re.sub(r'value="[\w-]{64}"|"X-CSRFToken": "\w+"', "", text.replace(address, "ADDRESS"))
            found.append((answer.status_code, text))
        return found

    assert answers("ada@example.org") == answers("nob@example.org")


@pytest.mark.slow
@pytest.mark.usefixtures("real_passwords")
@pytest.mark.abuse("E10")
def test_e10_a_wrong_password_takes_as_long_as_a_wrong_address(client: Client, db: Any, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = False
    person("Ada", "agent", password=PASSWORD)
    person("Omar")  # without a password
    took: dict[str, list[float]] = {"ada": [], "nobody": [], "omar": []}

    for _round in range(40):
        for name, times in took.items():
            begun = time.thread_time()
            client.post("/account/login/", {"login": f"{name}@example.org", "password": "wrong"})
            times.append(time.thread_time() - begun)

    middle = {name: statistics.median(times) for name, times in took.items()}
    assert max(middle.values()) - min(middle.values()) < 0.2 * min(middle.values()), middle


@pytest.mark.abuse("E10")
def test_e10_guessing_is_slowed_per_account_and_does_not_lock_its_owner_out(ada: Person) -> None:
    attacker = Client(REMOTE_ADDR="203.0.113.9")
    tries = [sign_in(attacker, ada, "wrong").content.decode() for _number in range(6)]

    assert "Too many failed" in tries[5]
    assert "Too many failed" not in tries[4]
    owner = Client(REMOTE_ADDR="198.51.100.7")
    owner.post("/account/login/code/", {"email": ada.email})
    owner.post("/account/login/code/confirm/", {"code": code_from_mail()})
    assert owner.get("/account/profile").status_code == 200


@pytest.mark.abuse("E10")
def test_e10_counts_are_shared_by_all_processes(settings: Any, ada: Person) -> None:
    for _number in range(5):
        sign_in(Client(REMOTE_ADDR="203.0.113.9"), ada, "wrong")

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM cache")
        assert cursor.fetchone()[0] > 0


@pytest.mark.abuse("A19", "E10")
def test_e10_strangers_get_one_mail_an_hour_without_a_word_of_the_sender(
    client: Client, db: Any, settings: Any
) -> None:
    settings.ACCOUNT_RATE_LIMITS = False
    for _number in range(5):
        Client().post("/account/login/code/", {"email": "victim@example.net"})

    assert [message.to for message in mail.outbox] == [["victim@example.net"]]
    assert "buy" not in mail.outbox[0].body


@pytest.mark.abuse("E10")
def test_a_mail_code_is_tried_five_times_and_then_dead(ada: Person) -> None:
    browser = Client()
    browser.post("/account/login/code/", {"email": ada.email})
    code = code_from_mail()

    for _number in range(5):
        browser.post("/account/login/code/confirm/", {"code": "WRON-GGGG"})
    browser.post("/account/login/code/confirm/", {"code": code})

    assert browser.get("/account/profile").status_code == 302


@pytest.mark.abuse("E2")
def test_parallel_guesses_of_a_mail_code_share_one_count(ada: Person) -> None:
    """The tries in the session are read by all requests before any writes; the count in the database is not."""
    browser = Client()
    browser.post("/account/login/code/", {"email": ada.email})
    state = dict(browser.session)

    codes = []
    for _number in range(10):
        session = browser.session
        session.clear()
        session.update(state)  # as if the others had not been there yet
        session.save()
        codes.append(browser.post("/account/login/code/confirm/", {"code": "WRON-GGGG"}).status_code)

    assert codes == [200] * 6 + [429] * 4


def with_second_step(somebody: Person) -> str:
    secret = generate_totp_secret()
    sealed = SecondFactor().encrypt(secret)
    Authenticator.objects.create(user=somebody, type=Authenticator.Type.TOTP, data={"secret": sealed})
    return secret


def now_code(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


@pytest.mark.abuse("E11")
def test_e11_a_second_step_is_asked_after_password_and_code_alike(ada: Person) -> None:
    with_second_step(ada)

    by_password, by_code = Client(), Client()
    first = sign_in(by_password, ada)
    by_code.post("/account/login/code/", {"email": ada.email})
    second = by_code.post("/account/login/code/confirm/", {"code": code_from_mail()})

    assert (first["Location"], second["Location"]) == ("/account/2fa/authenticate/", "/account/2fa/authenticate/")
    assert by_password.get("/account/profile").status_code == 302


@pytest.mark.abuse("E11")
def test_e11_a_reset_password_does_not_pass_the_second_step_by(client: Client, ada: Person) -> None:
    with_second_step(ada)
    assert use(reset_link(client, ada)) == 302

    browser = Client()
    answer = sign_in(browser, ada, NEW["password1"])

    assert answer["Location"] == "/account/2fa/authenticate/"


@pytest.mark.abuse("E11")
def test_e11_each_code_works_once(ada: Person) -> None:
    secret = with_second_step(ada)
    one, other = Client(), Client()
    sign_in(one, ada)
    sign_in(other, ada)
    code = now_code(secret)

    one.post("/account/2fa/authenticate/", {"code": code})
    other.post("/account/2fa/authenticate/", {"code": code})

    assert (one.get("/account/profile").status_code, other.get("/account/profile").status_code) == (200, 302)


@pytest.mark.abuse("E11")
def test_e11_five_tries(ada: Person) -> None:
    secret = with_second_step(ada)
    browser = Client()
    sign_in(browser, ada)

    for _number in range(5):
        browser.post("/account/2fa/authenticate/", {"code": "000000"})
    last = browser.post("/account/2fa/authenticate/", {"code": now_code(secret)})

    assert "Too many failed" in last.content.decode()
    assert browser.get("/account/profile").status_code == 302


@pytest.mark.abuse("E11", "J2")
def test_e11_the_secret_is_sealed_in_the_database(ada: Person) -> None:
    secret = with_second_step(ada)

    with connection.cursor() as cursor:
        cursor.execute("SELECT data FROM mfa_authenticator")
        assert secret not in str(cursor.fetchall())


def test_the_second_step_is_set_up_with_a_qr_code_and_recovery_codes_shown_once(
    ada: Person, django_capture_on_commit_callbacks: Any
) -> None:
    browser, elsewhere = Client(), Client()
    sign_in(browser, ada)
    sign_in(elsewhere, ada)

    page = browser.get("/account/2fa/totp/activate/").content.decode()
    secret = re.search(r"<code>([A-Z2-7]{32})</code>", page)
    assert secret is not None
    assert "data:image/svg+xml;base64," in page
    with django_capture_on_commit_callbacks(execute=True):
        browser.post("/account/2fa/totp/activate/", {"code": now_code(secret[1])})
    codes = browser.get("/account/2fa/recovery-codes/").content.decode()

    assert len(re.findall(r"\b\d{8}\b", codes)) >= 10
    assert elsewhere.get("/account/profile").status_code == 302
    assert "Turn it off" in browser.get("/account/2fa/").content.decode()


@pytest.mark.abuse("E14")
def test_e14_cookies_bear_the_host_prefix_and_flags_over_https() -> None:
    words = "SESSION_COOKIE_NAME CSRF_COOKIE_NAME SESSION_COOKIE_SECURE CSRF_COOKIE_SECURE SESSION_COOKIE_HTTPONLY"
    shown = subprocess.run(
        [sys.executable, "-c",
         f"from firstline.config import settings as s; print(*[getattr(s, w) for w in {words.split()!r}])"],
        env={**os.environ, "FIRSTLINE_BASE_URL": "https://help.example.org"},
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip

    assert shown.split() == ["__Host-firstline", "__Host-firstline-csrf", "True", "True", "True"]


@pytest.mark.abuse("E14")
def test_e14_signing_in_needs_our_own_form(ada: Person) -> None:
    strict = Client(enforce_csrf_checks=True)

    assert strict.post("/account/login/", {"login": ada.email, "password": PASSWORD}).status_code == 403
    assert strict.post("/account/login/code/", {"email": ada.email}).status_code == 403


@pytest.mark.abuse("E14")
def test_e14_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(client: Client, ada: Person) -> None:
    sign_in(client, ada)
    cookie = client.cookies["firstline"]

    assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["domain"]) == (True, "Lax", "/", "")
    assert set(client.cookies) == {"firstline", "firstline-csrf"}


@pytest.mark.abuse("F6")
def test_after_signing_in_nobody_is_sent_to_another_site(ada: Person) -> None:
    for target in ("https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example"):
        answer = Client().post("/account/login/", {"login": ada.email, "password": PASSWORD, "next": target})

        assert answer["Location"] == "/"
