"""Addresses of the pages of insight."""

from django.urls import path

from ansvar.workbench.insight import home

urlpatterns = [
    path("", home.insight, name="insight"),
]
