"""The words of mails to suppliers: built in here, or a desk's own, beside those to requesters."""

from django.utils.translation import gettext_lazy, gettext_noop

from ansvar.conversations.templates import KINDS, Kind

TASK, REMINDER, UNNEEDED = "supplier_task", "supplier_reminder", "supplier_unneeded"

_KNOWN = frozenset({"name", "reference", "subject", "desk"})

KINDS.add(TASK)(
    Kind(
        label=gettext_lazy("Task for a supplier"),
        when=gettext_lazy("somebody begins to write a task for a supplier, to be filled in"),
        built_in=gettext_noop(
            "Hello {name},\n\n"
            "we need your help with the following.\n\n"
            "What happens, and since when:\n\n"
            "What we have found and tried:\n\n"
            "What we ask you to do:\n\n"
            "Please answer this mail.\n\n"
            "{desk}"
        ),
        allowed=frozenset({"name", "desk"}),
    )
)
KINDS.add(REMINDER)(
    Kind(
        label=gettext_lazy("Reminder to a supplier"),
        when=gettext_lazy("a supplier has not answered a task"),
        built_in=gettext_noop(
            "Hello {name},\n\n"
            "we still wait for your answer to {reference}, “{subject}”.\n\n"
            "Please tell us how it stands and when it will be done.\n\n"
            "{desk}"
        ),
        allowed=_KNOWN,
        required=frozenset({"reference"}),
    )
)
KINDS.add(UNNEEDED)(
    Kind(
        label=gettext_lazy("A supplier's help is not needed any more"),
        when=gettext_lazy("a task is withdrawn from a supplier"),
        built_in=gettext_noop(
            "Hello {name},\n\n"
            "we no longer need your help with {reference}, “{subject}”.\n\n"
            "{reason}\n\n"
            "Please close it on your side. Thank you!\n\n"
            "{desk}"
        ),
        allowed=_KNOWN | {"reason"},
        required=frozenset({"reference"}),
    )
)
