"""The catalogue of diagnostics: one line per code, one module per range of codes.

ORD01 reading · ORD02 names and types · ORD03 structure and smells · ORD04 workspace · ORD05 sources and persons ·
ORD06 evaluation · ORD07 trust · ORD08 targets and enforcement · ORD09 service and store.
"""
