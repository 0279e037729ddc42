"""The scheme file: its models, how it is read and what is wrong with it, in Chinese with line and way out.

Uses the rules, for an indicator is scored by one, and the language for what is declared. What a scheme's book shows and
computes is no business of this room: that is the plan's.
"""
