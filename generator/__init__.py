"""Scheme in, workbook out: everything that turns a scoring scheme into a spreadsheet that scores itself.

The folders are the stages of a pipeline, each with the things it makes and the readers of what it was given: tree → lines →
language → rules → scheme → plan → layout → sheets → xlsx, with `fillings`, `lint` and `verification` beside it. A room uses
only rooms below it; docs/architecture.md draws them. The modules that stand here alone are the ground: values, problems,
files, YAML with line numbers. Nothing here needs Excel or imports xlwings; what people do with the result lives in ``addin``.
"""
