"""State on disk: snapshots, imports, diffs, ledger, runs, leases, audit log. May import policy, engine and SQLAlchemy.

No row, connection or session leaves this room: callers get the frozen records of `api.store.records` and policy nouns.
"""
