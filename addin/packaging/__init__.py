"""The Excel add-in and the LibreOffice extension: built from the texts in ``ribbon/``, installed, and looked over.

What the buttons do is in ``buttons.py``; nothing here opens a workbook.
"""
