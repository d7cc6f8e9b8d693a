"""Who holds, exercises and is liable for a function, worked out step by step from events alone."""

from datetime import date, timedelta

import answering
import version_1
from facts import ALL, NEVER, NHS_ENGLAND, PART, SURE, Facts

DISPUTED, UNCONFIRMED, DERIVED, CONFIRMED = range(4)
WAITING = {"executed": "executed-not-in-force"} | dict.fromkeys(
    ["approved", "conditionally-approved", "documents-issued"], "approved-not-executed")
SAID = """kind unknown ask_instead area holder exercisers basis reserved liable_state liable rules
instruments links predecessors conditions accountable performed_by expectations unapplied
answering_now""".split()
# How sure it is, and what qualifies it: what statements of version 1 do not state.
QUALIFIED = """confidence liable_confidence in_every_case cases forum performers conditions_sure
loss_exceptions capacities regimes answering_steps""".split()


def answer(events, question):
    """The answer to a question (function, place, effective_on, known_at, today) from events."""
    known, today = Known(events, question), question["today"]
    said = {name: [] for name in SAID + QUALIFIED} | {"kind": "unknown", "unknown": ""}
    said |= {"area": None, "holder": None, "basis": None, "reserved": False}
    said |= {"liable_state": "unknown", "in_every_case": False}
    said |= dict.fromkeys(["confidence", "liable_confidence"], UNCONFIRMED)
    recorded = known.rows("function-catalogued", code=known.function)
    segments = known.rows("function-catalogued", known.on, code=known.function)
    found = known.place(question["place"]) if recorded else (None,)
    said["area"], *found = known.governed(found) if segments else found
    if not segments:
        said["unknown"] = "function-outside-records" if recorded else "function-not-recorded"
    elif found[:1] == [NHS_ENGLAND] and segments[0]["holder"] == "commissioner":
        said["unknown"], said["area"] = "no-commissioner", None
    elif said["area"] and "outside-records" in segments[0]["holder"]:
        said["unknown"], who = "holder-outside-records", segments[0]["holder"]
        said["ask_instead"] = [who["outside-records"]]
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
        answering.answering_now(known, said, today)
    return as_stated(known, said, today)


def as_stated(known, said, today):
    """What is said as statements state it: lists sorted, what qualifies it apart."""
    said |= {name: SURE[said[name]] for name in ("confidence", "liable_confidence")}
    if known.version_1:
        said["answering_now"] = [*version_1.answering_now(known, said, today)]
    for name, value in said.items():
        if name != "forum" and not isinstance(value, str | bool | None):
            said[name] = [[*i] if isinstance(i, tuple) else i for i in sorted(value)]
    qualified = {name.removesuffix("_sure"): said.pop(name) for name in QUALIFIED}
    return said if known.version_1 else said | {"qualified": qualified}


