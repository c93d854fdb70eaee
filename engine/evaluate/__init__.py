"""The reference evaluator: who is entitled to what and why, row by row (LANGUAGE.md sections 5, 6, 7.1 and 9).

Its one door is `evaluate`; `trace_person` shows the same work to `engine.explain`. May import `policy`,
`engine.people`, `engine.mapping.typed`, `engine.graph` and re2.
"""
