"""The file format, both ways: sheets → .xlsx, and an .xlsx that somebody has worked on, read and changed in place.

`writer` uses the sheets; `package` and what is below it use the ground only, and know nothing of schemes. XML is touched
nowhere else in ``generator``.
"""
