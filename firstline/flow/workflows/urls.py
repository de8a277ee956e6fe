from django.urls import path

from .screens import changes, filing, plans, runs, systems, tasks, templates, ticket, workflows

app_name = "workflows"
urlpatterns = [
    path("changes", changes.changes, name="changes"),
    path("workflows", workflows.workflows, name="workflows"),
    path("workflows/new", workflows.new, name="new"),
    path("workflows/stuck", runs.stuck, name="stuck"),
    path("workflows/templates", templates.templates, name="templates"),
    path("workflows/templates/<slug:key>", templates.one, name="template"),
    path("workflows/systems", systems.systems, name="systems"),
    path("workflows/systems/new", systems.new, name="new_system"),
    path("workflows/systems/<int:pk>", systems.system, name="system"),
    path("workflows/systems/<int:pk>/check", systems.check, name="check_system"),
    path("once/<str:key>", systems.once, name="once"),
    path("workflows/<slug:key>", workflows.workflow, name="workflow"),
    path("workflows/<slug:key>/care", workflows.care, name="care"),
    path("workflows/<slug:key>/draft", workflows.draft, name="draft"),
    path("workflows/<slug:key>/publication", workflows.publication, name="publication"),
    path("workflows/<slug:key>/retirement", workflows.retirement, name="retirement"),
    path("workflows/<slug:key>/sample", workflows.sample, name="sample"),
    path("workflows/<slug:key>/filing", filing.filing, name="filing"),
    path("workflows/<slug:key>/filing/sheet", filing.sheet, name="sheet"),
    path("workflows/<slug:key>/filing/sheets", filing.sheets, name="sheets"),
    path("workflows/<slug:key>/moves", workflows.moves, name="moves"),
    path("runs/<int:pk>", runs.run, name="run"),
    path("runs/<int:pk>/cancellation", runs.cancellation, name="cancellation"),
    path("runs/<int:pk>/retrial", runs.retrial, name="retrial"),
    path("runs/<int:pk>/leap", runs.leap, name="leap"),
    path("runs/steps/<int:pk>", tasks.task, name="task"),
    path("runs/steps/<int:pk>/plan", plans.plan, name="plan"),
    path("runs/<int:pk>/appointments/<int:invitation>", runs.appointment, name="appointment"),
    path("tickets/<int:pk>/workflow", ticket.start_on_ticket, name="start"),
]
