"""The year in texts: what speaks of the year that is assessed, or the one before or after it, moves on; the rest stays.

Names of other documents (《…》), words that are quoted (“…”), periods of several years (2018—2020年) and document numbers (〔2019〕147号)
are facts that do not move with the year.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass, field

_DIGITS = "〇一二三四五六七八九"
_ZEROS = str.maketrans("○零Ｏ０", "〇〇〇〇")
_TOKEN = re.compile(
    r"(?P<named>《[^》]*》|“[^”]*”)"
    r"|(?P<span>(?<!\d)(?:19|20)\d\d年?\s*[—–－~～至到-]+\s*(?:19|20)\d\d年)"
    r"|(?P<date>(?<!\d)(?P<y>(?:19|20)\d\d)(?P<gap>[-/.])(?P<m>\d{1,2})(?P=gap)(?P<d>\d{1,2})(?!\d))"
    r"|(?P<year>(?<!\d)(?P<n>(?:19|20)\d\d)(?P<leap>年2月29日|年))"
    r"|(?P<spelt>[一二][〇○零ＯO０一二三四五六七八九]{3}(?=年))"
    r"|(?P<bare>(?<=[一-鿿])(?:19|20)\d\d(?![\d年]))"
)
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d年")


@dataclass
class Moved:
    """A text after the move. left: what speaks of a year in it and stays."""

    text: str
    left: list[str] = field(default_factory=list)


def moved(text: str, year: int, by: int) -> Moved:
    """A text of the scheme of a year, ``by`` years later."""
    result = Moved("")

    def replace(token: re.Match[str]) -> str:
        whole = token[0]
        match token.lastgroup:
            case "named":
                if _YEAR.search(whole):
                    result.left.append(whole)
                return whole
            case "span" | "bare":
                result.left.append(whole)
                return whole
            case "spelt":
                return _spelt(whole, year, by) or whole
        own = int(token["y"] or token["n"])
        if abs(own - year) > 1:
            result.left.append(whole)
            return whole
        then = own + by
        if token["y"]:
            day = 28 if (int(token["m"]), int(token["d"])) == (2, 29) and not calendar.isleap(then) else None
            return f"{then}{token['gap']}{token['m']}{token['gap']}{day or token['d']}"
        after = "年2月28日" if token["leap"] != "年" and not calendar.isleap(then) else token["leap"]
        return f"{then}{after}"

    result.text = _TOKEN.sub(replace, text)
    return result


def _spelt(whole: str, year: int, by: int) -> str:
    """A year in Chinese digits; '' where it stays."""
    digits = [_DIGITS.find(ch) for ch in whole.translate(_ZEROS).replace("O", "〇")]
    own = int("".join(map(str, digits))) if min(digits) >= 0 else 0
    return "".join(_DIGITS[int(ch)] for ch in str(own + by)) if abs(own - year) <= 1 else ""


def moved_id(id: str, year: int, by: int) -> str:
    """The id of the same scheme ``by`` years later; a year is added where there is none."""
    parts = id.split("-")
    if str(year) not in parts:
        return f"{id}-{year + by}"
    return "-".join(str(year + by) if part == str(year) else part for part in parts)


def moved_source(id: str, year: int, by: int) -> str:
    """The id of a scheme that results are taken from; as it is where there is no year in it."""
    return moved_id(id, year, by) if str(year) in id.split("-") else id
