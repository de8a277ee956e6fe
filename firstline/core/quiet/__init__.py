"""Whether this installation may speak to the outside: mail, chat, webhooks.

A restored copy must not send again what the original has sent, so it is quiet until somebody lets it speak.
Whoever sends asks first, and leaves its work waiting: `if is_quiet(): return`.
"""

from __future__ import annotations


def is_quiet() -> bool:
    """Whether nothing may leave this machine now."""
    from .models import Silence  # noqa: PLC0415 -- needs loaded apps

    return Silence.objects.filter(ended_at__isnull=True).exists()
