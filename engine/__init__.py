"""Thought: the mathematics of entitlements. Pure: no clock, disk, network or randomness. Imports policy alone.

mapping → people → snapshot, graph → evaluate → explain → reconcile → trust (sign, verify) → enforce (plan, apply).
"""
