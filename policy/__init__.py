"""The words: frozen nouns, their invariants, ordering and digests. Imports the standard library only."""
