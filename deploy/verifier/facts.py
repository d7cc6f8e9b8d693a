"""What is so, by kind of fact, as far as it is known: what the procedure of answer.py looks up."""

from collections import defaultdict
from datetime import date, timedelta
from itertools import product

import sightings

# A kind of fact, the kind that ends it, and what both then say alike.
ENDS = """body-established body-dissolved code role, function-catalogued function-ended
code=function, rule-enacted rule-ended id=rule, membership-started membership-ended member group
relation effective_from, instrument-in-force instrument-ended instrument, instrument-in-force
notice-given instrument, condition-attached condition-lifted instrument condition"""
ALIASES = dict(effective_on="effective_from", given_on="effective_from", ends_on="effective_until")
RELATIONS = {"practice": "practice-of-commissioner", "sub-icb-location": "sub-icb-of-icb"}
NHS_ENGLAND = "nhs-england"
COMMISSIONERS = ("ccg", "icb", "primary-care-trust")
OFFICES = [f"nhs-england-{office}" for office in ("region", "area-team", "local-office")]
OFFICES += ["commissioning-hub"]
SURE = "disputed unconfirmed derived confirmed".split()
CONFIRMED = SURE.index("confirmed")
ALL, PART = "all", "part"
NEVER = "~"  # Days are text and compare as such: this is after all of them.
BOUNDS = {"effective_from": NEVER, "effective_until": NEVER}


def at_most(sure, found):
    """Where a place was found to lie, no surer than so; or why it was not."""
    return (*found[:2], min(found[2], sure)) if found[0] else found


