"""The shell: everything with a clock, a database, a socket or a command line. May import every room below."""
