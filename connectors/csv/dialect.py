"""How CSV files are spelled: settings that source and target share."""

from __future__ import annotations

import codecs
from typing import Annotated

from pydantic import AfterValidator, Field


def _known(encoding: str) -> str:
    try:
        "".encode(encoding)
        codecs.lookup(encoding)
    except LookupError:
        raise ValueError(f"there is no encoding called {encoding}") from None
    return encoding


def _separates(delimiter: str) -> str:
    if delimiter in '"\r\n \0':
        raise ValueError("this character cannot separate columns")
    return delimiter


Encoding = Annotated[str, AfterValidator(_known)]
Delimiter = Annotated[str, Field(min_length=1, max_length=1), AfterValidator(_separates)]
