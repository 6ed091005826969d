"""Letters that people type for digits, and the other way round."""

DIGIT_FOR = {
    "O": "0",
    "Q": "0",
    "D": "0",
    "I": "1",
    "L": "1",
    "|": "1",
    "Z": "2",
    "S": "5",
    "G": "6",
    "B": "8",
}
"""The digit that was probably meant; the letter is read after capitals were made."""


def as_digits(text: str) -> str:
    """Return the text with look-alike letters read as digits.

    >>> as_digits("44O6l2")  # small letters are left to the caller's normalising
    '4406l2'
    """
    return "".join(DIGIT_FOR.get(character, character) for character in text)
