from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from firstline.core.actions import NotAllowed, may
from firstline.core.entry import access
from firstline.core.preferences.actions.set import set_preference
from firstline.core.preferences.declaring import Section, all_preferences, all_sections
from firstline.core.preferences.forms import SectionForm
from firstline.core.ui.render import page


@access("settings.view")
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Lead to the first section."""
    return HttpResponseRedirect(reverse("preferences:section", args=[all_sections()[0].key]))


@access("settings.view")
@require_http_methods(["GET", "POST"])
def section(request: HttpRequest, section: str) -> HttpResponse:
    """Show the settings of one section; POST changes them, all or none."""
    found = _find(section)
    if request.method == "POST" and not may(request.user, "settings.edit"):
        raise NotAllowed("settings.edit")
    form = SectionForm(section, request.POST or None)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            for key, value in form.changes().items():
                set_preference(key, value, by=request.user)
        messages.success(request, _("Saved."))
        return HttpResponseRedirect(request.path)
    context = {
        "section": found,
        "sections": [item for item in all_sections() if all_preferences(item.key)],
        "form": form,
        "breadcrumb": [(_("Settings"), "/settings"), (found.label, None)],
        "may_edit": may(request.user, "settings.edit"),
    }
    return page(request, "preferences/section.html", context, status=422 if form.errors else 200)


def _find(key: str) -> Section:
    for section in all_sections():
        if section.key == key and all_preferences(key):
            return section
    raise Http404(key)
