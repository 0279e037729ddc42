"""The file format, both ways: sheets → .xlsx, and an .xlsx that somebody has worked on, read and changed in place.

`writer` uses the sheets; `package` and what is below it know nothing of schemes; what a cell wears (`dress`) is all that
they have in common. XML is touched
nowhere else in ``generator``.
"""
