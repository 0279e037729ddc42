"""Scheme in, workbook out: everything that turns a scoring scheme into a spreadsheet that scores itself.

Nothing here needs Excel, and nothing here imports xlwings; what people do with the result lives in ``addin``.
"""
