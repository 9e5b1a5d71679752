"""Addresses of the pages about suppliers, and of what a ticket asks them."""

from django.urls import path, register_converter

from ansvar.workbench.suppliers import asking, cards, framing, lists, task

register_converter(framing.TaskReference, "supplier_task")
TASK = "suppliers/tasks/<supplier_task:task_reference>/"
MESSAGE = f"{TASK}messages/<int:said_id>/"

urlpatterns = [
    path("suppliers/", lists.suppliers, name="suppliers"),
    path("suppliers/all/", lists.supplier_cards, name="supplier-cards"),
    path("suppliers/new/", cards.supplier_new, name="supplier-new"),
    path("suppliers/<int:supplier_id>/", lists.supplier, name="supplier"),
    path("suppliers/<int:supplier_id>/edit/", cards.supplier_edit, name="supplier-edit"),
    path("tickets/<reference:reference>/supplier/", asking.ask, name="ticket-ask-supplier"),
    path(TASK, task.supplier_task, name="supplier-task"),
    path(f"{TASK}edit/", asking.draft, name="supplier-task-edit"),
    path(f"{TASK}send/", task.send, name="supplier-task-send"),
    path(f"{TASK}write/", task.write, name="supplier-task-write"),
    path(f"{TASK}remind/", task.remind, name="supplier-task-remind"),
    path(f"{TASK}answered/", task.answered, name="supplier-task-answered"),
    path(f"{TASK}take/", task.take, name="supplier-task-take"),
    path(f"{TASK}their-reference/", task.their_reference, name="supplier-task-theirs"),
    path(f"{TASK}done/", task.done, name="supplier-task-done"),
    path(f"{TASK}withdraw/", task.withdraw, name="supplier-task-withdraw"),
    path(f"{MESSAGE}recall/", task.recall, name="supplier-mail-recall"),
    path(f"{MESSAGE}again/", task.again, name="supplier-mail-again"),
    path(f"{TASK}files/<int:sent_file_id>/", task.file, name="supplier-file"),
]
