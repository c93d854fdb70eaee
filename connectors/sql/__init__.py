"""A target of tables in an SQL database: SQLite and PostgreSQL. Speaks SQLAlchemy Core."""
