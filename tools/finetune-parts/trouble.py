"""What the user can mend. The message says what, where and how."""


class Trouble(Exception):
    def __init__(self, message, code=2):
        super().__init__(message)
        self.code = code


USAGE, MODEL = 2, 3
