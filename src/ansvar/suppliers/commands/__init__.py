"""The only place that writes what is known of suppliers and said with them."""

from ansvar.suppliers.commands.asking import (
    Errand,
    NotOurSupplier,
    WordsMissing,
    ask_supplier,
    change_draft,
    send_draft,
)
from ansvar.suppliers.commands.cards import (
    Contact,
    KnownAlready,
    edit_supplier,
    register_supplier,
)
from ansvar.suppliers.commands.ending import (
    end_tasks_of,
    finish_supplier_task,
    move_tasks_of,
    withdraw_supplier_task,
)
from ansvar.suppliers.commands.holding import TaskNotThere
from ansvar.suppliers.commands.mailing import (
    NothingToSend,
    NoWay,
    TooLate,
    deliver_supplier_mail,
    recall_supplier_mail,
    send_supplier_mail_again,
)
from ansvar.suppliers.commands.receiving import take_in
from ansvar.suppliers.commands.writing import (
    NotSent,
    RemindedJustNow,
    note_answer,
    note_their_reference,
    remind_by_contract,
    remind_silent_suppliers,
    remind_supplier,
    take_as_answer,
    write_to_supplier,
)

__all__ = [
    "Contact",
    "Errand",
    "KnownAlready",
    "NoWay",
    "NotOurSupplier",
    "NotSent",
    "NothingToSend",
    "RemindedJustNow",
    "TaskNotThere",
    "TooLate",
    "WordsMissing",
    "ask_supplier",
    "change_draft",
    "deliver_supplier_mail",
    "edit_supplier",
    "end_tasks_of",
    "finish_supplier_task",
    "move_tasks_of",
    "note_answer",
    "note_their_reference",
    "recall_supplier_mail",
    "register_supplier",
    "remind_by_contract",
    "remind_silent_suppliers",
    "remind_supplier",
    "send_draft",
    "send_supplier_mail_again",
    "take_as_answer",
    "take_in",
    "withdraw_supplier_task",
    "write_to_supplier",
]
