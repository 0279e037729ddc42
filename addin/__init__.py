"""What people do with schemes and workbooks, in Excel or at a terminal. Builds on ``generator``, never the reverse."""
