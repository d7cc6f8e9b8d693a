"""Who would answer on a later day for a body that has ceased, or whose liabilities have passed,
step by step, by the law of each step."""

from datetime import date, timedelta

from facts import SURE

UNCONFIRMED = SURE.index("unconfirmed")


def answering_now(known, said, today):
    """For each body that is no longer what it was: who came after it, and by which steps."""
    for body in sorted({*said["liable"], *said["exercisers"]}):
        was, now = (known.body(body, day).get("role") for day in (known.on, today))
        passed = [way for way in ways(known, body, known.on, today)
                  if "power" in way or way.get("by_liability")]
        if not was or was == now and not passed:
            continue
        steps, found = {}, set()
        heirs(known, body, known.on, today, (steps, found), {})
        if was == now and not steps:
            continue  # What passed to a body that led nowhere came from a body that is there.
        told = [step(known, way) for way in steps.values()]
        # Unless a step from the body is sure, its liability may be where it was.
        leaves = any(each[0] == body and how > UNCONFIRMED for each, how in told)
        found |= {body} if was == now and not leaves else set()
        sure = min([how for *_, how in told], default=UNCONFIRMED)
        one = len(found) == 1 and sure > UNCONFIRMED
        state = "settled" if one else "unsettled" if found else "unknown"
        told = sorted((each for each, _ in told), key=lambda each: (each[2], each[3]))
        rule = next((rule for who, *_, rule in told if rule and who == body), None)
        said["answering_now"] += [(body, sorted(found), rule)]
        said["answering_steps"] += [(body, state, SURE[sure], told)]


def in_being(known, code, day):
    """Whether a body can answer on a day: a location of an ICB cannot."""
    return known.body(code, day).get("role") not in (None, "sub-icb-location")


def firm(scheme):
    """Whether a scheme says what passes otherwise than in words alone."""
    return "described" not in scheme


def ways(known, code, since, today):
    """What leads on from a body: schemes before successions, and liabilities before areas."""
    names = {"from": "predecessor", "to": "successor"}
    schemes = [{names.get(name, name): value for name, value in row.items()} for row in known.rows(
        "transfer-scheme-made", today, **{"from": code}) if row["effective_from"] > since]
    if any(map(firm, schemes)):
        return schemes
    after = [row for row in known.rows("succession-recorded", today, predecessor=code)
             if row["effective_from"] > since]
    return schemes + ([row for row in after if row.get("by_liability")] or after)


def heirs(known, code, since, today, found, seen):
    """Adds the ways from a body to those in being, and who they are; says whether there are any."""
    if (code, since) not in seen:
        seen[code, since] = False
        for way in ways(known, code, since, today):
            to, on = way["successor"], way["effective_from"]
            passed_on = any(firm(i) for i in ways(known, to, on, today) if "power" in i)
            last = in_being(known, to, today) and not passed_on
            if last or heirs(known, to, on, today, found, seen):
                found[0][way["at"]] = way
                found[1].update([to] if last else [])
                seen[code, since] = True
    return seen[code, since]


def step(known, way):
    """One step: from and to whom, when, by which event and rule; and how sure it is."""
    before, after, on = way["predecessor"], way["successor"], way["effective_from"]
    eve = str(date.fromisoformat(on) - timedelta(1))
    roles = {"from": known.body(before, eve).get("role"), "to": known.body(after, on).get("role")}
    rule = known.rule(on, "read-across", roles.__eq__)
    passes = way.get("by_liability") or "unconfirmed"
    if "power" in way:
        excepts = "derived" if "excepted" in way else "confirmed"
        passes = excepts if firm(way) else "unconfirmed"
    sure = min(SURE.index(passes), way["sure"])
    return (before, after, on, way["at"], rule and rule["id"]), sure
