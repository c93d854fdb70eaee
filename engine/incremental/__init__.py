"""Evaluating again after a change: what it touches is found first, and only that is decided anew.

It gives what `engine.columnar.decide` gives of the same inputs. May import `policy`, `engine.columnar`,
`engine.evaluate`, `engine.compare.meaning`, `engine.people`, `engine.graph`, `engine.merge`, numpy and pyarrow.
"""