class Known(Facts):
    """The procedure, step by step, over what is so."""

    def continued(self, area, role):
        """The instruments that by law go on, until varied, against a successor not named."""
        found = {}
        for passed, eve, texts in self.before(area, self.on):
            body = passed["predecessor"]
            for text in texts:
                law = {"basis": text["basis"], "from": self.body(body, eve).get("role"), "to": role}
                now = self.texts(self.on)[text["id"]]
                rule = self.rule(passed["effective_from"], "continuity", law.__eq__)
                row = self.row(now, self.on, body)
                if row and rule and self.covers(now, area, body):
                    then = [text["sure"]] if "since" in text and not self.drawn_covers(
                        text, body) else []
                    sure = min(passed["sure"], rule["sure"], *then)
                    found.setdefault(text["id"], (now, [area], row | {"by": sure, "of": body}))
        return [*found.values()]

    def predecessors(self, area, day):
        """The instruments of those from whom a body has its area, as far back as there are any."""
        seen, nearest = set(), [(area, day)]
        while nearest:
            nearest, level = [], nearest
            for passed, eve, texts in (each for at in level for each in self.before(*at)):
                before = passed["predecessor"], eve
                own = before not in seen and [
                    text["id"] for text in texts
                    if text["kind"] != "greater-involvement" and text["area"] != "england"]
                yield from own or []
                nearest += [] if own or before in seen else [before]
                seen.add(before)

    def resolve(self, said, segment, role, place_sure):
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
        greater = [each for each in kept if each not in found and self.reach(each[0]) == ALL]
        found = found if found or vested else self.continued(area, role)
        found, parts, listed = self.in_part(found)
        links = [(text, by, row) for text, by, row in found if any(
            other["given_by"] == by != text["given_by"] for other, *_ in found)]
        bearing = [each for each in found if each not in links]
        links = bearing and links
        routes, closing = ([], CONFIRMED) if bearing or vested else self.open(
            segment, area, role, greater)
        # Of what reaches only part, each basis is a case for the rest.
        ways = [route["basis"] for route in segment["routes"]] + [text["basis"] for text in parts]
        routes = [*dict.fromkeys(ways)] if parts else routes
        nhs, state = ([row["code"] for row in self.rows("body-established", self.on, role=office)]
                      for office in ("nhs-england", "secretary-of-state"))
        # What is the commissioner's own passes to another body, of which nothing is known.
        rest = [area] if self.version_1 or holder != area else []
        both = rest and sorted({holder, area})
        would = {"no-arrangement": [holder], "s7a": nhs, "s13z-jointly": both}
        would |= {"s65z5-jointly": both}
        if not self.version_1:
            would |= {"s14z9": nhs, "s14z3": [], "s75": [], "s6c": []}
        case = lambda basis: (basis, would.get(basis, rest))
        cases = [(text["basis"], by) for text, by, _ in bearing] or [
            case(basis) for basis in ["no-arrangement", *routes]]
        one = not routes and all(case == cases[0] for case in cases)
        standing = min(place_sure, segment["sure"], vested["sure"] if vested else CONFIRMED)
        liable, rules, law_sure = self.liable(holder, cases)
        settled = liable[0] is not None if one else all(i and i == liable[0] for i in liable)
        said["liable_state"] = "settled" if settled else "unsettled" if one else "unknown"
        said["liable"], said["rules"] = liable[0] if settled else [], {i["id"] for i in rules if i}
        said["instruments"] = [text["id"] for text, *_ in bearing]
        said["links"] = [text["id"] for text, *_ in links if one]
        said["unapplied"] = {("rule-not-commenced", row["at"]) for row in vesting
                             if row["effective_from"] == NEVER}
        self.waiting(said, [text for text, _, row in every if not row])
        if one:
            closed = self.by_instrument(segment, area, cases[0][0], bearing, links)
            sure = min(place_sure, closing, law_sure, *closed, standing if not bearing else
                       vested["sure"] if vested else CONFIRMED)
            said |= {"confidence": sure, "liable_confidence": sure if rules[0] else UNCONFIRMED}
            self.exercised(said, *cases[0], bearing, links)
        else:
            said["in_every_case"] = settled
            said["liable_confidence"] = min(standing, law_sure) if settled else UNCONFIRMED
            ids = [text["id"] for text, *_ in bearing] or [""] * len(cases)
            said["cases"] = [(basis, instrument, by, whom or [], rule["id"] if rule else "")
                             for (basis, by), instrument, whom, rule in zip(
                                 cases, ids, liable, rules)]
        if bearing and not one:
            said |= {"kind": "conflict", "confidence": DISPUTED}
            said["unapplied"] |= {("conflict-open", row["at"]) for *_, row in bearing}
        elif parts:
            said |= {"unknown": "reaches-part", "ask_instead": listed}
        elif not one:
            said["predecessors"] = {*self.predecessors(area, self.on)}
            said |= {"kind": "gap"} if said["predecessors"] else {"unknown": "no-evidence"}
        elif settled and segment["routes"] and said["liable_confidence"] < CONFIRMED:
            # Whoever exercises it, the same body may be liable all the same.
            every = [case(i) for i in ["no-arrangement"] + [i["basis"] for i in segment["routes"]]]
            whom, _, law_sure = self.liable(holder, every)
            sure = min(standing, law_sure)
            if all(i == liable[0] for i in whom) and sure > said["liable_confidence"]:
                said |= {"liable_confidence": sure, "in_every_case": True}
        self.joined(said, [text for text, *_ in bearing])
        said["unapplied"] |= {
            ("notice-pending", row["at"]) for instrument in said["instruments"] + said["links"]
            for row in self.rows("notice-given", self.on, instrument=instrument)[:1]}
        if {*nhs} & {holder, *(to for _, to in said["accountable"])}:
            said["accountable"] = {*said["accountable"], *zip(nhs, state)}

    def liable(self, holder, cases):
        """Who is liable in each case, None if the law does not say; the rules; how sure those."""
        rules = [self.rule(self.on, "liability", lambda law: i in law["bases"]) for i, _ in cases]
        says = [rule and rule["says"]["liability"]["liable"] for rule in rules]
        whom = {"holder": [holder], "not-stated": None, None: None}
        sure = min((rule["sure"] for rule in rules if rule), default=CONFIRMED)
        return [whom.get(word, by) for word, (_, by) in zip(says, cases)], rules, sure

    def waiting(self, said, texts):
        """Says which instruments not in force are on the way, or were seen on no certain day."""
        for text in texts:
            undated = self.rows("instrument-sighted", self.on, instrument=text["id"])
            undated = [row["at"] for row in undated if row["sighting"] == "undated"][:1]
            said["unapplied"] |= {("sighted-undated", at) for at in undated}
            begun = self.rows("instrument-in-force", instrument=text["id"])
            steps = self.rows("instrument-advanced", instrument=text["id"])
            steps = [(row["evidence"].get("made_on", ""), row["at"], row["stage"]) for row in steps]
            _, at, stage = max([i for i in steps if i[0] <= self.on], default=("", 0, ""))
            if stage in WAITING and all(self.on < row["effective_from"] for row in begun):
                said["unapplied"].add((WAITING[stage], at))

    def open(self, segment, area, role, greater):
        """The bases of routes not ruled out, and how sure it is that the others are; what its
        parties ended is the holder's again."""
        bases = [route["basis"] for route in segment["routes"]]
        if role == NHS_ENGLAND:  # It receives functions of the Secretary of State only.
            return [basis for basis in bases if basis in ("s7a", "s7b")], CONFIRMED
        if not bases or greater:
            surest = max(greater, default=None, key=lambda i: (i[2]["sure"], -i[2]["at"]))
            counts = bases and surest
            return [], self.counted(surest[0], surest[2], area, False) if counts else CONFIRMED
        found = []
        ends = [end for end in self.so["instrument-ended"] + self.so["notice-given"]
                if end.get("reason", "expired") in ("terminated", "revoked", "expired")]
        for end in [end for end in ends if end["effective_until"] <= self.on]:
            eve = str(date.fromisoformat(end["effective_until"]) - timedelta(1))
            for text, _, row in self.bearings(area, eve):
                moves = text["kind"] not in ("greater-involvement", "intervention")
                moves = moves and self.reach(text) == ALL
                if row and moves and text["id"] == end["instrument"] and text["area"] != "england":
                    sure = min(end["sure"], row["sure"])
                    counted = self.counted(text, row, area, False, False)
                    found.append((end["effective_until"], sure, min(end["sure"], counted)))
        if found:
            return [], max(found)[2]
        shut = {}
        for row in self.rows("level-not-held", self.on, body=area):
            for basis in row["bases"]:
                shut[basis] = max(row["sure"], shut.get(basis, DISPUTED))
        sure = min((shut[basis] for basis in bases if basis in shut), default=CONFIRMED)
        return [basis for basis in bases if basis not in shut], sure

    def by_instrument(self, segment, area, basis, bearing, links):
        """How sure each thing is that an answer by instruments rests on."""
        if not bearing:
            return []
        stated = SURE.index(segment["evidence"]["confidence"])
        routes = [i["confidence"] for i in segment["routes"] if i["basis"] == basis]
        by_route = min(stated, SURE.index(routes[0])) if routes else segment["sure"]
        surest = max(row["sure"] for *_, row in bearing)
        # Instruments that agree support each other.
        each = [self.counted(text, row | {"sure": surest}, area, True) for text, _, row in bearing]
        return [by_route, *each, *(self.counted(text, row, area, False) for text, _, row in links)]

    def exercised(self, said, basis, by, bearing, links):
        """Says who exercises and on what basis, where that is known, and what goes with it."""
        kind = "jointly-held" if len(by) > 1 else "held"
        kind = said["liable_state"] if said["liable_state"] == "unsettled" else kind
        said |= {"kind": kind if bearing else "not-delegated", "basis": basis, "exercisers": by}
        said["accountable"] = {(who, to) for text, by, _ in bearing + links for who in by
                               if who not in text["given_by"] for to in text["given_by"]}
        for text, _, row in sorted(bearing, key=lambda i: i[0].get("drawn", i[0])["at"]):
            differs = self.differs(text, row.get("of", said["area"]), True)
            stated = text if differs or "since" not in text else text["drawn"]
            found = self.conditions(text, stated)
            said["conditions"] += found
            said["conditions_sure"] += [(words, SURE[sure]) for words, sure in found.items()]
            said["loss_exceptions"] += text.get("loss_exceptions", [])
            forum = text.get("forum") or {}
            said["forum"] = said["forum"] or [forum[i] for i in ("kind", "name") if forum]
            rows = self.rows("work-performed", self.on, instrument=text["id"])
            said["performers"] += [(row["performer"], SURE[row["sure"]]) for row in rows]
        said["performers"] = said["performers"] or [(body, "") for body in by]
        said["performed_by"] = [body for body, _ in said["performers"]]
        self.capacities(said, [text for text, *_ in bearing + links])
        said["regimes"] = [rule["id"] for rule, law in self.beside("regime")
                           if basis in law["bases"]]

    def capacities(self, said, texts):
        """Who stands beside those named: who gives by his instrument, others by the answer's."""
        roles = {"holder": [said["holder"]], "exerciser": said["exercisers"]}
        named = {"entitled-too": said["exercisers"], "suable-too": said["liable"]}
        for rule, law in self.beside("capacity"):
            last = said["basis"] in law["bases"]
            givers = [text["given_by"] for text in texts if text["basis"] in law["bases"]]
            found = [roles[role] for role in law["bodies"] if role in roles and last]
            found += givers if "giver" in law["bodies"] else []
            bodies = {body for some in found for body in some} - {*named.get(law["capacity"], ())}
            if bodies:
                sure = SURE[min(rule["sure"], said["confidence"])]
                said["capacities"] += [(law["capacity"], sorted(bodies), rule["id"], sure)]
