from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from firstline.core.actions import Refused, action
from firstline.core.events.record import record
from firstline.people.organisations.events import DepartmentArchived, DepartmentSaved
from firstline.people.organisations.models import Department, Organisation


@action("department.save", permission="organisation.edit")
def save_department(
    department: Department | None, *, name: str, organisation: Organisation | None = None, head: Any = None, by: Any
) -> Department:
    """Add a department (none given) or change its name, organisation and head."""
    title = " ".join(name.split())
    if not title:
        raise Refused(_("Give the department a name."))
    row = department or Department()
    if Department.objects.filter(name=title, organisation=organisation).exclude(pk=row.pk).exists():
        raise Refused(_("This organisation has a department of this name already."))
    wanted = {"name": title, "organisation": organisation, "head": head}
    changed = [] if department is None else [key for key, value in wanted.items() if getattr(row, key) != value]
    if department is not None and not changed:
        return row
    for key, value in wanted.items():
        setattr(row, key, value)
    row.save()
    record(row, DepartmentSaved, by=by, fields=changed)
    return row


@action("department.archive", permission="organisation.edit")
def archive_department(department: Department, *, is_archived: bool = True, by: Any) -> Department:
    """Put a department into the archive, where it can no longer be chosen, or take it out."""
    if department.is_active == is_archived:
        department.is_active = not is_archived
        department.save(update_fields=["is_active"])
        record(department, DepartmentArchived, by=by, is_archived=is_archived)
    return department
