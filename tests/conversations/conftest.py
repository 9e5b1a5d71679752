from budgets import budget  # noqa: F401 - a fixture
