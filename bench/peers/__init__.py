"""Other engines that decide the workload: one module each, with one door `ready(columns, rules)`.

`ready` brings persons and rules into the engine's own form, and gives a function that decides once: that function is
what is timed. All read the same `PlainRules`, which the product's own reader made of the same text.
"""
