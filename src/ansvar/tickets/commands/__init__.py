"""The only place that writes tickets; see the module of each matter for its rules."""

from ansvar.tickets.commands.asking import (
    NobodyAsked,
    TaskEnded,
    WordsMissing,
    answer_task,
    ask_others,
    credit_help,
    take_task,
    withdraw_open_tasks,
    withdraw_task,
)
from ansvar.tickets.commands.classifying import (
    classify_ticket,
    drop_override,
    override_priority,
    weigh_tickets_of,
)
from ansvar.tickets.commands.closing import (
    close_ticket,
    confirm_resolution,
    refuse_resolution,
    reopen_ticket,
    resolve_ticket,
)
from ansvar.tickets.commands.detailing import (
    NotNeededHere,
    drop_detail,
    note_detail,
    note_details,
)
from ansvar.tickets.commands.drafts import discard_draft, save_draft
from ansvar.tickets.commands.due import note_due
from ansvar.tickets.commands.editing import (
    add_note,
    add_participant,
    edit_ticket,
    link_tickets,
    remove_participant,
    unlink_tickets,
)
from ansvar.tickets.commands.handing import (
    HandingOver,
    HandOverSettled,
    HandOverWaits,
    decide_hand_over,
    escalate_hand_over,
    hand_over_ticket,
    withdraw_hand_over,
    withdraw_waiting,
)
from ansvar.tickets.commands.holding import (
    AssigneeNotInTeam,
    EnoughInHand,
    assign_ticket,
    change_owner,
)
from ansvar.tickets.commands.locking import MoveNotAllowed, StaleTicket
from ansvar.tickets.commands.merging import CannotMerge, merge_ticket
from ansvar.tickets.commands.opening import (
    BeganWhen,
    drop_numbers,
    make_numbers,
    open_ticket,
    register_afterwards,
)
from ansvar.tickets.commands.retelling import hand_over_done_ticket
from ansvar.tickets.commands.ruling import (
    give_hand_over_reasons,
    set_hand_over_reasons,
    set_hand_over_rule,
)
from ansvar.tickets.commands.talking import desk_answered, requester_spoke
from ansvar.tickets.commands.working import (
    expect_solution,
    resume_ticket,
    start_work,
    wait_with_ticket,
)

__all__ = [
    "AssigneeNotInTeam",
    "BeganWhen",
    "CannotMerge",
    "EnoughInHand",
    "HandOverSettled",
    "HandOverWaits",
    "HandingOver",
    "MoveNotAllowed",
    "NobodyAsked",
    "NotNeededHere",
    "StaleTicket",
    "TaskEnded",
    "WordsMissing",
    "add_note",
    "add_participant",
    "answer_task",
    "ask_others",
    "assign_ticket",
    "change_owner",
    "classify_ticket",
    "close_ticket",
    "confirm_resolution",
    "credit_help",
    "decide_hand_over",
    "desk_answered",
    "discard_draft",
    "drop_detail",
    "drop_numbers",
    "drop_override",
    "edit_ticket",
    "escalate_hand_over",
    "expect_solution",
    "give_hand_over_reasons",
    "hand_over_done_ticket",
    "hand_over_ticket",
    "link_tickets",
    "make_numbers",
    "merge_ticket",
    "note_detail",
    "note_details",
    "note_due",
    "open_ticket",
    "override_priority",
    "refuse_resolution",
    "register_afterwards",
    "remove_participant",
    "reopen_ticket",
    "requester_spoke",
    "resolve_ticket",
    "resume_ticket",
    "save_draft",
    "set_hand_over_reasons",
    "set_hand_over_rule",
    "start_work",
    "take_task",
    "unlink_tickets",
    "wait_with_ticket",
    "weigh_tickets_of",
    "withdraw_hand_over",
    "withdraw_open_tasks",
    "withdraw_task",
    "withdraw_waiting",
]
