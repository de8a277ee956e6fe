"""Settings of the organisation: declared by rooms, set by an action, read from a cache.

NAME = declare(Preference("organisation.name", str, default="", label=_("Name"), section="organisation"))
NAME.get()
"""

from .declaring import Preference, Section, all_preferences, all_sections, declare, declare_section, find

__all__ = [
    "Preference", "Section", "all_preferences", "all_sections", "declare", "declare_section", "find",
]  # fmt: skip
