"""A word from outside that must be one of a few."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext as _

from .registry import Refused


def chosen[C: TextChoices](choices: type[C], value: object) -> C:
    """The choice that this value names; Refused with the list of them otherwise."""
    if value not in choices.values:
        words = ", ".join(choices.values)
        raise Refused(_("“%(value)s” is none of: %(choices)s.") % {"value": str(value)[:60], "choices": words})
    return choices(value)
