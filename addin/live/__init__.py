"""The workbook that is open in a spreadsheet program: read in few large calls, changed in place, put back as it was.

Uses `workbooks` for judgement and `engines` for the programs. What a button says and when is for `buttons`; what is right
or wrong is never decided here.
"""
