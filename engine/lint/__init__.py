"""Smells of a policy that compiles: one rule is one file, listed in `engine.lint.registry`.

Imports `policy` and what engine has beside it: it knows no text, no clock and no snapshot but the facts it is given.
"""
