"""The page behind the link of a mail. The link is the proof; looking at it, however often, changes nothing."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from firstline.core import clock
from firstline.core.actions import Refused, via
from firstline.core.entry import checks_itself
from firstline.core.preferences.house import language_of_a_page
from firstline.core.ui.render import page
from firstline.flow.surveys.actions.answer import answer
from firstline.flow.surveys.actions.pulse import answer_pulse
from firstline.flow.surveys.forms import AnswerForm
from firstline.flow.surveys.models import Feedback, PulseInvitation, Question
from firstline.flow.surveys.rules import FEEDBACK, PULSE, key_in
from firstline.work.tickets.models import StatusType

# What the links of a mail propose; only the button says it.
PROPOSED = {
    "good": {"solved": "yes", "satisfied": "yes"},
    "bad": {"solved": "yes", "satisfied": "no"},
    "solved": {"solved": "yes"},
    "unsolved": {"solved": "no"},
}


@checks_itself
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def feedback(request: HttpRequest, token: str) -> HttpResponse:
    """Say whether it is solved, and how it was, without signing in."""
    key = key_in(FEEDBACK, token)
    found = (
        Feedback.objects.select_related("ticket", "person", "survey", "asking").filter(pk=key).first() if key else None
    )
    if found is None or not found.person.is_active:
        return _gone(request)
    with translation.override(language_of_a_page(found.person.language)):
        return _feedback(request, found)


@checks_itself
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def pulse(request: HttpRequest, token: str) -> HttpResponse:
    """Say what one thinks of the desk. Who says it is forgotten at once."""
    key = key_in(PULSE, token)
    found = PulseInvitation.objects.select_related("round__survey", "person").filter(pk=key).first() if key else None
    if found is None:
        return _gone(request)
    with translation.override(language_of_a_page(found.person.language)):
        return _pulse(request, found)


def _feedback(request: HttpRequest, found: Feedback) -> HttpResponse:
    ticket = found.ticket
    is_open = found.expires_at > clock.now() and ticket.merged_into_id is None
    confirms = found.asking is not None and ticket.state in {StatusType.RESOLVED, StatusType.CLOSED}
    questions = Question.objects.filter(survey=found.survey_id, is_active=True) if found.asks_to_rate else []
    form = AnswerForm(
        request.POST or None, initial=_proposed(request, found), questions=questions, confirms=confirms,
        rates=found.asks_to_rate,
    )  # fmt: skip
    if request.method == "POST" and is_open and form.is_valid():
        try:
            with via("portal"):
                answer(
                    found,
                    is_solved=form.said("solved"),
                    is_satisfied=form.said("satisfied"),
                    remark=form.cleaned_data["remark"],
                    answers=form.answers(),
                    by=None,
                )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return HttpResponseRedirect(f"{request.path}?thanks")
    names = {
        "ticket": ticket,
        "form": form if is_open and (confirms or found.asks_to_rate) else None,
        "is_thanks": "thanks" in request.GET and found.answered_at is not None,
        "is_unsolved": ticket.is_unsolved,
        "heading": ticket.subject,
        "detail": _("Request #%(number)s") % {"number": ticket.pk},
    }
    return _answered(request, names, status=422 if form.errors else 200)


def _pulse(request: HttpRequest, found: PulseInvitation) -> HttpResponse:
    is_open = not found.round.is_over and not found.has_answered
    questions = Question.objects.filter(survey=found.round.survey_id, is_active=True)
    form = AnswerForm(request.POST or None, questions=questions, has_remark=False)
    if request.method == "POST" and is_open and form.is_valid():
        try:
            answer_pulse(found, form.answers(), by=None)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return HttpResponseRedirect(f"{request.path}?thanks")
    names = {
        "ticket": None,
        "form": form if is_open else None,
        "is_thanks": found.has_answered,
        "is_unsolved": False,
        "heading": _("How does the help desk work for you?"),
        "detail": _(
            "Your answers are kept without your name, and shown only where at least five people have answered."
        ),
    }
    return _answered(request, names, status=422 if form.errors else 200)


def _proposed(request: HttpRequest, found: Feedback) -> dict[str, Any]:
    """What the link says, else what was said before."""
    words = {True: "yes", False: "no"}
    initial: dict[str, Any] = {f"question_{key}": words.get(value, value) if isinstance(value, bool) else value
                               for key, value in found.answers.items()}  # fmt: skip
    initial["remark"] = found.remark
    if found.is_satisfied is not None:
        initial["satisfied"] = words[found.is_satisfied]
    if found.answered_at is not None and found.ticket.state == StatusType.CLOSED:
        initial["solved"] = "yes"
    return initial | PROPOSED.get(request.GET.get("say", ""), {})


def _answered(request: HttpRequest, names: dict[str, Any], *, status: int = 200) -> HttpResponse:
    response = page(request, "surveys/answer.html", names, status=status)
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"
    return response


def _gone(request: HttpRequest) -> HttpResponse:
    names = {"ticket": None, "form": None, "is_thanks": False, "is_unsolved": False, "detail": "",
             "heading": _("This link does not work")}  # fmt: skip
    return _answered(request, names | {"hint": reverse("portal:home")}, status=404)
