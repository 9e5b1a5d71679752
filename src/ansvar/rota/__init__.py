"""Who is here today: absences, presence, and duties that go round."""
