"""What a row of a book is, before anybody thinks of sheets: a line, its key, what may be typed into it.

Uses the tree, for a line carries its formula as one. Which lines a scheme has is decided further up; where they stand, too.
"""
