"""Mapping as mathematics: raw records to people, and people to accounts. May import `policy` and `engine.people`."""
