from .claim import Claim, ClaimDocument, ClaimMonth
from .payment import PaymentBatch, PaymentLine
from .programme import Programme, ProgrammeVersion
from .publicity import Objection, PublicityBatch, PublicityLine
from .step import Office, RuleFinding, Step

__all__ = [
    "Claim",
    "ClaimDocument",
    "ClaimMonth",
    "Objection",
    "Office",
    "PaymentBatch",
    "PaymentLine",
    "Programme",
    "ProgrammeVersion",
    "PublicityBatch",
    "PublicityLine",
    "RuleFinding",
    "Step",
]
