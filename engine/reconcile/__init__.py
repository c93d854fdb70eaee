"""Decisions against what we manage and what targets hold: the entitlement diff. Imports policy alone, and networkx."""
