"""Layout → sheets: one module a sheet of the book, each building plain `Sheet` data; `book` puts them together.

Uses the layout and an evaluation of the plan. Texts, colours and widths come from the template; no file format here.
"""
