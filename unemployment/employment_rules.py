"""Pure rules of 就业登记: how late a report is, and on which ground an employment may end a registration."""

from datetime import date

CLOSURE_GROUNDS = {"unit": "11", "own": "12", "flexible": "13"}
"""The ground of 注销 that a person should look at, by the kind of employment (人社厅发〔2020〕3号)."""


def late_days(happened_on: date, *, reported_on: date, limit: int) -> int:
    """Return by how many days a report is late; 0 in time. The day after the event is day 1 of the term.

    :param limit: the term in days (就业服务与就业管理规定 62: 30 for a hire, 15 for an end).
    """
    return max(0, (reported_on - happened_on).days - limit)
