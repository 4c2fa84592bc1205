"""Load the classifications of occupations and industries."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from core import audit
from core.errors import DomainError
from people.classifications import load_industries, load_occupations

DATA = Path(settings.BASE_DIR) / "people" / "data"


class Command(BaseCommand):
    help = "导入职业分类大典（2022年版）和国民经济行业分类（GB/T 4754-2017）。可重复执行；缺少的停用，从不删除。"

    @transaction.atomic
    def handle(self, *, verbosity: int, **options: Any) -> None:
        on = timezone.localdate()
        try:
            with audit.context(channel="import", reason="load_codes"):
                occupations = load_occupations(file=DATA / "occupations_2022.csv", on=on)
                industries = load_industries(file=DATA / "industries_2017.csv", on=on)
        except DomainError as error:
            raise CommandError(error.message) from error
        if verbosity:
            self.stdout.write(f"职业：{occupations}\n行业：{industries}")
