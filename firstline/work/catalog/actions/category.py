"""The shelves of the catalog."""

from __future__ import annotations

from typing import Any

from django.utils.text import slugify
from django.utils.translation import gettext as _

from firstline.core import search
from firstline.core.actions import Refused, action
from firstline.core.events.record import record
from firstline.work.catalog.events import ServiceCategoryChanged
from firstline.work.catalog.models import Category, Offering

DEEPEST = 4


@action("service_category.save", permission="catalog.edit")
def save_category(category: Category, *, by: Any) -> Category:
    """Add a category of the catalog, rename it or move it."""
    category.names = {code: text.strip()[:80] for code, text in category.names.items() if text.strip()}
    if not category.names:
        raise Refused(_("A category needs a name."))
    if category.pk and category.parent and f"/{category.pk}/" in category.parent.path:
        raise Refused(_("A category cannot be moved below itself."))
    if category.parent and category.parent.path.count("/") > DEEPEST:
        raise Refused(_("The tree is deep enough: nobody finds what lies further down."))
    if not category.key:
        category.key = _free_key(slugify(category.names.get("en") or category.said()) or "category")
    old_path = category.path
    category.save()
    category.path = f"{category.parent.path if category.parent else '/'}{category.pk}/"
    category.save(update_fields=["path"])
    if old_path and old_path != category.path:
        for below in Category.objects.filter(path__startswith=old_path).exclude(pk=category.pk):
            below.path = category.path + below.path.removeprefix(old_path)
            below.save(update_fields=["path"])
    search.refresh("offering", *Offering.objects.filter(category=category).values_list("pk", flat=True))
    record(category, ServiceCategoryChanged, by=by, name=category.said())
    return category


def _free_key(wanted: str) -> str:
    base, number = wanted[:36], 2
    key = base
    while Category.objects.filter(key=key).exists():
        key, number = f"{base}-{number}", number + 1
    return key
