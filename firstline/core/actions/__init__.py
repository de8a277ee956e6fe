"""One verb, one place: every change is an action, registered with its permission.

The page, bulk edit, the API, automations, workflow steps and the assistant call the same registry.
"""

from .acting import Via, acting, is_acting, via
from .guard import ChangedByActions, GuardedManager, GuardedQuerySet, OutsideAction
from .registry import Action, Actor, NotAllowed, Refused, action, all_actions, find, may, plug_in_permissions

__all__ = [
    "Action", "Actor", "ChangedByActions", "GuardedManager", "GuardedQuerySet", "NotAllowed", "OutsideAction",
    "Refused", "Via", "acting", "action", "all_actions", "find", "is_acting", "may", "plug_in_permissions", "via",
]  # fmt: skip
