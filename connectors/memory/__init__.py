"""A target system in memory: for trying things out, for simulations and as the model the others are held against."""
