"""Forecast: what will be granted and revoked on which day if nobody changes rules or data.

May import `policy`, `engine.evaluate`, `engine.reconcile`, `engine.enforce.apply` and `engine.explain`; whatever
evaluates comes in through a port.
"""
