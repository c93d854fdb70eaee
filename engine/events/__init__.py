"""Which events fire in an evaluation: of its planned lines, and of first and last days of employments.

Its one door is `fire_events`. May import `policy`, `engine.evaluate`, `engine.graph`, `engine.people` and
`engine.reconcile.inputs`.
"""
