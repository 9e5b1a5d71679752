"""The only place that writes people, places, desks and teams."""

from ansvar.people.commands.contact_points import (
    AddressTaken,
    add_contact_point,
    prefer_contact_point,
    remove_contact_point,
)
from ansvar.people.commands.desks import (
    DefaultTeamNeeded,
    add_member,
    create_desk,
    create_team,
    edit_desk,
    edit_team,
    remove_member,
    set_lead,
)
from ansvar.people.commands.persons import (
    create_person,
    deactivate_person,
    edit_person,
    learn_person,
    reactivate_person,
    set_preferences,
)
from ansvar.people.commands.places import (
    DepartmentInItself,
    create_calendar,
    create_department,
    create_organisation,
    create_site,
    edit_calendar,
    edit_department,
    edit_organisation,
    edit_site,
)

__all__ = [
    "AddressTaken",
    "DefaultTeamNeeded",
    "DepartmentInItself",
    "add_contact_point",
    "add_member",
    "create_calendar",
    "create_department",
    "create_desk",
    "create_organisation",
    "create_person",
    "create_site",
    "create_team",
    "deactivate_person",
    "edit_calendar",
    "edit_department",
    "edit_desk",
    "edit_organisation",
    "edit_person",
    "edit_site",
    "edit_team",
    "learn_person",
    "prefer_contact_point",
    "reactivate_person",
    "remove_contact_point",
    "remove_member",
    "set_lead",
    "set_preferences",
]
