"""Plan → layout: which sheet, row and column each line gets, how wide and high they are, where pages break.

Uses the plan, and the template (`design`) for sizes. Whoever needs the address of a cell asks a `Layout`; what stands in
the cell is not decided here.
"""
