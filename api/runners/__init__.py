"""Long work: carrying out a plan, step by step, through crashes. Imports store and the rooms below."""
