"""The definition workbook: a scheme on sheets that officials edit, and the scheme file that comes of it.

What stands where is derived from the models of the scheme and of the rules, so a new rule kind or field has its column without
a line here; `words` only says how things are called. What a scheme means is no business of this room, nor are filled books.
"""
