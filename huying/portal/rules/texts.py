"""A title out of what was said."""

from huying.kernel.titles import TITLE, title_of

__all__ = ["TITLE", "title_of"]
