"""What happens to organisations, their departments and who belongs to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from firstline.core.events import EventKind

if TYPE_CHECKING:
    from firstline.core.events.models import Event


class OrganisationSaved(EventKind):
    """Facts: `fields`, the names of what changed; empty for a new one."""

    key = "organisation.saved"
    noun = "organisation"
    icon = "edit"

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("changed the organisation") if event.facts.get("fields") else _("added the organisation")


class OrganisationArchived(EventKind):
    key = "organisation.archived"
    noun = "organisation"
    icon = "archive"

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("archived the organisation") if event.facts.get("is_archived") else _("took it out of the archive")


class DepartmentSaved(EventKind):
    key = "department.saved"
    noun = "department"
    icon = "edit"

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("changed the department") if event.facts.get("fields") else _("added the department")


class DepartmentArchived(EventKind):
    key = "department.archived"
    noun = "department"
    icon = "archive"

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("archived the department") if event.facts.get("is_archived") else _("took it out of the archive")


class MembershipChanged(EventKind):
    """About the person. Facts: ids of organisation, department and manager, and whether they are a VIP."""

    key = "person.membership_changed"
    noun = "person"
    icon = "person"

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("changed where they belong")
