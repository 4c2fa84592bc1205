"""The files that go to the bank and come back: written the same way every time, read with suspicion."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import BinaryIO

from core.errors import DomainError
from core.money import show, yuan
from core.xlsx import csv_lines, read_rows, write
from subsidies.models import PaymentBatch, PaymentLine

HEADER = ("批次号", "序号", "户名", "开户银行", "账号", "金额", "用途")
RESULT_HEADER = ("批次号", "序号", "金额", "结果", "到账日期", "流水号", "原因")
SUCCESS = {"成功", "已到账", "1", "success"}
FAILURE = {"失败", "退回", "退票", "0", "failure"}
MAX_ROWS = 20_000
MAX_BYTES = 5 * 1024 * 1024


class CannotReadResult(DomainError):
    """The bank's file is not one for this batch."""


@dataclass(frozen=True)
class ResultRow:
    """One line of the bank's answer."""

    row: int
    sequence: int
    amount: Decimal
    paid: bool
    paid_on: date | None
    reference: str
    reason: str


@dataclass(frozen=True)
class BadRow:
    """A line that could not be read, and why."""

    row: int
    problem: str


def payment_rows(batch: PaymentBatch, lines: Iterable[PaymentLine]) -> list[tuple[str, ...]]:
    """Return the rows for the bank, in their order, with the full account numbers."""
    use = batch.programme.short_name
    return [
        (batch.number, str(line.sequence), line.payee, line.bank_name, line.account.open(), f"{line.amount:.2f}", use)
        for line in lines
    ]


def checksum(rows: Iterable[tuple[str, ...]]) -> str:
    """Return the fingerprint that the file carries and the batch keeps: the same rows give the same one for ever."""
    return hashlib.sha256("\n".join("\t".join(row) for row in rows).encode()).hexdigest()


def as_csv(batch: PaymentBatch, lines: Iterable[PaymentLine]) -> bytes:
    """Return the CSV file, with the totals in the last row."""
    rows = payment_rows(batch, lines)
    text = "".join(csv_lines([*rows, _total_row(batch)], HEADER))
    return text.encode()


def as_xlsx(batch: PaymentBatch, lines: Iterable[PaymentLine]) -> bytes:
    """Return the same rows as XLSX; account numbers stay text, so that no digit is lost."""
    rows = payment_rows(batch, lines)
    return write([*rows, _total_row(batch)], HEADER, sheet="拨付明细").read()


def _total_row(batch: PaymentBatch) -> tuple[str, ...]:
    return ("合计", f"{batch.line_count} 笔", "", "", "", f"{batch.total:.2f}", f"校验码 {batch.checksum[:16]}")


def read_result(file: BinaryIO, batch: PaymentBatch) -> tuple[list[ResultRow], list[BadRow]]:
    """Read the bank's answer: rows that can be used, and rows that cannot, each with its reason.

    :raises CannotReadResult: the header is not ours.
    :raises core.xlsx.CannotReadTable: it is no table.
    """
    rows = read_rows(file, max_rows=MAX_ROWS, max_bytes=MAX_BYTES)
    header = tuple(cell.strip() for cell in next(rows, []))
    if missing := [name for name in RESULT_HEADER[:4] if name not in header]:
        raise CannotReadResult(f"回单文件的表头缺少“{'、'.join(missing)}”。表头应是：{'、'.join(RESULT_HEADER)}。")
    column = {name: header.index(name) for name in RESULT_HEADER if name in header}
    good: list[ResultRow] = []
    bad: list[BadRow] = []
    for number, cells in enumerate(rows, 2):
        values = {name: cells[index].strip() if index < len(cells) else "" for name, index in column.items()}
        if values["批次号"].startswith("合计"):
            continue
        try:
            good.append(_row(number, values, batch))
        except ValueError as error:
            bad.append(BadRow(number, str(error)))
    return good, bad


def _row(number: int, values: dict[str, str], batch: PaymentBatch) -> ResultRow:
    if values["批次号"] != batch.number:
        raise ValueError(f"批次号是 {values['批次号'] or '空的'}，不是这个批次 {batch.number}。")
    if not values["序号"].isdigit():
        raise ValueError("序号应是数字。")
    amount = yuan(values["金额"].replace(",", ""))
    said = values["结果"].lower()
    if said not in SUCCESS | FAILURE:
        raise ValueError(f"结果应写“成功”或“失败”，文件里是“{values['结果']}”。")
    paid, reason = said in SUCCESS, values.get("原因", "")
    if not paid and not reason:
        raise ValueError("失败的要写原因，原因会发给申请人。")
    paid_on = None
    if paid:
        try:
            paid_on = date.fromisoformat(values.get("到账日期", "")[:10])
        except ValueError as error:
            raise ValueError("成功的要写到账日期，格式如 2026-11-30。") from error
    return ResultRow(number, int(values["序号"]), amount, paid, paid_on, values.get("流水号", "")[:64], reason[:128])


def shown_total(lines: Iterable[PaymentLine]) -> str:
    """Return the sum of some lines as people read it."""
    return show(sum((line.amount for line in lines), Decimal(0)))
