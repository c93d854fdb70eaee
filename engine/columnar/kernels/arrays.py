"""Arrays that kernels take: one-dimensional and C-contiguous unless a name says otherwise."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]
Bits = NDArray[np.uint64]
Bytes = NDArray[np.uint8]
