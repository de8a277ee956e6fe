"""Proven before it is published: every step can be reached, every run can end, and none ends with work left over."""

from .proving import Proof, prove

__all__ = ["Proof", "prove"]
