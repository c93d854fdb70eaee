"""The world: one folder per system, none knows another, one line each in the registry. Imports policy alone."""
