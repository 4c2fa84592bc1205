"""The errors that a person may read."""


class DomainError(Exception):
    """A rule of the domain stands in the way. Its message is a sentence for the user: what is wrong, how to mend it."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class StaleVersion(DomainError):
    """The row was changed by somebody else since the page was opened."""

    def __init__(self, message: str = "这条记录刚被别人改过。请刷新页面，看过最新内容后再改。") -> None:
        super().__init__(message)
