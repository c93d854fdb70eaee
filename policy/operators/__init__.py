"""One entry per operator: signature, meaning, documentation, examples. Imports the rest of `policy` alone."""
