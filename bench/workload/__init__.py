"""Workload W(P, R): P persons and R rules from a seed, the same on every machine, as columns or as a workspace.

`people.make_columns`, `rules.make_policy`, `managed.make_managed` and `workspace.write_workspace` are its doors.
"""
