"""Mapped people to a snapshot: references checked, departments a tree, primary contracts by the policy's order.

May import `policy` and the standard library alone.
"""
