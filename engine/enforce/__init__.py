"""From a verified diff to an ordered plan, and what is managed afterwards. Imports policy and engine.reconcile."""
