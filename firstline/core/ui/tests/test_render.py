"""One view, two answers."""

from collections.abc import Callable

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django_htmx.middleware import HtmxMiddleware

from firstline.core.ui.render import page

# A page names the organisation, which is kept in the database.
pytestmark = pytest.mark.django_db
Answer = Callable[..., HttpResponse]


@pytest.fixture
def answer(rf: RequestFactory) -> Answer:
    def view(**headers: str) -> HttpResponse:
        response = HtmxMiddleware(_view)(rf.get("/", headers=headers))
        assert isinstance(response, HttpResponse)
        return response

    return view


def _view(request: HttpRequest) -> HttpResponse:
    return page(request, "404.html", block="content")


def test_a_browser_gets_the_page(answer: Answer) -> None:
    assert answer().content.startswith(b"<!doctype html>")


def test_htmx_gets_the_block(answer: Answer) -> None:
    response = answer(HX_Request="true", HX_Request_Type="partial")

    assert b"<html" not in response.content
    assert b"no longer exists" in response.content
    assert "HX-Request" in response["Vary"]


@pytest.mark.parametrize("headers", [{"HX_Boosted": "true"}, {"HX_Request_Type": "full"}])
def test_htmx_gets_the_page_when_it_wants_all_of_it(answer: Answer, headers: dict[str, str]) -> None:
    assert answer(HX_Request="true", **headers).content.startswith(b"<!doctype html>")


def test_a_missing_block_is_named(rf: RequestFactory) -> None:
    request = rf.get("/", headers={"HX-Request": "true"})
    HtmxMiddleware(lambda _request: HttpResponse())(request)

    with pytest.raises(LookupError, match="timeline"):
        page(request, "404.html", block="timeline")
