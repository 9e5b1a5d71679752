"""Actor, facts, journal, reactions, registry, clock: no service-desk word in it."""
