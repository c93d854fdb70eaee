"""Tests of the language played: days in order, each as if enforced, and what is expected of them judged.

Pure like the rest of the room. `cast` puts the people together, `timeline` plays the days through the real evaluation,
reconciliation and enforcement, `judge` holds an expectation against a day, `run` does all three. May import `policy`
and the other rooms of `engine`.
"""
