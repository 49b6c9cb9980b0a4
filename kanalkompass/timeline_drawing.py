"""A vacancy's time line as coordinates: whole pixels of an SVG 1100 wide. The same things stand in a table below it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from django.utils.translation import gettext as _

from foundation import formats
from kanalkompass.timeline import Happening, Kind, Timeline

WIDTH, LEFT, RIGHT, TOP, ROW = 1100, 150, 1090, 34, 34
LONGEST_NAME = 20
# A cost of years ago, or a deadline far ahead, must not make the weeks that matter invisible.
BEFORE, LONGEST = timedelta(weeks=26), timedelta(weeks=53)
MOST_LABELS = 10
# Two marks of one day stand side by side; three or more that would lie on each other are one with a number.
MARK_APART, ROOM, ROOM_OF_MANY = 15, 18, 20
MOST_TOLD = 8


@dataclass(frozen=True)
class Mark:
    """
    A point in time: its kind decides the shape.

    "many" stands for `n` happenings too close to be drawn apart, "many_doubt" where a person must act on one of them.
    """

    kind: str
    x: int
    title: str
    n: int = 1


@dataclass(frozen=True)
class Bar:
    """A stretch of days; `planned_x` is where the part that lies ahead begins, None when none does."""

    x: int
    done_width: int
    planned_x: int | None
    planned_width: int
    label: str
    label_x: int


@dataclass(frozen=True)
class Lane:
    """One row: a channel, the announcement or the applicants."""

    name: str
    y: int
    bars: list[Bar] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)

    @property
    def line_y(self) -> int:
        """Where the line under the row runs."""
        return self.y + ROW // 2

    @property
    def text_y(self) -> int:
        """The base line of its text."""
        return self.y + 4


@dataclass(frozen=True)
class Drawing:
    """The whole picture. A label is (x, text, anchor); days are Norwegian."""

    first_day: date
    last_day: date
    lanes: list[Lane]
    weeks: list[tuple[int, str]]
    deadline_x: int | None
    today_x: int | None
    labels: list[tuple[int, str, str]]
    kinds: set[str]
    n_outside: int

    width, left, right, top = WIDTH, LEFT, RIGHT, TOP - 10

    @property
    def bottom(self) -> int:
        """Where the lanes end."""
        return TOP + ROW * len(self.lanes)

    @property
    def height(self) -> int:
        """The height of the picture, labels included."""
        return self.bottom + 22

    @property
    def label_y(self) -> int:
        """The base line of the labels under the lanes."""
        return self.bottom + 15

    @property
    def after_width(self) -> int:
        """How wide the time after the deadline is."""
        return 0 if self.deadline_x is None else RIGHT - self.deadline_x


class _Scale:
    """Days to pixels, over whole weeks."""

    def __init__(self, first: date, last: date) -> None:
        self.first = first - timedelta(days=first.weekday())
        self.last = last + timedelta(days=6 - last.weekday())
        self.n_days = (self.last - self.first).days + 1

    def x(self, day: date, *, into: float = 0.0) -> int:
        """Return where a day begins, or `into` days later, held inside the picture."""
        days = (day - self.first).days + into
        return round(LEFT + min(max(days, 0), self.n_days) * (RIGHT - LEFT) / self.n_days)

    def holds(self, day: date) -> bool:
        """Whether a day is in the picture."""
        return self.first <= day <= self.last


def drawing(line: Timeline, *, deadline: date, today: date) -> Drawing | None:
    """Return the picture, None when nothing has a day."""
    dated = [each for each in line.happenings if each.first]
    scale = _scale(dated, deadline=deadline, today=today)
    if not dated:
        return None
    lanes, n_outside, y = [], 0, TOP + ROW // 2
    for name in line.lanes:
        own = [each for each in dated if each.lane == name]
        inside = [each for each in own if _is_inside(each, scale)]
        n_outside += len(own) - len(inside)
        if inside:
            lanes.append(_lane(name, y, inside, scale, today=today))
            y += ROW
    deadline_x = scale.x(deadline, into=1) if scale.holds(deadline) else None
    today_x = scale.x(today, into=0.5) if scale.holds(today) else None
    return Drawing(
        first_day=scale.first,
        last_day=scale.last,
        lanes=lanes,
        weeks=_weeks(scale),
        deadline_x=deadline_x,
        today_x=today_x,
        labels=_labels(deadline_x, today_x, deadline=deadline, today=today),
        kinds={mark.kind for lane in lanes for mark in lane.marks} | ({"bar"} if any(x.bars for x in lanes) else set()),
        n_outside=n_outside,
    )


def _scale(dated: list[Happening], *, deadline: date, today: date) -> _Scale:
    anchor = min(today, deadline)
    # A survey stays open for weeks after the deadline, when nothing else is done any more.
    days = [day for each in dated for day in (each.first, None if each.kind == Kind.SURVEY else each.last) if day]
    days += [deadline, *([today] if today <= deadline + timedelta(days=28) else [])]
    first = max(min(days), anchor - BEFORE)
    return _Scale(first, min(max(days), first + LONGEST))


def _is_inside(each: Happening, scale: _Scale) -> bool:
    last = each.last or each.first
    return bool(each.first and last and last >= scale.first and each.first <= scale.last)


def _lane(name: str, y: int, happenings: list[Happening], scale: _Scale, *, today: date) -> Lane:
    shown = name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}\N{HORIZONTAL ELLIPSIS}"
    lane = Lane(shown, y)
    points: list[Mark] = []
    for each in happenings:
        if each.first is None:
            continue
        if each.is_stretch:
            lane.bars.append(_bar(each, scale, today=today))
            continue
        title = f"{each.what}: {each.detail}" if each.detail else each.what
        points.append(Mark(each.kind, scale.x(each.first, into=0.5), f"{title}, {short_day(each.first)}"))
    lane.marks.extend(_apart(points))
    return lane


def _apart(points: list[Mark]) -> list[Mark]:
    """Return the marks of a lane so that none lies on another: pairs side by side, more than two as one."""
    together: list[list[Mark]] = []
    for point in sorted(points, key=lambda each: each.x):
        near = together[-1] if together else []
        room = ROOM_OF_MANY if len(near) > 2 else ROOM + MARK_APART * (len(near) - 1)
        if near and point.x < near[0].x + room:
            near.append(point)
        else:
            together.append([point])
    return [mark for near in together for mark in _drawn(near)]


def _drawn(near: list[Mark]) -> list[Mark]:
    if len(near) > 2:
        return [_many(near)]
    first = min(near[0].x, RIGHT - 5 - MARK_APART * (len(near) - 1))
    return [replace(mark, x=first + MARK_APART * n) for n, mark in enumerate(near)]


def _many(near: list[Mark]) -> Mark:
    told = "; ".join(mark.title for mark in near[:MOST_TOLD])
    more = "; \N{HORIZONTAL ELLIPSIS}" if len(near) > MOST_TOLD else ""
    title = _("%(n)s happenings") % {"n": len(near)}
    needs_somebody = any(mark.kind in (Kind.UNKNOWN, Kind.STOPPED) for mark in near)
    kind = "many_doubt" if needs_somebody else "many"
    return Mark(kind, min(near[0].x, RIGHT - 9), f"{title}: {told}{more}", n=len(near))


def _bar(each: Happening, scale: _Scale, *, today: date) -> Bar:
    first, last = each.first or scale.first, each.last or scale.last
    x, end = scale.x(first), scale.x(last, into=1)
    now = min(max(scale.x(today, into=0.5), x), end) if today <= last else end
    room = RIGHT - end
    return Bar(
        x=x,
        done_width=now - x,
        planned_x=now if end > now else None,
        planned_width=end - now,
        # Said where there is room for it, and where the shaded time after the deadline does not say it already.
        label=short_day(last) if each.kind == Kind.AD and room > 60 else "",
        label_x=end + 6,
    )


def _weeks(scale: _Scale) -> list[tuple[int, str]]:
    n_weeks = scale.n_days // 7
    step = -(-n_weeks // MOST_LABELS)
    mondays = [scale.first + timedelta(weeks=n) for n in range(0, n_weeks, step)]
    return [(scale.x(day), _("week %(n)s") % {"n": day.isocalendar().week}) for day in mondays]


def _labels(deadline_x: int | None, today_x: int | None, *, deadline: date, today: date) -> list[tuple[int, str, str]]:
    labels = []
    is_before = today <= deadline
    if today_x is not None:
        text = _("today %(day)s") % {"day": short_day(today)}
        labels.append((today_x - 5, text, "end") if is_before and today_x > LEFT + 90 else (today_x + 5, text, "start"))
    if deadline_x is not None:
        text = _("Deadline %(day)s") % {"day": short_day(deadline)}
        is_left = (not is_before or deadline_x > RIGHT - 110) and not (is_before and today_x and today_x > LEFT + 90)
        labels.append((deadline_x - 5, text, "end") if is_left else (deadline_x + 5, text, "start"))
    return labels


def short_day(day: date) -> str:
    """Return 25. nov., without the year."""
    return formats.short_day(day)


def period(each: Happening) -> str:
    """Return when something happened: «25. nov.», «2. nov. til 25. nov.», or "" for what has no day."""
    if each.first is None:
        return ""
    if each.last is None or each.last == each.first:
        return short_day(each.first)
    return _("%(first)s to %(last)s") % {"first": short_day(each.first), "last": short_day(each.last)}
