"""Proof that the three readings agree: worked cases and random fillings, through two engines that are not ours.

`generator.fillings` says what is typed in, `formulas_engine` evaluates the workbook's formula text with the ``formulas`` package,
`libreoffice` lets a real spreadsheet program recalculate the file, `compare` holds both against the exact reading.
"""
