"""What people's own pages add to the portal."""

from core import registry

registry.register(registry.Link("account", "我的", "people:account", ("tabbar",), icon="user", order=90))
