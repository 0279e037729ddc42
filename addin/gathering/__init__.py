"""Many filled books into the office's one: each is read, by itself, into what it offers; what all of them offer is held against
the book, its earlier rounds and each other; the result is written into the book, with sheets that say where all of it is from.

Uses ``addin.workbooks`` and ``generator``. Knows no terminal and no spreadsheet program.
"""
