"""What a check of an installation comes to."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """What a check came to: fine, or what is wrong and how to mend it."""

    words: str
    remedy: str = ""
    is_grave: bool = True
