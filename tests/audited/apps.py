from django.apps import AppConfig


class AuditedConfig(AppConfig):
    name = "tests.audited"
    label = "audited"
