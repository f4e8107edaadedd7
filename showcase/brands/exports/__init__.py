from .paper import brand_document
from .sheets import write_brands, write_spots

__all__ = ["brand_document", "write_brands", "write_spots"]
