"""How notices leave by mail: the example of a carrier.

A text message, when there is a way to send one, is a second entry beside this: `carry` queues, and
the task writes and sends. Filed when the app starts, see `apps.py`.
"""

from django.utils.translation import gettext_lazy as _

from ansvar.kernel.work import tasks
from ansvar.notices.carriers import Carrier, carriers


def carry_by_mail(notice_ids: list[int]) -> None:
    """Queue that notices leave by mail, many with one job."""
    tasks["conversations.mail_notices"].later(notice_ids=notice_ids)


carriers.add("email")(Carrier(label=_("e-mail"), carry=carry_by_mail))
