"""Next year's units: renamed, merged, split, added, dropped, or put in the place of placeholders; and what that does to a scheme."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from generator.language.figures import UNDECIDED
from generator.problems import Refusal, Where
from generator.suggestion import suggestion
from generator.years.walking import KEEP, is_per_unit, is_target, walked

_PLACEHOLDER = re.compile(r"[甲乙丙丁戊己庚辛壬癸×某]+.{0,6}|.{1,8}?[一二三四五六七八九十0-9]{1,3}|.{1,6}[A-Z]")


@dataclass(frozen=True)
class Change:
    """What becomes of units: ``old`` ones go, ``new`` ones come in the place of the first. group: of a unit that is new."""

    old: tuple[str, ...]
    new: tuple[str, ...]
    group: str = ""

    @property
    def words(self) -> str:
        """In a few words."""
        old, new = "、".join(self.old), "、".join(self.new)
        if not self.old:
            return f"增加“{new}”" + (f"（{self.group}）" if self.group else "")
        if not self.new:
            return f"“{old}”不再考核"
        verb = "合并为" if len(self.old) > 1 else "分为" if len(self.new) > 1 else "改名为"
        return f"“{old}”{verb}“{new}”"


@dataclass(frozen=True)
class Units:
    """Units by group before and after. became: what each former unit is now, itself where nothing happened to it."""

    before: Mapping[str, Sequence[str]]
    after: Mapping[str, Sequence[str]]
    became: Mapping[str, tuple[str, ...]]

    @property
    def names(self) -> list[str]:
        """All units now."""
        return [unit for units in self.after.values() for unit in units]

    @property
    def former(self) -> list[str]:
        """All units as they were."""
        return [unit for units in self.before.values() for unit in units]

    def origins(self, unit: str) -> list[str]:
        """Of which former units a unit is made."""
        return [old for old, new in self.became.items() if unit in new]

    @property
    def formerly(self) -> dict[str, list[str]]:
        """What a scheme keeps of this, so that years compare: the units that are not simply themselves."""
        found = {}
        for unit in self.names:
            origins = self.origins(unit)
            if origins and (origins != [unit] or self.became[unit] != (unit,)):
                found[unit] = origins
        return found


def groups_of(data: Mapping[str, Any]) -> dict[str, list[str]]:
    """The units of a scheme's data by group; under '' where there are none."""
    units: Any = data.get("units")
    return {str(group): [*map(str, members)] for group, members in (units if isinstance(units, dict) else {"": units}).items()}


def after(groups: Mapping[str, Sequence[str]], changes: Sequence[Change]) -> Units:
    """The units after some changes. Raises Refusal where a change makes no sense."""
    listed = {group: [*units] for group, units in groups.items()}
    names = [unit for units in groups.values() for unit in units]
    became: dict[str, tuple[str, ...]] = {unit: (unit,) for unit in names}
    for change in changes:
        for unit in change.old:
            if became.get(unit) != (unit,):
                known = unit in names
                raise Refusal(f"“{unit}”的变动写了两次" if known else f"没有“{unit}”这个被考核单位。{suggestion(unit, names)}请核对名称")
        for unit in change.new:
            if unit in {u for units in listed.values() for u in units} - {*change.old}:
                raise Refusal(f"“{unit}”已经是被考核单位，不能再有一个同名的；请换一个名称，或先写明原来的怎么办")
            if not unit:
                raise Refusal("单位的名称不能是空的；请写明新的名称")
        group = change.group or next((g for g, units in listed.items() if change.old and change.old[0] in units), "")
        if group not in listed:
            if group or len(listed) > 1:
                hint = f"{suggestion(group, listed)}可以是：{'、'.join(listed)}"
                raise Refusal(f"没有“{group}”这个分组。{hint}" if group else f"“{change.new[0]}”在哪个分组没有写；{hint}")
            group = next(iter(listed))
        if not change.old:
            listed[group] += change.new
        for known_group, units in listed.items():
            listed[known_group] = [now for unit in units for now in _instead(unit, change)]
        became |= dict.fromkeys(change.old, change.new)
    if not any(listed.values()):
        raise Refusal("一个被考核单位也没有了；请至少留一个")
    return Units(groups, listed, became)


