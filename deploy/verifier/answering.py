"""Who would answer today for a body that has ceased, step by step, by the law of each step."""

from datetime import date, timedelta

from facts import SURE

UNCONFIRMED = SURE.index("unconfirmed")


def answering_now(known, said, today):
    """For each body that is no longer what it was: who came after it, and by which steps."""
    for body in sorted({*said["liable"], *said["exercisers"]}):
        was, now = (known.body(body, day).get("role") for day in (known.on, today))
        if not was or was == now:
            continue
        rows = {}
        heirs(known, body, known.on, today, rows, {})
        steps = [step(known, row) for row in rows.values()]
        found = sorted({row["successor"] for row in rows.values()
                        if in_being(known, row["successor"], today)})
        sure = min([how for *_, how in steps], default=UNCONFIRMED)
        one = len(found) == 1 and sure > UNCONFIRMED
        state = "settled" if one else "unsettled" if found else "unknown"
        steps = sorted((each for each, _ in steps), key=lambda each: (each[2], each[3]))
        rule = next((rule for who, *_, rule in steps if rule and who == body), None)
        said["answering_now"] += [(body, found, rule)]
        said["answering_steps"] += [(body, state, SURE[sure], steps)]


def in_being(known, code, day):
    """Whether a body can answer on a day: a location of an ICB cannot."""
    return known.body(code, day).get("role") not in (None, "sub-icb-location")


def heirs(known, code, since, today, rows, seen):
    """Adds the successions from a body to those in being today; says whether there are any."""
    if (code, since) not in seen:
        seen[code, since] = False
        after = [row for row in known.rows("succession-recorded", today, predecessor=code)
                 if row["effective_from"] > since]
        for row in [row for row in after if row.get("by_liability")] or after:
            to, on = row["successor"], row["effective_from"]
            if in_being(known, to, today) or heirs(known, to, on, today, rows, seen):
                rows[row["at"]] = row
                seen[code, since] = True
    return seen[code, since]


def step(known, row):
    """One step: from and to whom, when, by which event and rule; and how sure it is."""
    before, after, on = row["predecessor"], row["successor"], row["effective_from"]
    eve = str(date.fromisoformat(on) - timedelta(1))
    roles = {"from": known.body(before, eve).get("role"), "to": known.body(after, on).get("role")}
    rule = known.rule(on, "read-across", roles.__eq__)
    sure = min(SURE.index(row.get("by_liability") or "unconfirmed"), row["sure"])
    return (before, after, on, row["at"], rule and rule["id"]), sure
