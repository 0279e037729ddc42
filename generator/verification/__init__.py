"""Proof that the readers of the tree agree: worked cases and random fillings, through two programs that are not ours.

`formulas_engine` evaluates the workbook's formula text with the ``formulas`` package, `libreoffice_engine` lets a real
spreadsheet program recalculate the file, `compare` holds both against the exact reader. Uses everything below; nothing in
``generator`` uses it.
"""
