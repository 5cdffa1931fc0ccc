"""A spreadsheet's date, time or duration and its number format -> the text that a person sees."""

from __future__ import annotations

import datetime
from functools import lru_cache
from locale import windows_locale

from mmchat.segmenters.cell_values import Reading, day_reading
from mmchat.segmenters.locale_words import LANGUAGES, day_name, month_name
from mmchat.segmenters.number_formats import Section, is_of_the_reader, is_plain, sections
from mmchat.types import CellType

Moment = datetime.datetime | datetime.date | datetime.time | datetime.timedelta


@lru_cache(maxsize=1 << 14)
def shown_moment(value: Moment, code: str) -> tuple[str, Reading]:
    """The text, and a date, or a duration in seconds; a time of day is the time since midnight."""
    if isinstance(value, datetime.timedelta):
        seconds = value.total_seconds()
        return _elapsed(seconds, code), Reading(CellType.DURATION, seconds)
    if isinstance(value, datetime.time):
        moment = datetime.datetime.combine(datetime.date(1900, 1, 1), value)
        seconds = value.hour * 3600 + value.minute * 60 + value.second + value.microsecond / 1e6
        text = _plain_time(moment) if is_plain(code) else _filled(moment, sections(code)[0])
        return text, Reading(CellType.DURATION, seconds)
    if not isinstance(value, datetime.datetime):
        value = datetime.datetime.combine(value, datetime.time())
    if is_plain(code) or is_of_the_reader(code):
        text = value.date().isoformat()
        text += "" if value.time() == datetime.time() else f" {_plain_time(value)}"
    else:
        text = _filled(value, sections(code)[0])
    return text, day_reading(value)


def _plain_time(moment: datetime.datetime) -> str:
    return f"{moment:%H:%M:%S}" if moment.second else f"{moment:%H:%M}"


def _elapsed(seconds: float, code: str) -> str:
    """``37:30`` of a day and a half, as the format's first part counts it."""
    section = sections(code)[0]
    first = next((token.text[0] for token in section.tokens if token.kind == "elapsed"), "h")
    left, negative = abs(seconds), seconds < 0
    shares = max((len(token.text) - 1 for token in section.tokens if token.kind == "share"), default=0)
    left = round(left, shares)
    out = []
    for token in section.tokens or ():
        if token.kind in ("elapsed", "date"):
            size = {"h": 3600, "m": 60, "s": 1}.get(token.text[0])
            if size is None:
                continue
            number, left = divmod(left, size)
            out.append(f"{int(number):0{len(token.text)}}")
        elif token.kind == "share":
            out.append(f"{left:.{shares}f}"[1:])
        elif token.kind == "literal":
            out.append(token.text)
    text = "".join(out).strip()
    if not text or not section.has("elapsed"):
        hours, rest = divmod(int(left if not out else abs(seconds)), 3600)
        text = f"{hours}:{rest // 60:02}" + (f":{rest % 60:02}" if rest % 60 or first == "s" else "")
    return f"-{text}" if negative else text


def _filled(moment: datetime.datetime, section: Section) -> str:
    language = windows_locale.get(section.language, "en").partition("_")[0]
    language = language if language in LANGUAGES else "en"
    dates = [n for n, token in enumerate(section.tokens) if token.kind == "date"]
    half = any(section.tokens[n].text in ("am/pm", "a/p") for n in dates)
    out = []
    for n, token in enumerate(section.tokens):
        if token.kind == "literal":
            out.append(token.text)
        elif token.kind == "share":
            out.append(f"{moment.microsecond / 1e6:.{len(token.text) - 1}f}"[1:])
        elif token.kind == "date":
            at = dates.index(n)
            near = [section.tokens[dates[k]].text[0] for k in (at - 1, at + 1) if 0 <= k < len(dates)]
            before, after = (near[0] if at else ""), (near[-1] if at + 1 < len(dates) else "")
            out.append(_part(moment, token.text, before == "h" or after == "s", half, language))
        elif token.kind in ("point", "group"):
            out.append(token.text)
    return " ".join("".join(out).split())


def _part(moment: datetime.datetime, code: str, minutes: bool, half: bool, language: str) -> str:
    long = len(code)
    if code == "am/pm" or code == "a/p":
        return ("AM" if moment.hour < 12 else "PM")[: 2 if code == "am/pm" else 1]
    if code[0] == "m" and not minutes:
        if long < 3:
            return f"{moment.month:0{long}}"
        name = month_name(moment.month, language, short=long == 3)
        return name[0] if long == 5 else name
    if code[0] == "d":
        return f"{moment.day:0{long}}" if long < 3 else day_name(moment.weekday(), language, short=long == 3)
    if code[0] == "y":
        return f"{moment.year % 100:02}" if long < 3 else f"{moment.year:04}"
    hour = (moment.hour % 12 or 12) if half else moment.hour
    return f"{ {'h': hour, 'm': moment.minute, 's': moment.second}[code[0]]:0{min(long, 2)}}"
