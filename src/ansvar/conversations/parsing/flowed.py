"""Text whose lines were broken only for the way (RFC 3676, `format=flowed`)."""

_SIGNATURE = "-- "


def joined_lines(text: str, *, delete_space: bool) -> str:
    """Join the lines that the writer's program has broken; each ends with a space."""
    lines: list[str] = []
    pieces: list[str] = []
    open_depth: int | None = None
    for line in text.split("\n"):
        depth = len(line) - len(line.lstrip(">"))
        # A space before the words was added lest they look like a quotation or an envelope.
        words = line[depth:].removeprefix(" ")
        is_broken = words.endswith(" ") and words != _SIGNATURE
        kept = words[:-1] if is_broken and delete_space else words
        if open_depth == depth and words != _SIGNATURE:
            pieces.append(kept)
        else:
            if open_depth is not None:
                lines.append(_whole(pieces, open_depth))
            pieces = [kept]
            open_depth = depth
        if not is_broken:
            lines.append(_whole(pieces, depth))
            open_depth = None
    if open_depth is not None:
        lines.append(_whole(pieces, open_depth))
    return "\n".join(lines)


def _whole(pieces: list[str], depth: int) -> str:
    words = "".join(pieces)
    return f"{'>' * depth} {words}" if depth else words
