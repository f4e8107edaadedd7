"""Column letters of a worksheet and back."""

from functools import lru_cache


@lru_cache(maxsize=1024)
def column_letter(index: int) -> str:
    """Letters of a column counted from 0: 0 -> "A", 27 -> "AB"."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_index(letters: str) -> int:
    """Column counted from 0 of its letters: "A" -> 0; ValueError for anything else."""
    if not (letters.isascii() and letters.isalpha() and letters.isupper() and len(letters) <= 3):
        raise ValueError(letters)
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index - 1
