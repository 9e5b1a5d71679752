"""Addresses of the rota, of shifts that are handed over, and of people who leave."""

from django.urls import path

from ansvar.workbench.rota import absences, leaving, pattern, plan, shift, today, turns

urlpatterns = [
    path("rota/", today.today, name="rota"),
    path("rota/away/", today.away_today, name="rota-away-today"),
    path("rota/mine.ics", today.my_turns, name="rota-mine"),
    path("rota/plan/", plan.plan, name="rota-plan"),
    path("rota/pattern/", pattern.pattern, name="rota-pattern"),
    path("rota/turns/new/", turns.turn_new, name="rota-turn-new"),
    path("rota/turns/<int:turn_id>/", turns.turn, name="rota-turn"),
    path("rota/turns/<int:turn_id>/swap/", turns.turn_swap, name="rota-turn-swap"),
    path("rota/turns/<int:turn_id>/drop/", turns.turn_drop, name="rota-turn-drop"),
    path("rota/absences/new/", absences.absence_new, name="absence-new"),
    path("rota/absences/<int:absence_id>/end/", absences.absence_end, name="absence-end"),
    path("shift/", shift.shift, name="shift"),
    path("shift/<int:passing_id>/", shift.passing, name="shift-passing"),
    path("shift/<int:passing_id>/back/", shift.shift_back, name="shift-back"),
    path("people/<int:person_id>/leaving/", leaving.leaving, name="person-leaving"),
]
