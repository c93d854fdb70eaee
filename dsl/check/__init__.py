"""Checks over what is resolved: circles among declarations, and smells of a policy that compiles.

Imports `policy` and the files beside this folder.
"""
