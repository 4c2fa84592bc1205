from .region import Region, RegionSuccession, ServiceArea
from .user import User

__all__ = ["Region", "RegionSuccession", "ServiceArea", "User"]
