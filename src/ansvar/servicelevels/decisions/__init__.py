"""What a service level promises, which one applies, and how its clocks run: pure."""
