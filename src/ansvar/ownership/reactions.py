"""What follows when tickets change hands; each matter has a module of its own."""

import ansvar.ownership.telling_owners  # noqa: F401 - files its reactions
