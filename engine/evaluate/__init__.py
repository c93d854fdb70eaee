"""The reference evaluator: who is entitled to what and why, row by row (LANGUAGE.md sections 5, 6, 7.1 and 9).

Its one door is `evaluate`; `engine.explain` asks the same functions step by step. May import `policy`,
`engine.people`, `engine.mapping.typed`, `engine.graph` and re2.
"""
