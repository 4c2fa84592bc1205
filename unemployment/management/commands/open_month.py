"""Open a month's follow-ups by hand, county by county, without the broker."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from core.commands import AuditedCommand
from core.months import parse_month
from people.models import Region
from unemployment.followups import open_month


class Command(AuditedCommand):
    help = "建一个月的跟踪调查任务（可以重复运行，不会重复建）。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--month", required=True, help="月份，如 2026-11")
        parser.add_argument("--county", default="", help="只建一个县区，写区划代码，如 210106")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            month = parse_month(options["month"])
        except ValueError as error:
            raise CommandError(str(error)) from error
        counties = Region.objects.counties().order_by("code")
        if options["county"]:
            counties = counties.filter(code=options["county"])
        if not counties:
            raise CommandError("没有这个县区。请写 6 位区划代码，如 210106。")
        total = 0
        for number, county in enumerate(counties, 1):
            total += open_month(region_id=county.pk, month=month)
            if options["verbosity"] > 1:
                self.stdout.write(f"{number}/{len(counties)} {county.full_name}")
        self.stdout.write(f"{month:%Y-%m}：新建跟踪调查 {total} 条，涉及 {len(counties)} 个县区。")
