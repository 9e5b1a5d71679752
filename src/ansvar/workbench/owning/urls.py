"""Addresses of the pages of service owners."""

from django.urls import path, register_converter

from ansvar.workbench.owning import board, deciding, holding, letters, ruling, uncovered

register_converter(letters.Month, "month")

urlpatterns = [
    path("services/mine/", board.owner_board, name="owner-board"),
    path("services/owned-by/<int:person_id>/", board.owned_by, name="owned-by"),
    path("services/uncovered/", uncovered.services_uncovered, name="services-uncovered"),
    path("services/letter/", letters.letter_latest, name="owner-letters"),
    path("services/letter/<month:month>/", letters.letter, name="owner-letter"),
    path("services/letter/<month:month>/pdf/", letters.letter_pdf, name="owner-letter-pdf"),
    path("services/remind/", holding.holder_remind, name="holder-remind"),
    path("services/<int:service_id>/hand-overs/", ruling.service_rule, name="service-rule"),
    path("hand-overs/<int:request_id>/decide/", deciding.hand_over_decide, name="hand-over-decide"),
]
