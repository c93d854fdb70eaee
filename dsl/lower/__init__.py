"""Syntax to meaning: each module gives the noun of `policy` for its constructs, or reports and gives None.

Imports `policy` and the files beside this folder.
"""
