"""Formulas that schemes bring along, in their own words: text → syntax tree → expression, and what the names in it mean.

Uses lines and the tree. Knows names, figures and declared inputs, but no indicator, no group and no unit's points: those
are the scheme's. Nothing is ever evaluated as code.
"""
