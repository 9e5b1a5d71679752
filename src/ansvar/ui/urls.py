"""Addresses of the living style guide; included in development only."""

from django.urls import path

from ansvar.ui import views

urlpatterns = [
    path("", views.guide, name="ui-guide"),
    path("<slug:name>/", views.sample, name="ui-sample"),
]
