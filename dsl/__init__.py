"""Text: from rules files to a checked policy or diagnostics. The only room that knows Lark. Imports policy alone."""
