"""Proofs about policies: what some possible person, contract and day can make true, decided over finite regions.

The doors are the functions of `engine.prove.questions`; nouns are in `policy.proofs`. Every question is “is there a
person, with any contracts, on any day, such that …”: no is proved, yes has a witness that `engine.evaluate` confirmed,
and everything else is undecided and says why. The way of a question: `speak` (rules as a sentence) → `formula` →
`ground` (over so many contracts as suffice) → `regions` (fields as finite classes) → `diagram` (a decision diagram,
counted against the budget) → `worlds` (a person made up from one path) → `confirm`. Only `solver` knows z3.

May import `policy`, `engine.evaluate`, `engine.graph`, `engine.people`, `engine.mapping.typed` and re2.
"""
