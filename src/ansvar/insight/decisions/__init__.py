"""What follows from figures: pure, without database or clock."""
