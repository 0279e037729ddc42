"""What xlwings leaves out, in one set of functions over xlwings objects: protection, the view, the state of a book, undo.

Excel is reached through ``.api``: COM on Windows, appscript on macOS. LibreOffice is reached through UNO. Nobody else needs
to know which it is.
"""

from addin.engines.adapter.changing import hush, one_step, quiet
from addin.engines.adapter.file import lay_aside, path_of, store_copy, url_of
from addin.engines.adapter.locking import (
    ALLOWED,
    Protection,
    WrongPassword,
    is_locked,
    is_protected,
    is_structure_protected,
    protect,
    protection,
    set_locked,
    unprotect,
    unprotected,
)
from addin.engines.adapter.programs import is_libreoffice, is_mac
from addin.engines.adapter.state import calculates_as_shown, has_arrays, has_links, has_macros, is_protected_view, is_read_only, is_shared
from addin.engines.adapter.window import View, go_to, hide_rows, restore_view, view

__all__ = [
    "ALLOWED",
    "Protection",
    "View",
    "WrongPassword",
    "calculates_as_shown",
    "go_to",
    "has_arrays",
    "has_links",
    "has_macros",
    "hide_rows",
    "hush",
    "is_libreoffice",
    "is_locked",
    "is_mac",
    "is_protected",
    "is_protected_view",
    "is_read_only",
    "is_shared",
    "is_structure_protected",
    "lay_aside",
    "one_step",
    "path_of",
    "protect",
    "protection",
    "quiet",
    "restore_view",
    "set_locked",
    "store_copy",
    "unprotect",
    "unprotected",
    "url_of",
    "view",
]
