"""Addresses of the pages of insight."""

from django.urls import path

from ansvar.workbench.insight import calculator, home, need

urlpatterns = [
    path("", home.insight, name="insight"),
    path("calculator/", calculator.insight_calculator, name="insight-calculator"),
    path("need/", need.insight_need, name="insight-need"),
    path("need/table.csv", need.insight_need_csv, name="insight-need-csv"),
]
