"""Files kept by their content: stored once, found by SHA-256, safe on the disk before any row names them."""

from .folder import Folder
from .keeping import StoredFile, TooLarge, fetch, is_there, open_file, storage, store
from .references import refer
from .storage import Damaged, Missing, NoSpace, Storage
from .sweep import Report, check_files, delete_unreferenced

__all__ = [
    "Damaged", "Folder", "Missing", "NoSpace", "Report", "Storage", "StoredFile", "TooLarge", "check_files",
    "delete_unreferenced", "fetch", "is_there", "open_file", "refer", "storage", "store",
]  # fmt: skip
