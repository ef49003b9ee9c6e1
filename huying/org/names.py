"""The stored order of Chinese names: pinyin with tones, syllable by syllable."""

from __future__ import annotations


def order_key(name: str, length: int = 120) -> str:
    """Pinyin of a name for ordering and for finding by initials: `王敏` → `wang2 min3`."""
    from pypinyin import (
        Style,
        lazy_pinyin,
    )  # half a second of dictionaries that reading never needs

    syllables = lazy_pinyin(name, style=Style.TONE3, neutral_tone_with_five=True, v_to_u=False)
    return " ".join(syllables).lower()[:length]
