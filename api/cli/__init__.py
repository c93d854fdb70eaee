"""The command line: one file per command. Imports compose, usecases and render."""
