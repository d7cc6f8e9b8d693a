"""Who holds, exercises and is liable for a function, worked out step by step from events alone."""

from datetime import date, timedelta

import version_1
from facts import NEVER, NHS_ENGLAND, SURE, Facts

WAITING = {"executed": "executed-not-in-force"} | dict.fromkeys(
    ["approved", "conditionally-approved", "documents-issued"], "approved-not-executed")
SAID = """kind unknown ask_instead area holder exercisers basis reserved liable_state liable rules
instruments links predecessors conditions accountable performed_by capacities expectations
unapplied answering_now answering_steps""".split()


def answer(events, question):
    """The answer to a question (function, place, effective_on, known_at, today) from events."""
    known, today = Known(events, question), question["today"]
    said = {name: [] for name in SAID} | {"kind": "unknown", "unknown": "", "area": None}
    said |= {"holder": None, "basis": None, "reserved": False, "liable_state": "unknown"}
    recorded = known.rows("function-catalogued", code=known.function)
    segments = known.rows("function-catalogued", known.on, code=known.function)
    said["area"], *found = known.place(question["place"]) if recorded else (None,)
    if not segments:
        said["unknown"] = "function-outside-records" if recorded else "function-not-recorded"
    elif found == [NHS_ENGLAND] and segments[0]["holder"] == "commissioner":
        said["unknown"], said["area"] = "no-commissioner", None
    elif said["area"]:
        known.resolve(said, segments[0], *found)
    else:
        said["unknown"], *said["ask_instead"] = found
    steps = [row["instrument"] for row in known.so["instrument-advanced"]
             if ("executed-not-in-force", row["at"]) in said["unapplied"]]
    texts, shown = known.texts(known.on), [*said["instruments"], *said["links"], *steps]
    to = {body for instrument in shown for body in texts[instrument]["given_to"]}
    rows = known.rows("expectation-stated", known.on, area=said["area"], function=known.function)
    said["expectations"] = [(row["at"], row["expected"] not in to) for row in rows]
    if today and known.on < today:
        known.answering_now(said, today)
    if known.version_1:  # What statements of version 1 do not state, or otherwise.
        del said["capacities"], said["answering_steps"]
        said["answering_now"] = [*version_1.answering_now(known, said, today)]
    for name, value in said.items():
        if not isinstance(value, str | bool | None):
            said[name] = [[*i] if isinstance(i, tuple) else i for i in sorted(value)]
    return said


