from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from firstline.core.actions import Refused, action
from firstline.core.events.record import record
from firstline.people.organisations.events import OrganisationArchived, OrganisationSaved
from firstline.people.organisations.models import Organisation


@action("organisation.save", permission="organisation.edit")
def save_organisation(
    organisation: Organisation | None,
    *,
    name: str,
    domains: list[str] | None = None,
    notes: str = "",
    is_important: bool = False,
    by: Any,
) -> Organisation:
    """Add an organisation (none given) or change its name, mail domains, notes and importance."""
    wanted: dict[str, Any] = {
        "name": " ".join(name.split()),
        "domains": _domains(domains or []),
        "notes": notes.strip(),
        "is_important": is_important,
    }
    if not wanted["name"]:
        raise Refused(_("Give the organisation a name."))
    row = organisation or Organisation()
    if Organisation.objects.filter(name=wanted["name"]).exclude(pk=row.pk).exists():
        raise Refused(_("There is an organisation of this name already."))
    _refuse_domains_of_others(row, wanted["domains"])
    changed = [] if organisation is None else [key for key, value in wanted.items() if getattr(row, key) != value]
    if organisation is not None and not changed:
        return row
    for key, value in wanted.items():
        setattr(row, key, value)
    row.save()
    record(row, OrganisationSaved, by=by, fields=changed)
    return row


@action("organisation.archive", permission="organisation.edit")
def archive_organisation(organisation: Organisation, *, is_archived: bool = True, by: Any) -> Organisation:
    """Put an organisation into the archive, where it can no longer be chosen, or take it out."""
    if organisation.is_active == is_archived:
        organisation.is_active = not is_archived
        organisation.save(update_fields=["is_active"])
        record(organisation, OrganisationArchived, by=by, is_archived=is_archived)
    return organisation


def _domains(raw: list[str]) -> list[str]:
    return sorted({domain for text in raw if (domain := text.strip().lower().removeprefix("@").rstrip("."))})


def _refuse_domains_of_others(row: Organisation, domains: list[str]) -> None:
    if not domains:
        return
    for other in Organisation.objects.exclude(pk=row.pk):
        if shared := set(other.domains) & set(domains):
            raise Refused(
                _("%(domain)s belongs to %(organisation)s already.")
                % {"domain": ", ".join(sorted(shared)), "organisation": other.name}
            )
