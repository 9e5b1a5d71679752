"""Mail that came back: who did not get it, why, and whether the address is of no use any more."""

from ansvar.conversations.parsing.bounces.bounce import HARD, Bounce, Reason
from ansvar.conversations.parsing.bounces.finding import away, bounces_of

__all__ = ["HARD", "Bounce", "Reason", "away", "bounces_of"]
