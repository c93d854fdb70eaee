"""What a change of the rules means: verdicts by entitlement, who is touched, which clause is to blame, what follows.

May import `policy`, `engine.prove`, `engine.evaluate`, `engine.explain`, `engine.graph`, `engine.people` and
`engine.reconcile`.
"""
