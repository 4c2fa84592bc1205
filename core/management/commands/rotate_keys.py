"""Seal every personal value with the current key, and make every blind index anew."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core import audit
from core.crypto import current_index_prefix, current_token_prefix, rotation
from core.models import DepartmentRow

MOST = 10_000


class Command(BaseCommand):
    help = (
        "Re-encrypt everything sealed with DATA_KEY_CURRENT and renew its blind indexes with INDEX_KEY_CURRENT. "
        "May be stopped and run again; old keys must stay in the ring until it reports nothing left."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--batch", type=int, default=500, help="rows in one transaction")
        parser.add_argument("--check", action="store_true", help="only count what is left")

    def handle(self, *, batch: int, check: bool, **options: Any) -> None:
        if not 1 <= batch <= MOST:
            raise CommandError(f"--batch 要在 1 到 {MOST} 之间，例如 --batch 500。")
        self.stdout.write(f"当前数据密钥 {current_token_prefix()}* ，索引密钥 {current_index_prefix()}*")
        broken = 0
        for model in rotation.sealed_models():
            total = rotation.stale(model).count()
            self.stdout.write(f"{rotation.label(model)}：待更换 {total} 行")
            if not check:
                broken += self._rotate(model, batch, total)
        self._tell_of_department_rows()
        if broken:
            raise CommandError(
                f"有 {broken} 行的旧值打不开，没有改动它们。请把加密它们的旧密钥放回 DATA_KEYS 后再运行一次。"
            )

    def _rotate(self, model: Any, batch: int, total: int) -> int:
        done = broken = 0
        with audit.context(channel="command", reason="rotate_keys"):
            for step in rotation.rotate(model, size=batch):
                done, broken = done + step.moved, broken + len(step.broken)
                self.stdout.write(f"  {done}/{total}")
                if step.broken:
                    self.stderr.write(f"  打不开的行：{', '.join(map(str, step.broken))}")
        return broken

    def _tell_of_department_rows(self) -> None:
        # Their numbers were never stored, so no new index can be made of them.
        left = DepartmentRow.objects.exclude(subject_index__startswith=current_index_prefix()).count()
        if left:
            self.stdout.write(f"部门数据：{left} 行只能用旧索引密钥查到，请把旧密钥留在 INDEX_KEYS 里。")
