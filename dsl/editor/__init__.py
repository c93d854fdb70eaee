"""What an editor asks of the language: what stands at a place, what may stand there, where a name is declared and used.

Pure, from text alone, in our own 1-based spans. May import `policy`, the rest of `dsl` and the standard library.
"""
