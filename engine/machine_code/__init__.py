"""Plain loop functions as machine code: compiled once by numba, kept as bytes, loaded later without numba or LLVM.

signature → fingerprint (what was compiled) → translate (numba to an object file) → image (object file to bytes that run
wherever they lie) → packed (bytes to keep) → mapped (bytes in memory, callable). The face of the room is
`engine.columnar.native`. May import numpy, numba, llvmlite (the last two inside functions alone) and nothing of Ordain.
"""
