"""Spreadsheet programs under xlwings that xlwings itself does not know, and what its public API leaves out.

`libreoffice` is an engine; `adapter` is one set of functions over Excel and LibreOffice. Nothing here knows a scheme.
"""
