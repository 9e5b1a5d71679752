"""What a desk did before it had Ansvar, taken over from where it was kept."""
