"""Tests of the language as text: from people and expectations to a `test` block. May import `policy`."""
