"""Scorebook for Windows machines that have no Python: a folder with a Python of its own, as a zip and as an installer.

Put together on any system from the official embeddable Python and from wheels, all pinned by their hashes. What an
installed copy does to the machine it is on is `desk`'s; nothing here opens a workbook.
"""
