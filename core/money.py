"""Money: `Decimal` yuan with two places everywhere, whole fen inside rule expressions."""

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

CENT = Decimal("0.01")
# numeric(14,2), the column of every amount, holds twelve digits before the point.
LIMIT = Decimal("1000000000000")


def yuan(value: Decimal | int | str) -> Decimal:
    """Return an amount in yuan with two places, half a fen rounded up (四舍五入).

    :raises TypeError: for a float, whose binary value is not the amount that was meant.
    :raises ValueError: when it is no number, or too large for the amount columns.
    """
    if isinstance(value, bool | float):
        raise TypeError("money is Decimal, int or text, never float")
    try:
        amount = Decimal(value.strip() if isinstance(value, str) else value)
    except InvalidOperation as error:
        raise ValueError("金额应是数字，例如 1234.50。") from error
    if not amount.is_finite() or abs(amount) >= LIMIT:
        raise ValueError("金额超出了可以登记的范围。")
    amount = amount.quantize(CENT, ROUND_HALF_UP)
    return abs(amount) if amount == 0 else amount


def whole_yuan(value: Decimal | int | str) -> Decimal:
    """Return an amount rounded half up to whole yuan, as published standards are (1810 × 85 % = 1538.5 → 1539)."""
    return yuan(Decimal(yuan(value)).quantize(Decimal(1), ROUND_HALF_UP))


def to_fen(amount: Decimal | int | str) -> int:
    """Return the amount as whole fen, the form in which rule expressions compute."""
    return int(yuan(amount) * 100)


def from_fen(fen: int) -> Decimal:
    """Return whole fen as yuan."""
    if isinstance(fen, bool) or not isinstance(fen, int):
        raise TypeError("fen are whole numbers")
    return yuan(Decimal(fen) / 100)


def fen_result(value: float | int) -> Decimal:
    """Convert the result of a rule expression (fen, handed back as a float) to yuan, rounding once.

    The only door by which a float becomes money.

    :raises ValueError: when it is not finite, or beyond the whole numbers that a float holds exactly.
    """
    if isinstance(value, bool) or not abs(value) < 2**53:
        raise ValueError("规则算出的金额超出范围。")
    # 15 significant digits hide the binary tail: 0.1 + 0.2 must stay 0.3 before it is rounded.
    return from_fen(int(Decimal(f"{value:.15g}").quantize(Decimal(1), ROUND_HALF_UP)))


def show(amount: Decimal | int | str) -> str:
    """Return the amount as people read it: `1,234.50`."""
    return f"{yuan(amount):,.2f}"
