"""Arithmetic written once: the nodes of the expression tree, and its readers: Excel formula, exact value, explanation.

A reader turns any tree into one thing and knows no rule, no scheme and no sheet; cells are names of lines to it. Uses the
ground only. What a particular regulation says does not belong here, nor does any address of a cell.
"""
