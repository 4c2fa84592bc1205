"""Which of a user's roles count in this request."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

SECOND_FACTOR_KEY = "second_factor_at"


class ActiveRolesMiddleware:
    """Switch staff roles on only in a session that was begun with a second factor."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated and request.session.get(SECOND_FACTOR_KEY):
            request.user.activate_roles()
        return self.get_response(request)
