"""Checks over what is resolved: circles among declarations. Smells of a policy that compiles are in `engine.lint`.

Imports `policy` and the files beside this folder.
"""
