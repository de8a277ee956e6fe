"""What a worker does for runs: timers that are due, and asking other systems."""

from . import ldap, scim, secrets
from .timers import fire_due, start_what_is_due

__all__ = ["fire_due", "ldap", "scim", "secrets", "start_what_is_due"]
