"""From one year to the next: a scheme moved on, two schemes compared in words, a filled book's values carried over to other rules.

Schemes and plans in, schemes, words and values out. What a workbook file or a button looks like is no business of this room.
"""
