"""Templates, components and static files; knows no model."""
