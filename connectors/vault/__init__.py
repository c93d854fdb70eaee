"""Vault exports: persons and departments that are in the standard model already. May import policy and pydantic."""