def _instead(unit: str, change: Change) -> tuple[str, ...]:
    """What stands in a unit's place after a change."""
    return () if unit in change.old[1:] else change.new if unit in change.old else (unit,)


def are_placeholders(names: Sequence[str]) -> bool:
    """Whether units are called 甲镇 and 乙镇, or 成员单位一 and 成员单位二, because the regulation lists none."""
    return bool(names) and all(_PLACEHOLDER.fullmatch(name) for name in names)


def listed_anew(data: Mapping[str, Any], lists: Mapping[str, Sequence[str]]) -> Units:
    """The units where an office gives its own list of them. lists: by group; under '' for the one group whose units are placeholders,
    or for the only group. Raises Refusal.
    """
    groups = groups_of(data)
    wanted = {group: [*dict.fromkeys(units)] for group, units in lists.items()}
    if "" in wanted and "" not in groups:
        unlisted = data.get("unlisted") or []
        open_ = [group for group, units in groups.items() if group in unlisted or are_placeholders(units)]
        target = [*groups] if len(groups) == 1 else open_
        if len(target) != 1:
            raise Refusal(
                f"这个方案的单位分为{'、'.join(groups)}；名单里请写明哪些单位在哪一组（一行“分组：单位、单位”，或另加一栏“分组”）"
            )
        wanted[target[0]] = wanted.pop("")
    for group in wanted:
        if group not in groups:
            raise Refusal(
                f"方案里没有“{group or '（没有写分组）'}”这个分组。{suggestion(group, groups)}可以是：{'、'.join(filter(None, groups))}"
            )
    now = {group: wanted.get(group, units) for group, units in groups.items()}
    names = [unit for units in now.values() for unit in units]
    if twice := next((unit for unit in names if names.count(unit) > 1), ""):
        raise Refusal(f"单位“{twice}”在名单里有两个；请只留一个")
    if not all(now[group] for group in wanted):
        raise Refusal("名单是空的；请一行写一个单位")
    became: dict[str, tuple[str, ...]] = {unit: (unit,) if unit in names else () for units in groups.values() for unit in units}
    return Units(groups, now, became)


def _are_names(path: Where) -> bool:
    """Whether a list names units, groups and sets."""
    keys = [part for part in path if isinstance(part, str)]
    return keys[-1] in ("for", "of", "unlisted", "outside") or (len(keys) > 1 and keys[-2] in ("for", "sets", "assessors"))


# What it does to a scheme -------------------------------------------------------------------------------------------------


@dataclass
class Regrouped:
    """A scheme's data with its units as they are now. undecided: places of figures that nobody can know; emptied: of lists that
    named only units that are gone; renamed: of texts with a unit's new name in them, with both texts; mentioned: of texts that speak
    of a unit that is not the same any more, with its name."""

    data: dict[str, Any]
    undecided: list[Where] = field(default_factory=list)
    emptied: list[tuple[Where, str]] = field(default_factory=list)
    renamed: list[tuple[Where, str, str]] = field(default_factory=list)
    mentioned: list[tuple[Where, str]] = field(default_factory=list)


def regrouped(data: dict[str, Any], units: Units) -> Regrouped:
    """A scheme's data with other units in every place where units are named or counted."""
    return _Regrouping(data, units).made()


