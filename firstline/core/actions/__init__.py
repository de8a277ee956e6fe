"""One verb, one place: every change is an action, registered with its permission.

The page, bulk edit, the API, automations, workflow steps and the assistant call the same registry.
"""

from .acting import Via, acting, at_the_end, fenced, held, is_acting, prove_it_is_ours, together, via
from .choosing import chosen
from .guard import ChangedByActions, GuardedManager, GuardedQuerySet, OutsideAction
from .marks import Mark
from .registry import Action, Actor, NotAllowed, Refused, action, all_actions, find, may, plug_in_permissions

__all__ = [
    "Action", "Actor", "ChangedByActions", "GuardedManager", "GuardedQuerySet", "Mark", "NotAllowed", "OutsideAction",
    "Refused", "Via", "acting", "action", "all_actions", "at_the_end", "chosen", "fenced", "find", "held", "is_acting",
    "may", "plug_in_permissions", "prove_it_is_ours", "together", "via",
]  # fmt: skip
