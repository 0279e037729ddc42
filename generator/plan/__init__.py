"""Scheme → plan: every line of the book, in order, and what all of them come to.

Uses the scheme, the rules and the language. A plan knows lines, blocks and tables and no sheet; the evaluation of a plan is
here as well, since it needs nothing more.
"""
