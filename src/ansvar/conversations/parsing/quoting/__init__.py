"""What a reply says anew, and what it repeats from before."""

from ansvar.conversations.parsing.quoting.splitting import (
    Extent,
    ReplyParts,
    extent_of,
    reply_parts,
    split_reply,
)

__all__ = ["Extent", "ReplyParts", "extent_of", "reply_parts", "split_reply"]
