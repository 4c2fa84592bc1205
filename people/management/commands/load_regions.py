"""Load the tree of places from a list."""

from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from core import audit
from core.errors import DomainError
from people.region_loading import load_region_file, load_zone_file

DATA = Path(settings.BASE_DIR) / "people" / "data"


class Command(BaseCommand):
    help = "导入行政区划。可重复执行：改名的更新，缺少的撤销并登记承接，从不删除；有错的行列出行号，不影响其他行。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, help="区划清单 CSV；不写时用随软件附带的清单")
        parser.add_argument("--on", type=date.fromisoformat, default=None, help="生效日期（如 2026-01-01），默认今天")
        parser.add_argument("--close-missing", action="store_true", help="缺少的区划超过百分之二时也撤销")

    @transaction.atomic
    def handle(
        self, *, file: Path | None, on: date | None, close_missing: bool, verbosity: int, **options: Any
    ) -> None:
        on = on or timezone.localdate()
        zones = DATA / f"zones_{settings.PROVINCE_CODE}.toml"
        file = file or DATA / f"regions_{settings.PROVINCE_CODE}.csv"
        try:
            with audit.context(channel="import", reason="load_regions"):
                reports = [load_region_file(file=file, on=on, close_missing=close_missing)]
                if zones.exists():
                    reports.append(load_zone_file(file=zones, on=on))
        except DomainError as error:
            raise CommandError(error.message) from error
        for report in reports:
            for problem in report.problems:
                self.stderr.write(str(problem))
        if verbosity:
            self.stdout.write(f"区划：{reports[0]}")
            for report in reports[1:]:
                self.stdout.write(f"功能区：{report}")
