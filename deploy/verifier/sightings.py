"""How sure it is, by what sources other than the parties saw, that an instrument was in force."""

from datetime import date, timedelta

DISPUTED, UNCONFIRMED, DERIVED, CONFIRMED = range(4)
UNDATED = "undated"


def middle(row):
    """The day in the middle of the day or month that was seen."""
    first, until = (date.fromisoformat(row[f"effective_{end}"]) for end in ("from", "until"))
    return str(first + timedelta(((until - first).days - 1) // 2))


def says(row, day):
    """How sure one sighting is of a day, if its source is; None if it says nothing of the day."""
    first, word = row["effective_from"], row["sighting"]
    if day < first:
        return None
    in_year = day < f"{int(first[:4]) + (first[5:] >= '04-01')}-04-01"
    on_day = day == middle(row)
    if day < row["effective_until"] and not on_day:
        return UNCONFIRMED  # The edge of a month.
    return {"started": CONFIRMED if in_year else DERIVED, "approved": UNCONFIRMED,
            "in-force": CONFIRMED if on_day else DERIVED if in_year else UNCONFIRMED,
            "inferred": UNCONFIRMED if in_year else None}[word]


def sighted(known, text, area, day):
    """What sightings of an instrument show of a day: rows, each with how sure it is."""
    own = [row for row in known.rows("instrument-sighted", instrument=text["id"])
           if row["sighting"] != UNDATED]
    against = [*rows_against(known, text, area, day)] if own else []
    found = [*since(own, against, day), *between(own, against, day)]
    ends = known.rows("instrument-ended", instrument=text["id"])
    ends += known.rows("notice-given", instrument=text["id"])
    ended = any(end["effective_until"] <= day for end in ends)
    return [] if ended else found


def rows_against(known, text, area, day):
    """Since when another arrangement of the same receiver, or the denial of this one, is told."""
    for other in known.texts(day).values():
        if known.covers(other, area) and other["given_to"] == text["given_to"]:
            rows = known.rows("instrument-in-force", instrument=other["id"])
            if other["id"] != text["id"]:
                seen = known.rows("instrument-sighted", instrument=other["id"])
                rows += [row for row in seen if row["sighting"] != UNDATED]
            yield from ((row["effective_from"], None) for row in rows)
    for row in known.rows("level-not-held", body=area):
        speaks = known.function in row.get("functions", [known.function])
        if speaks and text["basis"] in row["bases"]:
            yield row["effective_from"], row


def since(own, against, day):
    """What the last sightings up to the day show of it."""
    last = max((i["effective_from"] for i in own if i["effective_from"] <= day), default=None)
    if last is None or any(last < start <= day for start, _ in against):
        return
    denied = any(denial and start <= last and (start == last or day < denial["effective_until"])
                 for start, denial in against)
    nexts = [(i["effective_from"], None) for i in own] + against
    nexts = [each for each in nexts if each[0] > day]
    denied_next = any(denial and start == min(nexts, key=lambda i: i[0])[0]
                      for start, denial in nexts)
    found = []
    for row in own:
        sure = says(row, day) if row["effective_from"] == last else None
        # That an arrangement was approved and did not begin is no contradiction.
        if sure is not None and not (denied and row["sighting"] == "approved"):
            found.append(row | {"sure": min(sure, row["sure"])})
    for row in sorted(found, key=lambda row: (-row["sure"], row["at"]))[:1]:
        fades = denied_next and day > middle(row)
        yield row | {"sure": DISPUTED if denied else min(row["sure"], UNCONFIRMED if fades else 3)}


def between(own, against, day):
    """What a sighting before the day and one after it show of it together."""
    before = [row for row in own if row["effective_until"] <= day]
    after = [row for row in own if middle(row) > day]
    if not before or not after:
        return
    one = max(before, key=lambda row: (
        row["effective_from"], row["sighting"] != "approved", row["sure"], -row["at"]))
    two = min(after, key=lambda row: (
        row["effective_from"], row["sighting"] != "in-force", -row["sure"], row["at"]))
    apart = any(one["effective_from"] <= start <= two["effective_from"] for start, _ in against)
    if one["sighting"] != "approved" and two["sighting"] == "in-force" and not apart:
        yield one | {"sure": min(DERIVED, one["sure"], two["sure"])}
