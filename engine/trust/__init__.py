"""Proofs: Merkle trees, signed statements, approvals and their verification. Imports policy and `cryptography` only."""
