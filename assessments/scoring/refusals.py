"""What the engine will not compute, and why."""


class Refused(Exception):
    """A rule, its facts or a table that cannot be computed. `code` names the kind of refusal,
    `where` the place (a key of the rule or of the facts); the text is for people."""

    def __init__(self, code: str, text: str, where: str = "") -> None:
        super().__init__(text)
        self.code, self.text, self.where = code, text, where

    def __str__(self) -> str:
        return f"{self.where}：{self.text}" if self.where else self.text
