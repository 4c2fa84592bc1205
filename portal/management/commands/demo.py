"""Build a demo province: synthetic people, employers, postings, registrations, claims and stations."""

import gc
import json
import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from random import Random
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from core import audit
from jobs import demo as jobs_demo
from jobs import demo_hiring as hiring_demo
from jobs import demo_sources as sources_demo
from people import demo as people_demo
from people.models import Person, Region
from people.roles import Role
from stations import demo as stations_demo
from subsidies import demo as subsidies_demo
from unemployment import demo as unemployment_demo

ACCOUNTS_FILE = Path(settings.BASE_DIR) / ".portal" / "demo-accounts.json"


class Command(BaseCommand):
    requires_system_checks = ()  # they read every page of the portal, and the server has just run them
    help = "建一个演示省份（全部虚构，带“演示”标记）。只在本机用，正式环境会拒绝。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--people", type=int, default=2000, help="人数")
        parser.add_argument("--jobs", type=int, default=1200, help="岗位数")
        parser.add_argument("--stations", type=int, default=609, help="服务站数")
        parser.add_argument("--seed", type=int, default=20261101, help="随机种子：相同的种子得到相同的省份")
        parser.add_argument("--accounts", type=Path, default=ACCOUNTS_FILE, help="账号和密码写到这个文件")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("演示数据只能在本机的调试环境里建（PORTAL_DEBUG=1），正式环境不允许。")
        if min(options["people"], options["jobs"], options["stations"]) < 1:
            raise CommandError("人数、岗位数、服务站数都要大于 0。")
        if not Region.objects.exists():
            raise CommandError("还没有行政区划。请先运行 manage.py load_reference。")
        if Person.objects.filter(is_demo=True).exists():
            raise CommandError(
                "演示数据已经在了。要重建，请换一个空数据库（删掉 .portal 目录后重新运行 script/server）。"
            )
        started = time.monotonic()
        gc.disable()  # nothing is given up before the end; looking for it takes a tenth of the time
        try:
            province, registered = self._build(options, started)
        finally:
            gc.enable()
        path: Path = options["accounts"]
        path.parent.mkdir(exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(json.dumps(province.accounts, ensure_ascii=False, indent=1), "utf-8")
        seconds = time.monotonic() - started
        self.stdout.write(
            f"演示省份建好了：{options['people']} 人（建档 {registered:.1f} 秒），总共 {seconds:.1f} 秒。"
            f"账号写在 {path}"
        )

    def _build(self, options: dict[str, Any], started: float) -> tuple[people_demo.Province, float]:
        with transaction.atomic(), audit.context(channel="demo", reason="建演示省份"):
            province = people_demo.Province(rng=Random(options["seed"]), on=timezone.localdate())
            people_demo.build_people(province, count=options["people"], progress=self._progress)
            registered = time.monotonic() - started
            people_demo.build_organisations(province, count=max(20, options["jobs"] // 12), progress=self._progress)
            people_demo.build_accounts(province)
            people_demo.build_police(province)
            stations_demo.build(
                count=options["stations"],
                rng=province.rng,
                on=province.on,
                people=province.people,
                staff=province.staff[Role.STATION_STAFF],
                progress=self._progress,
            )
            jobs_demo.build(
                count=options["jobs"],
                rng=province.rng,
                on=province.on,
                organisations=province.organisations,
                people=province.people,
                accounts=province.staff,
                progress=self._progress,
            )
            hiring_demo.build(rng=Random(options["seed"]), on=province.on, accounts=province.staff)
            sources_demo.build(rng=Random(options["seed"]), on=province.on, accounts=province.staff)
            unemployment_demo.build(
                people=province.people,
                rng=province.rng,
                on=province.on,
                staff=province.staff,
                progress=self._progress,
            )
            subsidies_demo.build(
                people=province.people,
                rng=province.rng,
                on=province.on,
                staff=province.staff,
                progress=self._progress,
            )
        return province, registered

    def _progress(self, what: str, done: int, total: int) -> None:
        filled = 24 * done // max(total, 1)
        end = "\n" if done >= total else ""
        if sys.stdout.isatty() or end:
            self.stdout.write(f"\r{what:　<6} [{'#' * filled}{'.' * (24 - filled)}] {done}/{total}", ending=end)
            self.stdout.flush()
