from .partnerships import LineForm, PartnershipFilter, PartnershipForm
from .posts import EndPostForm, PostFilter, PostForm
from .wishes import FulfilForm, WishFilter, WishForm, WithdrawForm

__all__ = [
    "EndPostForm",
    "FulfilForm",
    "LineForm",
    "PartnershipFilter",
    "PartnershipForm",
    "PostFilter",
    "PostForm",
    "WishFilter",
    "WishForm",
    "WithdrawForm",
]
