"""The list of forms; making, naming, publishing, versions, and how filling in goes."""

from __future__ import annotations

from typing import Any

from django import forms as django_forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from firstline.core.actions import Refused, may
from firstline.core.entry import access, signed_in
from firstline.core.ui.render import page
from firstline.people.accounts.queries import named
from firstline.work.intake.actions.publish import go_back, publish, retire
from firstline.work.intake.actions.shape import make_form, name_form
from firstline.work.intake.models import FormVersion
from firstline.work.intake.queries.filling import filling_of
from firstline.work.intake.queries.forms import forms_of, working
from firstline.work.intake.queries.words import diff_in_words, language

from .builder import mine, where


class FormFacts(django_forms.Form):
    """What a form is called, and in which languages it asks."""

    name = django_forms.CharField(label=gettext_lazy("Name"), max_length=120)
    languages = django_forms.MultipleChoiceField(
        label=gettext_lazy("Languages"), choices=settings.LANGUAGES, widget=django_forms.CheckboxSelectMultiple,
        initial=["en"],
    )  # fmt: skip
    owner = django_forms.CharField(
        label=gettext_lazy("Owner"), required=False, help_text=gettext_lazy("A name or a mail address")
    )


@signed_in
def forms(request: HttpRequest) -> HttpResponse:
    """The forms this person may shape."""
    rows = []
    for each in forms_of(request.user).order_by("is_retired", "name", "id")[:500]:
        version = working(each)
        rows.append({"form": each, "version": version, "questions": sum(1 for q in version.questions if q.is_asked)})
    names = {"rows": rows, "may_add": may(request.user, "catalog.add"), "breadcrumb": [(_("Forms"), None)]}
    return page(request, "intake/forms.html", names)


@access("catalog.add")
def new(request: HttpRequest) -> HttpResponse:
    """Begin a form."""
    facts = FormFacts(request.POST or None)
    del facts.fields["owner"]
    if request.method == "POST" and facts.is_valid():
        said = facts.cleaned_data
        made = make_form(said["name"], languages=said["languages"], by=request.user)
        return HttpResponseRedirect(reverse("intake:form", args=[made.pk]))
    names = {
        "form": facts,
        "heading": _("New form"),
        "back": reverse("intake:forms"),
        "breadcrumb": [(_("Forms"), reverse("intake:forms")), (_("New form"), None)],
    }
    return page(request, "intake/facts.html", names, status=422 if facts.errors else 200)


@signed_in
def facts(request: HttpRequest, pk: int) -> HttpResponse:
    """Name, languages and owner of a form."""
    found = mine(request, pk)
    known = {"name": found.name, "languages": found.languages, "owner": found.owner.display_name if found.owner else ""}
    said = FormFacts(request.POST or None, initial=known)
    if request.method == "POST" and said.is_valid():
        owner = _owner(said, found.owner, request)
        if not said.errors:
            name_form(
                found,
                name=said.cleaned_data["name"],
                languages=said.cleaned_data["languages"],
                owner=owner,
                by=request.user,
            )
            return HttpResponseRedirect(reverse("intake:form", args=[pk]))
    names = {
        "form": said,
        "heading": found.name,
        "back": reverse("intake:form", args=[pk]),
        "breadcrumb": where(found, (_("Name and languages"), None)),
    }
    return page(request, "intake/facts.html", names, status=422 if said.errors else 200)


@signed_in
@require_POST
def publication(request: HttpRequest, pk: int) -> HttpResponse:
    """Publish the draft, go back to the version before, or take the form out of use."""
    found = mine(request, pk)
    verb, words = {
        "back": (go_back, _("The version before is in force again.")),
        "retire": (retire, _("The form is out of use.")),
    }.get(request.POST.get("do", ""), (publish, _("Published.")))
    try:
        verb(found, by=request.user)
    except Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, words)
    back = "intake:versions" if request.POST.get("do") == "back" else "intake:form"
    return HttpResponseRedirect(reverse(back, args=[pk]))


@signed_in
def versions(request: HttpRequest, pk: int) -> HttpResponse:
    """Every version, and what became of the form from one to the next."""
    found = mine(request, pk)
    listed = sorted(found.versions.select_related("published_by"), key=lambda each: each.number)
    rows = [
        {"version": each, "changes": diff_in_words(before.questions, each.questions) if before else []}
        for before, each in zip([None, *listed], listed, strict=False)
    ]
    names = {
        "form": found,
        "rows": list(reversed(rows)),
        "may_go_back": any(each.state == FormVersion.State.RETIRED and each.published_at for each in listed)
        and any(each.state == FormVersion.State.PUBLISHED for each in listed),
        "breadcrumb": where(found, (_("Versions"), None)),
    }
    return page(request, "intake/versions.html", names)


@signed_in
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """How long filling in takes, and where people stop."""
    found = mine(request, pk)
    names = {
        "form": found,
        "filling": filling_of(found, language=language()),
        "breadcrumb": where(found, (_("How filling in goes"), None)),
    }
    return page(request, "intake/report.html", names)


def _owner(said: Any, before: Any, request: HttpRequest) -> Any:
    words = said.cleaned_data["owner"].strip()
    if not words or (before and words == before.display_name):
        return before
    found = named(request.user, words)
    if found is None:
        said.add_error("owner", _("Nobody, or several people, are called so. Write the mail address."))
    return found
