"""From decisions and managed state as columns to the lines of a diff, as columns to the end.

It gives what `engine.reconcile` gives, which stays the reference. May import `policy`, `engine.columnar`,
`engine.reconcile`, numpy, numba and pyarrow.
"""
