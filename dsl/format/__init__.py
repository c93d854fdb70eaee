"""Text to the same text in the one style: a printer over tokens and comments. Imports `policy` and `dsl.read`."""
