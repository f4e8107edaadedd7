"""What is of weight, what is a common cause, and how long one has. Pure."""

from fractions import Fraction

# A finding that makes up this share of all that the organisation lost is of weight: also when a fact
# says that it is put right somebody looks. At most five of a list are, so that who checks has time.
WEIGHTY_SHARE = Fraction(1, 5)
# What a third of all assessed are found at is no fault of each: the cause lies above them.
COMMON_SHARE = Fraction(1, 3)
COMMON_LEAST = 2  # of fewer there is nothing in common
# What cannot be made up for has turned good when so many whole months since have been good.
MONTHS_GOOD = 2
TERM_WORKING_DAYS = 30  # what is proposed as the time to put things right


def is_weighty(lost: Fraction, whole: Fraction) -> bool:
    """Whether what one finding lost is a large part of the whole loss."""
    return whole > 0 and lost >= whole * WEIGHTY_SHARE


def common_from(assessed: int) -> int:
    """From how many organisations on a finding has a common cause."""
    share = -(-assessed * COMMON_SHARE.numerator // COMMON_SHARE.denominator)
    return max(COMMON_LEAST, share)
