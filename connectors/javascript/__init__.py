"""People's own JavaScript, run in a child process that can be killed. May import policy alone."""
