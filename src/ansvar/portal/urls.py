"""Addresses of the portal."""

from django.urls import path

from ansvar.portal import directory, home, informing, links, reporting, tickets

TICKET = "portal/tickets/<str:reference>/"

urlpatterns = [
    path("portal/", home.home, name="portal-home"),
    path("portal/report/", reporting.report, name="portal-report"),
    path("portal/tickets/", tickets.ticket_list, name="portal-tickets"),
    path(TICKET, tickets.ticket_page, name="portal-ticket"),
    path(f"{TICKET}questions/", reporting.questions, name="portal-questions"),
    path(f"{TICKET}say/", tickets.say, name="portal-say"),
    path(f"{TICKET}confirm/", tickets.confirm, name="portal-confirm"),
    path(f"{TICKET}refuse/", tickets.refuse, name="portal-refuse"),
    path(f"{TICKET}invite/", tickets.invite, name="portal-invite"),
    path(f"{TICKET}uninvite/<int:person_id>/", tickets.uninvite, name="portal-uninvite"),
    path("portal/files/<int:file_id>/", tickets.file, name="portal-file"),
    path("portal/services/", directory.service_list, name="portal-services"),
    path("portal/services/<int:service_id>/", directory.service_page, name="portal-service"),
    path("portal/informed/", informing.informed, name="portal-informed"),
    path("t/<str:token>/", links.resolution, name="resolution"),
]