class _Regrouping:
    def __init__(self, data: dict[str, Any], units: Units) -> None:
        self.data, self.units = data, units
        self.former, self.now = units.former, units.names
        self.result = Regrouped(data)
        self.gone: list[str] = []
        names = {old: new[0] for old, new in units.became.items() if len(new) == 1 and new[0] != old}
        self.names = {old: new for old, new in names.items() if len(units.origins(new)) == 1}
        """Former name → name, of units that are still the same ones."""
        longest = sorted({*self.former, *self.names.values()}, key=len, reverse=True)
        self.pattern = re.compile("|".join(map(re.escape, longest)))

    def made(self) -> Regrouped:
        found = walked({key: value for key, value in self.data.items() if key not in ("units", "formerly")}, self._visit)
        placed: dict[str, Any] = {}
        for key in self.data:
            if key == "units":
                after_ = {group: [*units] for group, units in self.units.after.items()}
                placed[key] = after_[""] if set(after_) == {""} else after_
                if self.units.formerly:
                    placed["formerly"] = self.units.formerly
            elif key in found:
                placed[key] = found[key]
        if self.gone:
            sets = placed.get("sets") or {}
            placed["sets"] = {**sets, **{name: [] for name in dict.fromkeys(self.gone) if name not in sets}}
            order = [key for key in placed if key != "sets"]
            order.insert(order.index("units") + 1, "sets")
            placed = {key: placed[key] for key in order}
        self.result.data = placed
        return self.result

    def _visit(self, value: Any, path: Where) -> Any:
        if is_per_unit(path):
            if isinstance(value, list) and len(value) == len(self.former):
                return self._row(value, path)
            if isinstance(value, dict):
                return self._by_name(value, path)
        if isinstance(value, list) and _are_names(path) and not {*map(str, value)}.isdisjoint(self.former):
            return self._listed([*map(str, value)], path)
        if isinstance(value, dict) and not value.keys().isdisjoint(self.former):
            became = self.units.became
            return {new: walked(one, self._visit, None, (*path, key)) for key, one in value.items() for new in became.get(key, (key,))}
        if isinstance(value, str) and path[-1] not in ("id", "scheme", "clause", "rule") and path[0] != "source":
            return self._text(value, path)
        return KEEP

    def _text(self, text: str, path: Where) -> str:
        new = self.pattern.sub(lambda found: self.names.get(found[0], found[0]), text)
        others = {one for one in self.pattern.findall(text) if self.units.became.get(one, (one,)) != (one,) and one not in self.names}
        self.result.mentioned += [(path, one) for one in sorted(others)]
        if new != text:
            self.result.renamed.append((path, text, new))
        return new

    def _listed(self, names: list[str], path: Where) -> list[str]:
        """A list of units, groups and sets."""
        now = [*dict.fromkeys(new for name in names for new in self.units.became.get(name, (name,)))]
        if now or "sets" in path[:1]:
            return now
        self.gone += names  # an empty list would mean everybody
        self.result.emptied.append((path, "、".join(names)))
        return names

    def _row(self, row: list[Any], path: Where) -> list[Any]:
        """Figures in the order of the units."""
        by_unit = dict(zip(self.former, row, strict=True))
        found = [self._figure(unit, by_unit, path) for unit in self.now]
        if UNDECIDED in found:
            self.result.undecided.append(path)
        return found

    def _by_name(self, figures: dict[str, Any], path: Where) -> dict[str, Any]:
        """Figures by unit, group or set."""
        own = {name: figure for name, figure in figures.items() if name in self.former}
        found: dict[str, Any] = {}
        for name, figure in figures.items():
            if name not in own:
                found[name] = figure
            for new in self.units.became.get(name, ()) if name in own else ():
                found[new] = self._figure(new, own, path)
        groups = {unit: group for group, units in self.units.after.items() for unit in units}
        for unit in self.now if own and len(own) == len(figures) else ():
            if not self.units.origins(unit) and groups[unit] not in found:
                found[unit] = UNDECIDED
        if UNDECIDED in found.values():
            self.result.undecided.append(path)
        return found

    def _figure(self, unit: str, figures: Mapping[str, Any], path: Where) -> Any:
        """A unit's figure, from those of the units it is made of."""
        known = [figures[old] for old in self.units.origins(unit) if old in figures]
        if not known:
            alike = {str(one): one for one in figures.values()}
            return next(iter(alike.values())) if len(alike) == 1 and None not in alike.values() else UNDECIDED
        some = [one for one in known if one is not None]
        if not some:
            return None
        shared = any(len(self.units.became[old]) > 1 for old in self.units.origins(unit) if old in figures)
        amount = is_target(path) and all(isinstance(one, Decimal) for one in some)
        if amount and shared:
            return UNDECIDED
        if amount and len(some) > 1:
            return sum(some, Decimal(0))
        return some[0] if len({str(one) for one in some}) == 1 else UNDECIDED
