"""What can happen to what people may ask for."""

from __future__ import annotations

from django.utils.translation import gettext as _

from firstline.core.events import EventKind
from firstline.core.events.models import Event


class OfferingChanged(EventKind):
    """Facts: {"name": words, "parts": [names of what changed]}."""

    key = "offering.changed"
    noun = "offering"
    icon = "edit"

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("changed the offering “%(name)s”") % {"name": event.facts["name"]}


class OfferingPublished(EventKind):
    """Facts: {"name": words}."""

    key = "offering.published"
    noun = "offering"
    icon = "check-circle"

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("published the offering “%(name)s”") % {"name": event.facts["name"]}


class OfferingRetired(EventKind):
    """Facts: {"name": words}."""

    key = "offering.retired"
    noun = "offering"
    icon = "archive"

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("took the offering “%(name)s” out of the catalog") % {"name": event.facts["name"]}


class ServiceCategoryChanged(EventKind):
    """Facts: {"name": words}."""

    key = "service_category.changed"
    noun = "service_category"
    icon = "category"

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("changed the catalog category “%(name)s”") % {"name": event.facts["name"]}
