"""Who would answer on a later day for a body that has ceased, or whose liabilities have passed,
step by step, by the law of each step."""

from datetime import date, timedelta

from facts import NEVER, SURE

UNCONFIRMED = SURE.index("unconfirmed")


def answering_now(known, said, today):
    """For each body that is no longer what it was: who came after it, and by which steps."""
    for body in sorted({*said["liable"], *said["exercisers"]}):
        was, now = (known.body(body, day).get("role") for day in (known.on, today))
        on = ways(known, body, known.on, today)
        if not was or was == now and not any(map(passes, on)):
            continue
        steps, found, lost = {}, set(), set()
        heirs(known, body, known.on, today, (steps, found, lost), set())
        told = [step(known, way) for way in steps.values()]
        # What may have passed from a body in being may be where it was.
        found |= {body} if was == now and not any(map(is_sure, on)) else set()
        sure = min([how for *_, how in told], default=UNCONFIRMED)
        one = len(found) == 1 and sure > UNCONFIRMED and not lost
        state = "settled" if one else "unsettled" if found else "unknown"
        told = sorted((each for each, _ in told), key=lambda each: (each[2], each[3]))
        rule = next((rule for who, *_, rule in told if rule and who == body), None)
        said["answering_now"] += [(body, sorted(found), rule)]
        said["answering_steps"] += [(body, state, SURE[sure], told)]


def still(known, code, since, today):
    """Whether a body can answer on a day for what it bore on an earlier one: as another body of
    the same code, or as a location of an ICB, it cannot."""
    was, now = (known.body(code, day).get("role") for day in (since, today))
    return now not in (None, "sub-icb-location") and was in (None, now)


def end(known, code, since, today):
    """The day on which a body ceases to be what it was on a day, as far as is known."""
    role = known.body(code, since).get("role")
    lives = [row for row in known.rows("body-established", code=code, role=role)
             if row["effective_from"] <= today] if role else []
    return max(lives, key=lambda row: row["effective_from"], default={}).get(
        "effective_until", NEVER)


def passes(way):
    """Whether liabilities pass this way, be it not an area that passes."""
    return "power" in way or bool(way.get("by_liability"))


def how_sure(way):
    """How sure it is that liabilities pass this way."""
    by = way.get("by_liability") or "unconfirmed"
    if "power" in way and "described" not in way and "excepted" not in way:
        by = "confirmed"
    return min(SURE.index(by), way["sure"])


def is_sure(way):
    """Whether liabilities have certainly left the body this way."""
    return how_sure(way) > UNCONFIRMED


def ways(known, code, since, today):
    """What leads on from a body, up to the day on which its liabilities have certainly left it; on
    each day schemes before successions, and liabilities before areas."""
    names = {"from": "predecessor", "to": "successor"}
    schemes = [{names.get(name, name): value for name, value in row.items()} for row in known.rows(
        "transfer-scheme-made", today, **{"from": code})]
    every = schemes + known.rows("succession-recorded", today, predecessor=code)
    found, last = [], end(known, code, since, today)
    for day in sorted({way["effective_from"] for way in every if way["effective_from"] <= last}):
        of_day = [way for way in every if way["effective_from"] == day > since]
        by_scheme = [way for way in of_day if "power" in way]
        liable = [way for way in of_day if way.get("by_liability")]
        passed = any(map(is_sure, by_scheme))
        found += by_scheme if passed else by_scheme + liable if liable else of_day
        if any(map(is_sure, of_day)):
            break
    return found


def heirs(known, code, since, today, found, seen):
    """Adds the ways from a body, who is reached and in being, and who has ceased with nothing that
    shows where all it bore went."""
    if (code, since) in seen:
        return
    seen.add((code, since))
    steps, reached, lost = found
    out = ways(known, code, since, today)
    for way in out:
        to, on = way["successor"], way["effective_from"]
        steps[way["at"]] = way
        onward = ways(known, to, on, today)
        there = still(known, to, on, today)
        if there and not any(map(is_sure, onward)):
            reached.add(to)
        if not there or any(map(passes, onward)):
            heirs(known, to, on, today, found, seen)
    last = end(known, code, since, today)
    left = any(is_sure(way) or way["effective_from"] == last for way in out)
    if not still(known, code, since, today) and not left:
        lost.add(code)


def step(known, way):
    """One step: from and to whom, when, by which event and rule; and how sure it is."""
    before, after, on = way["predecessor"], way["successor"], way["effective_from"]
    eve = str(date.fromisoformat(on) - timedelta(1))
    roles = {"from": known.body(before, eve).get("role"), "to": known.body(after, on).get("role")}
    succeeds = any(row["successor"] == after and row["effective_from"] == on
                   for row in known.rows("succession-recorded", on, predecessor=before))
    rule = known.rule(on, "read-across", roles.__eq__) if succeeds else None
    return (before, after, on, way["at"], rule and rule["id"]), how_sure(way)
