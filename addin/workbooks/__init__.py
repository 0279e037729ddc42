"""A workbook read, judged, mended and explained, wherever it is: `Book` is all that is asked of it.

`snapshot` says which scheme it belongs to and where its cells are, `audit` what is missing, wrong or tampered with, `repair`
what is put back, `explanation` how a score came about. Uses ``generator``; knows no spreadsheet program and no user's screen.
"""
