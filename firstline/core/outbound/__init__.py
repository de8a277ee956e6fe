"""The only way out by HTTP: to public addresses, once, for a few seconds, for a few bytes."""

from .client import Answer, send
from .refusals import Forbidden, TooSlow, Unreachable

__all__ = ["Answer", "Forbidden", "TooSlow", "Unreachable", "send"]
