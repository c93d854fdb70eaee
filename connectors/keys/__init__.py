"""Ed25519 keys in files. Imports policy and `cryptography` only."""
