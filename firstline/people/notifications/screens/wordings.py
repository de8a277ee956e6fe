from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from firstline.core.actions import Refused
from firstline.core.entry import access
from firstline.core.preferences.house import LANGUAGE, ORGANISATION_NAME
from firstline.core.ui.render import page
from firstline.people.notifications.actions.wording import reset_words, word
from firstline.people.notifications.engine.words import fill, one_line
from firstline.people.notifications.fields import Kind, all_kinds, kind_of, knows
from firstline.people.notifications.forms import WordingForm
from firstline.people.notifications.models import Reason, Wording
from firstline.people.notifications.queries import placeholders_of

EXAMPLES = {"number": "4217", "subject": "The printer on the third floor jams", "priority": "2"}


@access("settings.view")
@require_safe
def wordings(request: HttpRequest) -> HttpResponse:
    """All kinds of notices in one language, and which of them say it in the organisation's own words."""
    language = _language(request.GET.get("language", LANGUAGE.get()))
    own = {row.kind: row for row in Wording.objects.filter(language=language)}
    with translation.override(language):
        originals = {kind.key: str(kind.title) for kind in all_kinds()}
    rows = [
        (kind, own[kind.key].title if kind.key in own else originals[kind.key], kind.key in own) for kind in all_kinds()
    ]
    context = {"rows": rows, "chosen": language, "all_languages": settings.LANGUAGES, "breadcrumb": _where()}
    return page(request, "notifications/wordings.html", context)


@access("settings.edit")
def wording(request: HttpRequest, kind: str, language: str) -> HttpResponse:
    """The words of one kind in one language, with a preview."""
    found, language = _kind(kind), _language(language)
    own = Wording.objects.filter(kind=kind, language=language).first()
    original = _original(found, language)
    form = WordingForm(request.POST or None, initial=_of(own) if own else original)
    if request.method == "POST" and "preview" not in request.POST and form.is_valid():
        try:
            word(kind, language, title=form.cleaned_data["title"], text=form.cleaned_data["text"], by=request.user)
            messages.success(request, _("Saved."))
            return HttpResponseRedirect(reverse("notifications:wording", args=[kind, language]))
        except Refused as refusal:
            form.add_error(None, str(refusal))
    shown = form.cleaned_data if form.is_bound and form.is_valid() else _of(own) if own else original
    context = {
        "kind": found,
        "chosen": language,
        "language_name": dict(settings.LANGUAGES)[language],
        "form": form,
        "is_own": own is not None,
        "original": original,
        "placeholders": placeholders_of(found),
        "preview": _preview(shown, found, request.user),
        "breadcrumb": _where((str(found.label), None)),
    }
    return page(request, "notifications/wording.html", context)


@access("settings.edit")
@require_POST
def original(request: HttpRequest, kind: str, language: str) -> HttpResponse:
    """Take the original words again."""
    reset_words(_kind(kind).key, _language(language), by=request.user)
    return HttpResponseRedirect(reverse("notifications:wording", args=[kind, language]))


def _original(kind: Kind, language: str) -> dict[str, str]:
    with translation.override(language):
        return {"title": str(kind.title), "text": str(kind.text)}


def _of(row: Wording) -> dict[str, str]:
    return {"title": row.title, "text": row.text}


def _preview(words: dict[str, str], kind: Kind, viewer: Any) -> dict[str, str]:
    """As a reader would see it, with made-up values: no ticket is needed, and none is shown."""
    values = {name: EXAMPLES.get(name, f"‹{label}›") for name, label in placeholders_of(kind).items()}
    values |= {
        "person": viewer.short_name,
        "organisation": ORGANISATION_NAME.get(),
        "link": f"{settings.BASE_URL}/tickets/4217",
        "why": str(Reason.OWNER.label),
    }
    return {"title": one_line(fill(words["title"], values)), "text": fill(words["text"], values)}


def _kind(key: str) -> Kind:
    if not knows(key):
        raise Http404
    return kind_of(key)


def _language(code: str) -> str:
    if code not in dict(settings.LANGUAGES):
        raise Http404
    return code


def _where(*steps: tuple[str, str | None]) -> list[tuple[str, str | None]]:
    return [(_("Settings"), "/settings"), (_("Texts of notices"), reverse("notifications:wordings") if steps else None),
            *steps]  # fmt: skip
