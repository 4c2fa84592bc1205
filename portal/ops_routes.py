"""Routes that machines ask. They are public because no machine signs in; `metrics` keeps its own door."""

from people.access import PUBLIC, route
from portal import ops

app_name = "ops"
urlpatterns = [
    route("healthz", ops.healthz, name="healthz", to=PUBLIC),
    route("readyz", ops.readyz, name="readyz", to=PUBLIC),
    route("metrics", ops.metrics, name="metrics", to=PUBLIC),
]
