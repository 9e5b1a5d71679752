"""What the page of somebody who is logged in shows of notices, read with the person."""

from ansvar.access.backends import read_along
from ansvar.notices.queries import unseen_along

read_along.add("unseen_notices")(unseen_along)
