"""Rules of another product (`policy.business_rules`) written in our language. Its door is `migrate.migrate_rules`.

May import `policy`, `dsl.format`, and the reading half of `dsl`: which words are reserved, what a text may hold.
"""