class Facts:
    """What is so, by kind, as far as it is known when a question is asked."""

    def __init__(self, events, question):
        self.function, self.on = question["function"], question["effective_on"]
        self.asked = question["place"]
        self.version_1 = question.get("version") == "1"
        self.so, kinds, rows, corrects, taken_back = defaultdict(list), {}, {}, {}, set()
        for event in [each for each in events if each["position"] <= question["known_at"]]:
            at, data, kind = event["position"], event["data"], event["type"].split(".")[-2]
            about = data.get("about")
            fact = data.get("fact") or data.get("instead") if "authority" in data else event
            # A correction that says nothing instead speaks of what it is about.
            kinds[at] = fact["type"].split(".")[-2] if fact else kinds.get(about)
            sure = SURE.index(data["evidence"]["confidence"])
            rows[at] = fact and {"at": at} | BOUNDS | {
                ALIASES.get(name, name): value for name, value in fact["data"].items()} | {
                "sure": min(sure, SURE.index(fact["data"].get("confidence", "confirmed")))}
            same = kind == "effect-backdated" and kinds.get(about) == kinds[at]
            corrects[at] = about if same or kind == "error-corrected" else None
        # A correction comes after what it is about: backwards, each is judged before it is met.
        for at in reversed(corrects):
            taken_back |= set() if at in taken_back else {corrects[at]}
        for at, row in rows.items():
            self.so[kinds[at]] += [row] if row and at not in taken_back else []
        self.enacted = [row for at, row in rows.items() if row and kinds[at] == "rule-enacted"]
        self.so["area-passed"] = [i | {"sure": min(i["sure"], SURE.index(i["by_area"]))}
                                  for i in self.so["succession-recorded"] if i.get("by_area")]
        for rule in self.rows("rule-enacted", effective_from=NEVER):
            for begun in self.rows("rule-commenced", rule=rule["id"])[-1:]:
                rule |= {name: begun[name] for name in BOUNDS}
                rule["sure"] = min(rule["sure"], begun["sure"])
        for kind, by, *names in map(str.split, ENDS.split(",")):
            keeps_end = kind in ("rule-enacted", "function-catalogued")
            open_rows = [i for i in self.so[kind] if not keeps_end or i["effective_until"] == NEVER]
            for row, end in product(open_rows, self.so[by]):
                if all(row[name.split("=")[0]] == end[name.split("=")[-1]] for name in names) and (
                        row["effective_from"] < end["effective_until"] or names == ["instrument"]):
                    row["effective_until"] = min(row["effective_until"], end["effective_until"])

    def rows(self, kind, day=None, **fields):
        """The facts of a kind with these fields; those that hold on the day, if one is given."""
        rows = [row for row in self.so[kind] if fields.items() <= row.items()]
        return [i for i in rows if not day or i["effective_from"] <= day < i["effective_until"]
                and self.function in i.get("functions", [self.function])]

    def body(self, code, day):
        """What a body is on a day: by its later life, if the end of the earlier is not told."""
        lives = self.rows("body-established", day, code=code)
        return max(lives, key=lambda row: row["effective_from"], default={})

    def rule(self, day, kind, fits):
        """The first rule in law that fits, in the order of the first of its kind, so or not."""
        ids = [row["id"] for row in self.enacted if kind in row["says"]]
        rules = [rule for first in ids for rule in self.rows("rule-enacted", day, id=first)[:1]]
        return next((row for row in rules if kind in row["says"] and fits(row["says"][kind])), None)

    def conditions(self, text, stated):
        """The conditions of an instrument on the day, with those of a text; how sure each is."""
        lifts = self.rows("condition-lifted", instrument=text["id"])
        lifted = [i["condition"] for i in lifts
                  if text.get("since", "") < i["effective_until"] <= self.on]
        rows = self.rows("condition-attached", self.on, instrument=text["id"])
        rows.sort(key=lambda row: (row["effective_from"], row["at"]))
        attached = [row["condition"] for row in rows]
        found = {condition: stated["sure"] for condition in stated.get("conditions", [])
                 if condition not in lifted or condition in attached}
        for row in rows:
            found[row["condition"]] = max(row["sure"], found.get(row["condition"], row["sure"]))
        return found

    def place(self, code, depth=0):
        """The commissioner in whose area a place lies, its role, how sure; or None, why, others."""
        if "/" in code and (held := self.rows("contract-held", contract=code)):
            now = held if self.version_1 else [
                row for row in held if row["effective_from"] <= self.on < row["effective_until"]]
            if not now:
                begun = any(row["effective_from"] <= self.on for row in held)
                return None, "place-ceased" if begun else "place-not-yet-in-being"
            led = self.led({"contract": code}) or self.place(code.partition("/")[0])
            return at_most(now[0]["sure"], led)
        life = self.body(code, self.on)
        if role := life.get("role"):
            own = (code, role, 3) if role in COMMISSIONERS else (None, "not-a-place")
            led = self.member(code, RELATIONS[role]) if role in RELATIONS else own
            return at_most(life["sure"], led)
        lives = self.rows("body-established", code=code)
        past = [row for row in lives if row["effective_from"] <= self.on]
        if not past:
            return None, "place-not-yet-in-being" if lives else "place-not-recorded"
        last = max(past, key=lambda row: (row["effective_from"], row["at"]))
        rows = self.rows("area-passed", self.on, predecessor=code)
        rows = [row for row in rows if last["effective_from"] < row["effective_from"]]
        after = sorted({row["successor"] for row in rows})
        if len(after) > 1 or after and depth == 16:
            return None, "area-divided", *after
        ceased = not after or not self.rows("body-established", code=after[0])
        return (None, "place-ceased") if ceased else at_most(
            min(last["sure"], max(row["sure"] for row in rows)), self.place(after[0], depth + 1))

    def member(self, code, relation):
        """Where a location or a practice belongs: by itself and its contracts, which may differ."""
        ids = sorted({row["member"].get("contract", "") for row in self.so["membership-started"]})
        led = {i: self.led({"contract": i}, relation) for i in ids if i.startswith(f"{code}/")}
        found = [each for each in led.values() if each]
        alone = len({each[:2] for each in found}) < 2
        found += filter(None, [self.led({"body": code}, relation)] if alone else [])
        lost = [each for each in found if not each[0]]
        if len({each[:2] for each in found}) > 1 and not lost:
            return None, "contracts-differ", *filter(led.get, led)
        found.sort(key=lambda each: -each[-1] if each[0] else 0)
        return (lost + found + [(None, "no-commissioner")])[0]

    def led(self, member, relation=RELATIONS["practice"]):
        """Where the first membership of the day leads, if there is one."""
        for row in self.rows("membership-started", self.on, member=member, relation=relation):
            group = self.body(row["group"], self.on)
            nhs = self.rows("body-established", self.on, role=NHS_ENGLAND)
            if group.get("role") in OFFICES and nhs and not self.version_1:
                # It commissions itself what lies under its offices.
                return nhs[0]["code"], NHS_ENGLAND, min(i["sure"] for i in (row, group, nhs[0]))
            led = group.get("role") in (*COMMISSIONERS, "sub-icb-location")
            found = self.place(row["group"]) if led else (None, "no-commissioner")
            return at_most(row["sure"], found)

    def governed(self, found):
        """Where a place lies: as found on the map, or in the area of what lists its contracts."""
        held = self.rows("contract-held", self.on, contract=self.asked)
        if not found[0] and not held and found[1] not in ("no-commissioner", "contracts-differ"):
            return found
        ways = {}
        for text in self.texts(self.on).values():
            moves = text.get("contracts") and text["kind"] != "greater-involvement"
            if moves and self.reach(text) == ALL and self.function in text["functions"]:
                area, = text["area"]["of"]
                life = self.body(area, self.on)
                row = self.row(text, self.on, area, text["given_by"] + text["given_to"])
                if row and life.get("role") in ("ccg", "icb"):
                    sure = min(self.counted(text, row, area, False), life["sure"])
                    ways[area] = (area, life["role"], max(sure, ways.get(area, (0,))[-1]))
        if found[0] in ways or not ways:
            return found
        there = held[0] if held else self.body(self.asked, self.on)
        one = at_most(there["sure"], [*ways.values()][0])
        return one if len(ways) == 1 else (None, "area-divided", *sorted(ways))

    def reach(self, text):
        """How much of the place asked about a text reaches in its area: ALL, PART or nothing."""
        listed, place = {*text.get("contracts", [])}, self.asked
        if not listed:
            return ALL
        if "/" in place:
            return ALL if place in listed else None
        if self.body(place, self.on).get("role") != "practice":
            return PART
        its = [i for i in listed if i.startswith(f"{place}/")]
        held = {row["contract"] for row in self.rows("contract-held", self.on)
                if row["contract"].startswith(f"{place}/")}
        return (ALL if held <= listed else PART) if its else None

    def in_part(self, found):
        """Of the instruments found, those that count for all of the place; or those that reach only
        part of it, with the contracts that they list. Together they may list all that is held."""
        says = lambda each: (each[0]["basis"], each[1])
        whole = [each for each in found if self.reach(each[0]) == ALL]
        parts = [each for each in found if each not in whole and says(each) not in map(says, whole)]
        listed = {contract for text, *_ in parts for contract in text["contracts"]}
        alike = len({(text["basis"], *by) for text, by, _ in whole + parts}) == 1
        if not parts or alike and self.reach({"contracts": listed}) == ALL:
            return [each for each in found if each in whole + parts], [], []
        own = {contract for contract in listed if contract.startswith(f"{self.asked}/")}
        return [], [text for text, *_ in whole + parts], own or listed

    def texts(self, day):
        """How each instrument reads on a day, and since when if it was varied."""
        drawn = {row["id"]: row for row in reversed(self.so["instrument-drawn"])}
        rows = sorted(self.rows("instrument-varied", day), key=lambda row: row["effective_from"])
        varied = [{"since": row["effective_from"], "sure": row["sure"], **row["instrument"],
                   "drawn": drawn.get(row["instrument"]["id"])} for row in rows]
        return drawn | {text["id"]: text for text in varied if text["drawn"]}

    def bearings(self, area, day):
        """The instruments for function and area, who exercises by each, its row if in force."""
        for _, text in sorted(self.texts(day).items()):
            parties, to = text["given_by"] + text["given_to"], text["given_to"]
            by = parties if text["kind"] == "joint-arrangement" else [area] if area in to else to
            if self.covers(text, area):
                yield text, sorted({*by}), self.row(text, day, area, parties)

    def covers(self, text, *areas):
        """Whether a text is about the function in one of the areas."""
        here = text["area"] == "england" or {*areas} & {*text["area"]["of"]}
        return here and self.function in text["functions"] and self.reach(text)

    def drawn_covers(self, text, area):
        """Whether a varied text, as drawn up, covered as much as it does now."""
        drawn = text["drawn"]
        return self.covers(drawn, area) and self.reach(drawn) == self.reach(text)

    def row(self, text, day, area, parties=()):
        """The row by which an instrument is in force, where these parties stay as they were."""
        stay = lambda row: all(day < self.body(party, row["effective_from"]).get(
            "effective_until", "") for party in parties)
        rows = [row | {"sure": min(row["sure"], 1 if row["start"] == "approval-only" else 3)}
                for row in self.rows("instrument-in-force", day, instrument=text["id"])]
        seen = sightings.sighted(self, text, area, day)
        rows = [row for row in rows + seen if stay(row)]
        # Of what is equally sure, what speaks of the later day: never what was recorded first.
        key = lambda row: (row["sure"], row["effective_from"], -row["at"])
        return max(rows, default=None, key=key)

    def counted(self, text, row, area, shown, england=True):
        """How sure an instrument is: as that it is in force, and as what made it what it is now."""
        differs = self.differs(text, row.get("of", area), shown, england)
        return min(row["sure"], row.get("by", CONFIRMED), text["sure"] if differs else CONFIRMED)

    def differs(self, text, area, shown, england=True):
        """Whether a variation made an instrument what matters of it; if shown, its terms too."""
        if "since" not in text:
            return False
        drawn = text["drawn"]
        same = self.drawn_covers(text, area) and (england or drawn["area"] != "england") and all(
            drawn[name] == text[name] for name in ("kind", "basis", "given_by", "given_to"))
        terms = lambda one: [one.get("forum"), one.get("loss_exceptions", []),
                             [*self.conditions(text, one)]]
        return not same or shown and terms(drawn) != terms(text)

    def beside(self, kind):
        """The rules of a kind in law that speak of the function, in the order of their first."""
        ids = dict.fromkeys(row["id"] for row in self.enacted if kind in row["says"])
        for rule in [row for i in ids for row in self.rows("rule-enacted", self.on, id=i)[:1]]:
            law = rule["says"].get(kind)
            if law and self.function in (law.get("functions") or [self.function]):
                yield rule, law

    def joined(self, said, texts):
        """Who may be joined in some case, beside those liable in it, where several are open."""
        givers = [text["given_by"] for text in texts] or [[]] * len(said["cases"])
        for rule, law in self.beside("capacity"):
            found = set()
            for (basis, _, by, liable, _), given in zip(said["cases"], givers):
                roles = {"holder": [said["holder"]], "exerciser": by, "giver": given}
                if basis in law["bases"] and law["capacity"] == "suable-too":
                    found |= {who for role in law["bodies"] for who in roles[role]} - {*liable}
            if bodies := sorted(found - {*said["liable"]}):
                sure = SURE[min(rule["sure"], said["confidence"])]
                said["capacities"] += [("suable-too", bodies, rule["id"], sure)]

    def before(self, area, day):
        """From whom a body has area by a day: the succession, its eve and what was in force."""
        for row in self.rows("area-passed", day, successor=area):
            eve = str(date.fromisoformat(row["effective_from"]) - timedelta(1))
            texts = [text for text, _, held in self.bearings(row["predecessor"], eve) if held]
            yield row, eve, texts
