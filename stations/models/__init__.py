from .service import ServiceLog
from .station import BASIC, STANDARD_HOURS, WEEKDAYS, Function, OpeningHours, Station

__all__ = ["BASIC", "STANDARD_HOURS", "WEEKDAYS", "Function", "OpeningHours", "ServiceLog", "Station"]
