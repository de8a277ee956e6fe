from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from firstline.core.actions import Refused
from firstline.core.entry import access
from firstline.core.ui.render import page
from firstline.work.catalog.actions.category import save_category
from firstline.work.catalog.actions.ready import install
from firstline.work.catalog.engine.ready import READY
from firstline.work.catalog.forms import CategoryForm
from firstline.work.catalog.models import Category, Offering
from firstline.work.catalog.queries import category_tree
from firstline.work.intake.engine.questions import in_words
from firstline.work.intake.queries.words import language

from .offerings import languages_of


@access("catalog.edit")
def categories(request: HttpRequest) -> HttpResponse:
    """The shelves of the catalog."""
    names = {"tree": category_tree(), "breadcrumb": [*_where(), (_("Categories"), None)]}
    return page(request, "catalog/categories.html", names)


@access("catalog.edit")
def new(request: HttpRequest) -> HttpResponse:
    """Add a shelf."""
    return _edited(request, Category(), _("New category"))


@access("catalog.edit")
def category(request: HttpRequest, pk: int) -> HttpResponse:
    """Rename or move a shelf."""
    found = get_object_or_404(Category, pk=pk)
    return _edited(request, found, found.said())


@access("catalog.edit")
def ready(request: HttpRequest) -> HttpResponse:
    """Offerings that are ready made: most organisations begin with these."""
    known = set(Offering.objects.values_list("key", flat=True))
    if request.method == "POST":
        return _installed(request, request.POST.getlist("key") or [each["key"] for each in READY])
    rows = [
        {
            "key": each["key"],
            "name": in_words(each["names"], language()),
            "summary": in_words(each["summaries"], language()),
            "icon": each["icon"],
            "is_there": each["key"] in known,
            "questions": sum(1 for q in each["questions"] if q["type"] not in ("page", "section", "info")),
        }
        for each in READY
    ]
    names: dict[str, Any] = {
        "rows": rows,
        "left": sum(1 for row in rows if not row["is_there"]),
        "breadcrumb": [*_where(), (_("Ready made"), None)],
    }
    return page(request, "catalog/ready.html", names)


def _installed(request: HttpRequest, keys: list[str]) -> HttpResponse:
    made = install(keys, by=request.user)
    messages.success(request, _("Installed: %(names)s.") % {"names": ", ".join(each.name for each in made) or "—"})
    return HttpResponseRedirect(reverse("catalog:offerings"))


def _edited(request: HttpRequest, found: Category, heading: str) -> HttpResponse:
    languages = list(dict.fromkeys([*languages_of(found), "en", language()]))
    form = CategoryForm(request.POST or None, instance=found, languages=languages)
    if request.method == "POST" and form.is_valid():
        try:
            save_category(form.filled_in(), by=request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            return HttpResponseRedirect(reverse("catalog:categories"))
    names = {
        "form": form,
        "heading": heading,
        "breadcrumb": [*_where(), (_("Categories"), reverse("catalog:categories")), (heading, None)],
    }
    return page(request, "catalog/category.html", names, status=422 if form.errors else 200)


def _where() -> list[tuple[str, str | None]]:
    return [(_("Catalog"), reverse("catalog:offerings"))]
