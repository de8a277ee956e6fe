"""What automations keep: themselves with every version, each firing, macros, canned replies, and their uses."""

from .automations import Automation, Book, Firing, Version
from .macros import CannedReply, CannedUse, Macro, MacroUse
from .suggestions import Suggestion

__all__ = ["Automation", "Book", "CannedReply", "CannedUse", "Firing", "Macro", "MacroUse", "Suggestion", "Version"]
