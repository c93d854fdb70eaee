"""The tree of the language: what an author wrote, as values with spans. Imports policy alone."""
