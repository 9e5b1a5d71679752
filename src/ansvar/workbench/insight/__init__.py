"""Pages of figures: what a desk could hold, when it is needed, what it has done."""
