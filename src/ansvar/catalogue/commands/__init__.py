"""The only place that writes services with what they need to know, scripts and matrices."""

from ansvar.catalogue.commands.matrices import MatrixHasFaults, begin_matrix, set_matrix
from ansvar.catalogue.commands.needed import (
    TooManyNeeded,
    add_needed_fact,
    edit_needed_fact,
    order_needed_facts,
    remove_needed_fact,
)
from ansvar.catalogue.commands.scripts import (
    DraftMissing,
    DraftNotTested,
    TreeHasFaults,
    WalkNotFinished,
    create_script,
    discard_draft,
    edit_script,
    publish_draft,
    restore_version,
    save_draft,
    try_draft,
)
from ansvar.catalogue.commands.services import (
    CardNotComplete,
    DependencyInCircle,
    ServiceInUse,
    agree_service,
    create_service,
    edit_service,
    retire_service,
    set_dependencies,
    set_service_owner,
    set_urgency,
)
from ansvar.catalogue.commands.skills import declare_skill

__all__ = [
    "CardNotComplete",
    "DependencyInCircle",
    "DraftMissing",
    "DraftNotTested",
    "MatrixHasFaults",
    "ServiceInUse",
    "TooManyNeeded",
    "TreeHasFaults",
    "WalkNotFinished",
    "add_needed_fact",
    "agree_service",
    "begin_matrix",
    "create_script",
    "create_service",
    "declare_skill",
    "discard_draft",
    "edit_needed_fact",
    "edit_script",
    "edit_service",
    "order_needed_facts",
    "publish_draft",
    "remove_needed_fact",
    "restore_version",
    "retire_service",
    "save_draft",
    "set_dependencies",
    "set_matrix",
    "set_service_owner",
    "set_urgency",
    "try_draft",
]
