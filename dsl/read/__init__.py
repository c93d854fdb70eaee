"""Reading: text → tokens → declarations → tree, and on behind every error. Imports the tree, the grammar and policy."""
