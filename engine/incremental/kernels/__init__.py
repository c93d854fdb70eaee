"""Loops of this room that are compiled. May import `engine.columnar.native` and `engine.columnar.kernels`."""
