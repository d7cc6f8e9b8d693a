"""Who answers now, as statements of version 1 state it: a rule is looked up once, by what the body
was and the day of the last step, and every succession is followed. Nothing else uses this."""


def answering_now(known, said, today):
    """Those who are no longer what they were, their successors, and the rule that says so."""
    bodies = {*said["liable"], *said["exercisers"]} if today and known.on < today else ()
    for body in bodies:
        was, now = (known.body(body, day).get("role") for day in (known.on, today))
        if was and was != now:
            found = [*heirs(known, body, today, set())]
            laws = [(on, {"from": was, "to": to}) for _, to, on in reversed(found)]
            rules = (known.rule(on, "read-across", law.__eq__) for on, law in laws)
            rule = next((rule["id"] for rule in rules if rule), None)
            yield body, sorted({heir for heir, *_ in found}), rule


def heirs(known, code, today, seen, depth=0):
    """Those in being today who came after a body, with their role and since when."""
    for row in known.rows("succession-recorded", today, predecessor=code):
        role = known.body(row["successor"], today).get("role")
        if role not in (None, "sub-icb-location"):
            yield row["successor"], role, row["effective_from"]
        elif depth < 16 and row["successor"] not in seen:
            seen.add(row["successor"])
            yield from heirs(known, row["successor"], today, seen, depth + 1)
