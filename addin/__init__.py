"""What people do with schemes and workbooks, in Excel or at a terminal. Builds on ``generator``, never the reverse.

`cli`, `cli_addin` and `buttons` are called from outside (installed ribbons name them), `actions` is what they do; below are
the rooms: `workbooks` judges and mends, `live` is the workbook that is open, `engines` the programs, `packaging` the add-in.
"""
