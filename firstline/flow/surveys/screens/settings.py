"""What is asked, of whom, when, and in which words."""

from __future__ import annotations

from typing import Any

from django.conf import settings as django_settings
from django.contrib import messages
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from firstline.core.actions import Refused
from firstline.core.entry import access
from firstline.core.preferences import house
from firstline.core.ui.render import page
from firstline.flow.surveys.actions.pulse import begin_pulse
from firstline.flow.surveys.actions.settings import save_question, save_survey, save_wording
from firstline.flow.surveys.engine.letters import fill
from firstline.flow.surveys.forms import PulseForm, QuestionForm, SurveyForm, WordingForm
from firstline.flow.surveys.models import Question, Survey, Wording
from firstline.flow.surveys.queries.letters import default_words


@access("survey.edit")
def surveys(request: HttpRequest) -> HttpResponse:
    """All surveys, and the words of our mails."""
    groups = [
        (occasion, [each for each in Survey.objects.prefetch_related("questions") if each.occasion == occasion])
        for occasion in Survey.Occasion
    ]
    own = set(Wording.objects.values_list("key", "language"))
    names = {
        "groups": groups,
        "wordings": [
            (key, label, [(code, (key, code) in own) for code, _name in django_settings.LANGUAGES])
            for key, label in Wording.Key.choices
        ],
        "language_names": dict(django_settings.LANGUAGES),
        "breadcrumb": _where((_("Surveys"), None)),
    }
    return page(request, "surveys/settings.html", names)


@access("survey.edit")
def new_survey(request: HttpRequest, occasion: str) -> HttpResponse:
    """Add a survey for an occasion."""
    if occasion not in Survey.Occasion.values:
        raise Http404
    return _survey(request, Survey(occasion=occasion), _("New survey"))


@access("survey.edit")
def survey(request: HttpRequest, pk: int) -> HttpResponse:
    """One survey: whom it asks, when, and what."""
    found = get_object_or_404(Survey, pk=pk)
    return _survey(request, found, _(found.name))


@access("survey.edit")
@require_POST
def beginning(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask now, without waiting for the quarter."""
    begin_pulse(get_object_or_404(Survey, pk=pk), by=request.user)
    messages.success(request, _("The invitations are on their way."))
    return HttpResponseRedirect(reverse("surveys:survey", args=[pk]))


@access("survey.edit")
def new_question(request: HttpRequest, survey: int) -> HttpResponse:
    """Add a question."""
    asked_in = get_object_or_404(Survey, pk=survey)
    last = asked_in.questions.order_by("-position").first()
    return _question(request, Question(survey=asked_in, position=last.position + 1 if last else 0), _("New question"))


@access("survey.edit")
def question(request: HttpRequest, survey: int, pk: int) -> HttpResponse:
    """Change a question."""
    found = get_object_or_404(Question.objects.select_related("survey"), pk=pk, survey=survey)
    return _question(request, found, found.words)


@access("survey.edit")
def wording(request: HttpRequest, key: str, language: str) -> HttpResponse:
    """Say one of our mails in the organisation's own words."""
    if key not in Wording.Key.values or language not in dict(django_settings.LANGUAGES):
        raise Http404
    found = Wording.objects.filter(key=key, language=language).first() or Wording(key=key, language=language)
    form = WordingForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid() and _saved(form, save_wording, form.instance, request):
        return HttpResponseRedirect(request.path)
    with translation.override(language):
        subject, text = default_words(key)
        sample = {"name": "Rosa", "number": "1042", "subject": _("VPN drops every twenty minutes"),
                  "organisation": house.ORGANISATION_NAME.get(), "closes": "2026-11-30"}  # fmt: skip
    heading = str(Wording.Key(key).label)
    names = {
        "form": form,
        "heading": heading,
        "language": dict(django_settings.LANGUAGES)[language],
        "default_subject": subject,
        "default_text": text,
        "preview_subject": fill(form["subject"].value() or subject, sample),
        "preview_text": fill(form["text"].value() or text, sample),
        "breadcrumb": _where((_("Surveys"), reverse("surveys:settings")), (heading, None)),
    }
    return page(request, "surveys/wording.html", names, status=422 if form.errors else 200)


def _survey(request: HttpRequest, found: Survey, heading: str) -> HttpResponse:
    form_class = PulseForm if found.occasion == Survey.Occasion.PULSE else SurveyForm
    form = form_class(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid() and _saved(form, save_survey, form.instance, request):
        return HttpResponseRedirect(reverse("surveys:survey", args=[form.instance.pk]))
    names = {
        "form": form,
        "heading": heading,
        "survey": found if found.pk else None,
        "questions": list(Question.objects.filter(survey=found.pk)) if found.pk else [],
        "is_pulse": found.occasion == Survey.Occasion.PULSE,
        "breadcrumb": _where((_("Surveys"), reverse("surveys:settings")), (heading, None)),
    }
    return page(request, "surveys/survey.html", names, status=422 if form.errors else 200)


def _question(request: HttpRequest, found: Question, heading: str) -> HttpResponse:
    form = QuestionForm(request.POST or None, instance=found)
    back = reverse("surveys:survey", args=[found.survey_id])
    if request.method == "POST" and form.is_valid() and _saved(form, save_question, form.instance, request):
        return HttpResponseRedirect(back)
    names = {
        "form": form,
        "heading": heading,
        "back": back,
        "breadcrumb": _where(
            (_("Surveys"), reverse("surveys:settings")), (_(found.survey.name), back), (heading, None)
        ),
    }
    return page(request, "surveys/question.html", names, status=422 if form.errors else 200)


def _saved(form: BaseForm, save: Any, thing: Any, request: HttpRequest) -> bool:
    try:
        save(thing, by=request.user)
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, _("Saved."))
    return True


def _where(*steps: tuple[str, str | None]) -> list[tuple[str, str | None]]:
    return [(_("Settings"), reverse("desk:settings")), *steps]
