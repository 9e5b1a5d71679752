"""Desks, persons, contact points, organisations, sites, teams and working calendars."""
