"""Loops that are compiled: plain functions over arrays and whole numbers. May import `engine.columnar.kernels`."""
