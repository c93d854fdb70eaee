"""Places in dictionaries of values, of which a table may use few."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def used_places(places: NDArray[np.int32], size: int) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Which of `size` values are named, ascending, and each of `places` as one among those."""
    named = np.zeros(size, np.bool_)
    named[places] = True
    return np.flatnonzero(named), (np.cumsum(named, dtype=np.int32) - np.int32(1))[places]
