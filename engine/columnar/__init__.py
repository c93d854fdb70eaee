"""The columnar evaluator: the snapshot as columns, the policy as tables, one compiled kernel between them.

It gives what `engine.evaluate` gives, which stays the reference. May import `policy`, `engine.evaluate`,
`engine.people`, `engine.mapping.typed`, `engine.graph`, numpy, numba and pyarrow.
"""
