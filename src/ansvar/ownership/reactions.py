"""What follows when tickets change hands; each matter has a module of its own."""

import ansvar.ownership.letters
import ansvar.ownership.telling_hand_overs
import ansvar.ownership.telling_holders
import ansvar.ownership.telling_owners
import ansvar.ownership.telling_tasks  # noqa: F401 - they file their reactions and notices
