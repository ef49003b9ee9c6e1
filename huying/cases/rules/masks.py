"""Masks: what is shown of a name, a telephone, an ID number, and of free text that holds them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

COMPOUND_SURNAMES = frozenset(
    (
        *("欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙"),
        *("慕容", "令狐", "夏侯", "司徒", "端木", "南宫", "长孙", "宇文"),
    )
)
HIDDEN = "***"

# Full-width digits and letters have half-width twins at a fixed distance; both must be caught.
WIDE: dict[int, int | None] = {
    **{ord("０") + i: ord("0") + i for i in range(10)},
    ord("＋"): ord("+"),
    ord("－"): ord("-"),
    ord("Ｘ"): ord("X"),
    ord("ｘ"): ord("x"),
}
# Signs that take no room, which copied numbers carry between their digits.
WIDE |= dict.fromkeys([0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), 0x2060, 0xFEFF])
SEPARATOR = r"[-\s.·—]?"
ID_NUMBER = re.compile(
    rf"(?<![0-9])[1-9](?:{SEPARATOR}[0-9]){{5}}{SEPARATOR}(?:1{SEPARATOR}9|2{SEPARATOR}0)"
    rf"(?:{SEPARATOR}[0-9]){{9}}{SEPARATOR}[0-9Xx]"
)
MOBILE = re.compile(rf"(?<![0-9])1{SEPARATOR}[3-9](?:{SEPARATOR}[0-9]){{9}}(?![0-9])")
FOREIGN_PREFIX = re.compile(r"(?<![0-9])(\+?86[-\s]?)(?=1[3-9][0-9])")
LANDLINE = re.compile(r"(?<![0-9])(0[0-9]{2,3})[-\s]?([0-9]{7,8})(?![0-9])")
# A number of the city without its code is told from other numbers by the word before it.
LOCAL = re.compile(
    r"((?:电话|座机|固话|号码|手机|联系|致电)[^0-9\n]{0,6})([2-9][0-9]{6,7})(?![0-9])"
)
EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@(?=[A-Za-z0-9-]+\.[A-Za-z])")
REMAINS = re.compile(r"[0-9]{2,6}-?\*{2,}[0-9Xx]{2,4}")
LONG = re.compile(r"[0-9]{11,}[Xx]?")


def mask_name(name: str) -> str:
    """`王敏` → `王*`, `欧阳建国` → `欧阳**`; a single character is hidden whole."""
    name = name.strip()
    if len(name) < 2:
        return "*" * len(name)
    kept = 2 if name[:2] in COMPOUND_SURNAMES and len(name) > 2 else 1
    return name[:kept] + "*" * min(len(name) - kept, 4)


def mask_phone(phone: str) -> str:
    """`13812345678` → `138****5678`; of shorter numbers only the last two digits are shown."""
    digits = re.sub(r"[^0-9]", "", phone.translate(WIDE))
    if len(digits) >= 11:
        return f"{digits[-11:-8]}****{digits[-4:]}"
    return "*" * max(len(digits) - 2, 0) + digits[-2:]


def mask_id(number: str) -> str:
    """`420106198001011234` → `4201************34`."""
    number = number.strip()
    if len(number) < 8:
        return "*" * len(number)
    return number[:4] + "*" * (len(number) - 6) + number[-2:]


def mask_text(text: str, known: Iterable[str] = ()) -> str:
    """Free text with every telephone, ID and long number masked, and `known` gone altogether.

    `known` holds names and numbers of the people concerned; they are found with spaces or dashes
    between their characters too. Full-width digits come out half-width, signs without width go.
    """
    if not text:
        return text
    text = text.translate(WIDE)
    for item in sorted({k.strip() for k in known if len(k.strip()) > 1}, key=len, reverse=True):
        text = _mask_known(text, item)
    text = FOREIGN_PREFIX.sub("", text)
    text = ID_NUMBER.sub(lambda m: mask_id(re.sub(r"[^0-9Xx]", "", m[0])), text)
    text = MOBILE.sub(lambda m: mask_phone(m[0]), text)
    text = LANDLINE.sub(lambda m: f"{m[1]}-****{m[2][-2:]}", text)
    text = LOCAL.sub(lambda m: f"{m[1]}****{m[2][-2:]}", text)
    text = EMAIL.sub(f"{HIDDEN}@", text)
    return LONG.sub(lambda m: mask_id(m[0]), text)


def without_remains(text: str) -> str:
    """A masked text with even the shown digits of its masked numbers taken out."""
    return REMAINS.sub(HIDDEN, text)


def tells_of(number: str, known: Iterable[str]) -> bool:
    """Whether what should be a number of another system is, or holds, a person's own data."""
    bare = re.sub(r"\s", "", number.translate(WIDE))
    return bool(MOBILE.search(bare)) or any(len(item) > 1 and item in bare for item in known)


def safe_file_name(name: str, known: Iterable[str] = ()) -> str:
    """A file name without path, control characters or personal data, at most 120 characters."""
    name = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    name = "".join("_" if c in '<>:"|?*' or unicodedata.category(c)[0] == "C" else c for c in name)
    stem, dot, extension = name.strip(" .").rpartition(".")
    if not dot:
        stem, extension = extension, ""
    stem = without_remains(mask_text(stem, known)).replace("*", "").strip(" .-_")[:100] or "file"
    extension = re.sub(r"[^0-9A-Za-z]", "", extension)[:10]
    return f"{stem}.{extension}" if extension else stem


def _mask_known(text: str, item: str) -> str:
    digits = re.fullmatch(r"[0-9Xx+\-\s]{5,}", item.translate(WIDE))
    letters = re.sub(r"[-\s]", "", item.translate(WIDE)) if digits else re.sub(r"\s", "", item)
    # Compiling a pattern costs more than most texts are long: first look whether it can be there.
    if any(letter not in text for letter in letters if letter.isdigit() or letter > "\u2fff"):
        return text
    gap = r"[-\s.·—]*" if digits else r"\s*"
    pattern = gap.join(re.escape(letter) for letter in letters)
    return re.sub(pattern, HIDDEN, text, flags=re.IGNORECASE)
