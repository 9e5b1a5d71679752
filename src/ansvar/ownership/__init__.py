"""Who is told when tickets change hands: decisions that wait, owners that are new."""
