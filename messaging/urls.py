"""Routes of one's messages."""

from messaging import views
from people.access import ANY_USER, route

app_name = "messaging"

urlpatterns = [
    route("messages/", views.message_list, to=ANY_USER, name="message-list"),
    route("messages/read-all/", views.message_read_all, to=ANY_USER, name="message-read-all"),
    route("messages/settings/", views.settings_edit, to=ANY_USER, name="settings-edit"),
    route("messages/<uuid:public_id>/", views.message_show, to=ANY_USER, name="message-show"),
    route("messages/<uuid:public_id>/read/", views.message_read, to=ANY_USER, name="message-read"),
]
