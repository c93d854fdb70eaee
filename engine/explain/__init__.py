"""Why somebody is entitled to something, and why not, told from the evaluator's own traces.

May import `policy`, `engine.evaluate` and `engine.graph`.
"""