class Known(Facts):
    """The procedure, step by step, over what is so."""

    def continued(self, area, role):
        """The instruments that by law go on, until varied, against a successor not named."""
        found = {}
        for body, on, eve, texts in self.before(area, self.on):
            for text in texts:
                law = {"basis": text["basis"], "from": self.body(body, eve).get("role"), "to": role}
                now = self.texts(self.on)[text["id"]]
                if self.covers(now, area, body) and self.rule(on, "continuity", law.__eq__):
                    found.setdefault(text["id"], (now, [area], self.row(now, self.on, body)))
        return [each for each in found.values() if each[2]]

    def predecessors(self, area, day, depth=0):
        """The instruments of those from whom a body has its area, as far back as there are any."""
        for body, _, eve, texts in self.before(area, day):
            own = [text["id"] for text in texts
                   if text["kind"] != "greater-involvement" and text["area"] != "england"]
            yield from own or (self.predecessors(body, eve, depth + 1) if depth < 8 else [])

    def resolve(self, said, segment, role):
        """Says what is so of an area, by what the catalogue says on the day."""
        area, every = said["area"], [*self.bearings(said["area"], self.on)]
        vesting = [row for row in self.so["rule-enacted"] if (law := row["says"].get("vesting"))
                   and law["role"] == role and self.function in law["functions"]]
        vested = self.rule(self.on, "vesting", [i["says"]["vesting"] for i in vesting].__contains__)
        own = vested or segment["holder"] == "commissioner"
        said["holder"] = holder = area if own else segment["holder"]["body"]
        said["reserved"] = segment["reserved"] and not vested
        # What ended by vesting stays ended, whatever becomes of the rule.
        ended = [(row["effective_from"], row["says"]["vesting"]["ends"]) for row in vesting]
        found = [(text, by, row) for text, by, row in every if row and not any(
            row["effective_from"] < on <= self.on and text["basis"] in ends for on, ends in ended)]
        rest = [] if said["reserved"] else found
        kept = [each for each in found if each[0]["kind"] == "intervention"] or rest
        found = [each for each in kept if each[0]["kind"] != "greater-involvement"]
        closed = vested or len(found) < len(kept)
        found = found if found or vested else self.continued(area, role)
        links = [(text, by, row) for text, by, row in found if any(
            other["given_by"] == by != text["given_by"] for other, *_ in found)]
        bearing = [each for each in found if each not in links]
        links = bearing and links
        routes = [] if bearing or closed else self.open(segment, area)
        if role == NHS_ENGLAND:  # It receives functions of the Secretary of State only.
            routes = [basis for basis in routes if basis in ("s7a", "s7b")]
        nhs, state = ([row["code"] for row in self.rows("body-established", self.on, role=office)]
                      for office in ("nhs-england", "secretary-of-state"))
        would = dict.fromkeys(["s13z-jointly", "s65z5-jointly"], sorted({holder, area}))
        would |= {"no-arrangement": [holder], "s7a": nhs}
        cases = [(text["basis"], by) for text, by, _ in bearing] or [
            (basis, would.get(basis, [area])) for basis in ["no-arrangement", *routes]]
        one = not routes and all(case == cases[0] for case in cases)
        rules = [self.rule(self.on, "liability", lambda law: i in law["bases"]) for i, _ in cases]
        says = [rule and rule["says"]["liability"]["liable"] for rule in rules]
        whom = {"holder": [holder], "not-stated": None, None: None}
        liable = [whom.get(word, by) for word, (_, by) in zip(says, cases)]
        settled = liable[0] is not None if one else all(i and i == liable[0] for i in liable)
        said["liable_state"] = "settled" if settled else "unsettled" if one else "unknown"
        said["liable"], said["rules"] = liable[0] if settled else [], {i["id"] for i in rules if i}
        said["instruments"] = [text["id"] for text, *_ in bearing]
        said["links"] = [text["id"] for text, *_ in links if one]
        said["unapplied"] = {("rule-not-commenced", row["at"]) for row in vesting
                             if row["effective_from"] == NEVER}
        for text, *_ in [each for each in every if not each[2]]:
            undated = self.rows("instrument-sighted", self.on, instrument=text["id"])
            undated = [row["at"] for row in undated if row["sighting"] == "undated"][:1]
            said["unapplied"] |= {("sighted-undated", at) for at in undated}
            begun = self.rows("instrument-in-force", instrument=text["id"])
            steps = self.rows("instrument-advanced", instrument=text["id"])
            steps = [(row["evidence"].get("made_on", ""), row["at"], row["stage"]) for row in steps]
            _, at, stage = max([i for i in steps if i[0] <= self.on], default=("", 0, ""))
            if stage in WAITING and all(self.on < row["effective_from"] for row in begun):
                said["unapplied"].add((WAITING[stage], at))
        if one:
            self.exercised(said, *cases[0], bearing, links)
        elif bearing:
            said["kind"] = "conflict"
            said["unapplied"] |= {("conflict-open", row["at"]) for *_, row in bearing}
        else:
            said["predecessors"] = {*self.predecessors(area, self.on)}
            said |= {"kind": "gap"} if said["predecessors"] else {"unknown": "no-evidence"}
        said["unapplied"] |= {
            ("notice-pending", row["at"]) for instrument in said["instruments"] + said["links"]
            for row in self.rows("notice-given", self.on, instrument=instrument)[:1]}
        if {*nhs} & {holder, *(to for _, to in said["accountable"])}:
            said["accountable"] = {*said["accountable"], *zip(nhs, state)}

    def open(self, segment, area):
        """The bases of routes not ruled out; what its parties ended is the holder's again."""
        ends = [end for end in self.so["instrument-ended"] + self.so["notice-given"]
                if end.get("reason", "expired") in ("terminated", "revoked", "expired")]
        for end in [end for end in ends if end["effective_until"] <= self.on]:
            eve = str(date.fromisoformat(end["effective_until"]) - timedelta(1))
            for text, _, row in self.bearings(area, eve):
                moves = text["kind"] not in ("greater-involvement", "intervention")
                if row and moves and text["id"] == end["instrument"] and text["area"] != "england":
                    return []
        shut = [i for row in self.rows("level-not-held", self.on, body=area) for i in row["bases"]]
        return [i["basis"] for i in segment["routes"] if i["basis"] not in shut]

    def exercised(self, said, basis, by, bearing, links):
        """Says who exercises and on what basis, where that is known, and what goes with it."""
        kind = "jointly-held" if len(by) > 1 else "held"
        kind = said["liable_state"] if said["liable_state"] == "unsettled" else kind
        said |= {"kind": kind if bearing else "not-delegated", "basis": basis, "exercisers": by}
        said["accountable"] = {(who, to) for text, by, _ in bearing + links for who in by
                               if who not in text["given_by"] for to in text["given_by"]}
        for instrument in said["instruments"]:
            text = self.texts(self.on)[instrument]
            lifted = [i["condition"] for i in self.rows("condition-lifted", instrument=instrument)
                      if text.get("since", "") < i["effective_until"] <= self.on]
            rows = self.rows("condition-attached", self.on, instrument=instrument)
            said["conditions"] += {row["condition"] for row in rows} | (
                {*text.get("conditions", [])} - {*lifted})
            rows = self.rows("work-performed", self.on, instrument=instrument)
            said["performed_by"] += [row["performer"] for row in rows]
        said["performed_by"] = said["performed_by"] or by
        self.capacities(said, [text for text, *_ in bearing + links])

    def capacities(self, said, texts):
        """Who stands beside those named: who gives by his instrument, others by the answer's."""
        roles = {"holder": [said["holder"]], "exerciser": said["exercisers"]}
        named = {"entitled-too": said["exercisers"], "suable-too": said["liable"]}
        ids = dict.fromkeys(row["id"] for row in self.enacted if "capacity" in row["says"])
        for rule in [row for i in ids for row in self.rows("rule-enacted", self.on, id=i)[:1]]:
            law = rule["says"].get("capacity", {"bases": []})
            speaks = self.function in (law.get("functions") or [self.function])
            last = said["basis"] in law["bases"]
            givers = [text["given_by"] for text in texts if text["basis"] in law["bases"]]
            found = [roles[role] for role in law["bodies"] if role in roles and last]
            found += givers if "giver" in law["bodies"] else []
            bodies = {body for some in found for body in some} - {*named.get(law["capacity"], ())}
            if speaks and bodies:
                said["capacities"] += [(law["capacity"], sorted(bodies), rule["id"])]

    def answering_now(self, said, today):
        """For each body that is no longer what it was: who came after it, and by which steps."""
        for body in sorted({*said["liable"], *said["exercisers"]}):
            was, now = (self.body(body, day).get("role") for day in (self.on, today))
            if not was or was == now:
                continue
            rows = {}
            self.heirs(body, self.on, today, rows, {})
            steps = [self.step(row) for row in rows.values()]
            heirs = sorted({row["successor"] for row in rows.values()
                            if self.in_being(row["successor"], today)})
            sure = min([how for *_, how in steps], default=SURE.index("unconfirmed"))
            one = len(heirs) == 1 and sure > SURE.index("unconfirmed")
            state = "settled" if one else "unsettled" if heirs else "unknown"
            steps = sorted((step for step, _ in steps), key=lambda step: (step[2], step[3]))
            rule = next((rule for who, *_, rule in steps if rule and who == body), None)
            said["answering_now"] += [(body, heirs, rule)]
            said["answering_steps"] += [(body, state, SURE[sure], steps)]

    def in_being(self, code, day):
        """Whether a body can answer on a day: a location of an ICB cannot."""
        return self.body(code, day).get("role") not in (None, "sub-icb-location")

    def heirs(self, code, since, today, rows, seen):
        """Adds the successions from a body to those in being today; says whether there are any."""
        if (code, since) not in seen:
            seen[code, since] = False
            after = [row for row in self.rows("succession-recorded", today, predecessor=code)
                     if row["effective_from"] > since]
            for row in [row for row in after if row.get("by_liability")] or after:
                to, on = row["successor"], row["effective_from"]
                if self.in_being(to, today) or self.heirs(to, on, today, rows, seen):
                    rows[row["at"]] = row
                    seen[code, since] = True
        return seen[code, since]

    def step(self, row):
        """One step: from and to whom, when, by which event and rule; and how sure it is."""
        before, after, on = row["predecessor"], row["successor"], row["effective_from"]
        eve = str(date.fromisoformat(on) - timedelta(1))
        roles = {"from": self.body(before, eve).get("role"), "to": self.body(after, on).get("role")}
        rule = self.rule(on, "read-across", roles.__eq__)
        sure = [row.get("by_liability") or "unconfirmed", row["evidence"]["confidence"]]
        return (before, after, on, row["at"], rule and rule["id"]), min(map(SURE.index, sure))
