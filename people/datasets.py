"""How department files name people and organisations."""

from core import connectors
from people.identifiers import check_credit_code, check_id_number

connectors.register_subject(
    connectors.Subject("person", purpose="person.id_number", check=lambda text: check_id_number(text).number)
)
connectors.register_subject(
    connectors.Subject("organisation", purpose="organisation.credit_code", check=check_credit_code)
)
