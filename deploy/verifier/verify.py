#!/usr/bin/env python3
"""Checks a Remit statement with nothing but a public key: verify.py STATEMENT KEYFILE

Exit 0 and the answer: every byte of the file stands. Exit 65 and the reason: it does not.
Written from docs/ledger.md; shares nothing with the register's own verifier. Needs Python 3.11
and the package `cryptography`, for Ed25519.
"""
import base64
import hashlib
import json
import re
import sys
from datetime import date, datetime, timedelta

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from answer import answer
from facts import Facts

INSTANT = r"[0-9]{4}-[01][0-9]-[0-3][0-9]T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\.[0-9]{6}Z"
OFFICES = ("nhs-england", "secretary-of-state")
CONFIDENCE = ("disputed", "unconfirmed", "derived", "confirmed")
LAWS = ("liability", "continuity", "vesting", "read-across", "capacity", "regime")
VERSIONS = {"1": LAWS[:4], "2": LAWS}  # The kinds of law that each version of statements applies.
SHAPE = ("remit_statement asked issued_at known answer not_claimed events inclusion index "
         "checkpoint signature").split()
NOT_CLAIMED = {  # SHA-256 of the sentences, spelt as in the file
    "who_holds": "ce4b6e6d236d7568e1b5cf17e22c3291920e84fcb5e1a7320f7cf73ed1e3f5dc",
    "who_holds_2": "2c0247faaa139647b4a033800da9aa9d8887f782b0329e626a165a57148447a7",
    "nothing": "7e577878333b4bc6aa6bf4a3c4c35e41209fb0c99d0dbd2efbcd836b27977403",
}
FILED = """body-established body:code, membership-ended, body-named body:code, membership-started,
contract-held membership:contract, succession-recorded succession:predecessor succession:successor,
body-dissolved body:code, transfer-scheme-made succession:from succession:to,
cluster-formed cluster:name, rule-ended rule:rule, rule-enacted rule:id,
rule-commenced rule:rule, function-ended function:function, function-catalogued function:code,
work-performed instrument:instrument, instrument-varied, instrument-advanced instrument:instrument,
instrument-in-force instrument:instrument, instrument-ended instrument:instrument,
condition-lifted instrument:instrument, condition-attached instrument:instrument, instrument-drawn,
notice-given instrument:instrument notice:instrument, instrument-sighted instrument:instrument,
level-not-held area:body,
expectation-stated area:area, fund-opened fund:fund, support-paid fund:fund,
payment-direction-made payment-direction:made_by, decision-taken fund:fund decision:body,
interest-declared interest:body, event-disputed dispute:about, recorded-late, effect-backdated,
error-corrected, field-redacted"""
# A kind of event: the words it is filed under, each with the field whose code follows it.
FILED = {kind: pairs for kind, *pairs in map(str.split, FILED.split(","))}
SECOND = "instrument-(drawn|advanced|ended)|rule-enacted|interest-declared|decision-taken"
KNOWN = fr"uk\.nhs\.remit\.(({'|'.join(FILED)})\.v1|({SECOND})\.v2)"
WORDS = {pair.split(":")[0] for pairs in FILED.values() for pair in pairs}
KEY = fr"({'|'.join(WORDS)}|contracts|clustering|office|law):[\w.:/-]{{1,80}}|cluster:[^\x00-\x1f]+"
# What a statement that does not stand ends in; where it is said why, in a ValueError.
FAULTS = InvalidSignature, LookupError, TypeError, ValueError, AttributeError, RecursionError


def need(condition, why):
    if not condition:
        raise ValueError(why)


def single(pairs):
    need(len(dict(pairs)) == len(pairs), "a field is there twice")
    return dict(pairs)


def spelt(value):
    return json.dumps(value, ensure_ascii=False, indent=2)


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def decoded(text, lengths):
    """Base64, in its one spelling."""
    data = base64.b64decode(text, validate=True)
    need(base64.b64encode(data).decode() == text and len(data) in lengths, "not base64")
    return data


def instant(text):
    need(re.fullmatch(INSTANT, text) and day_of(text), "not an instant")
    return text


# The tree of RFC 6962, section 2.1, and one proof for several leaves.

def root(first, size, leaves, proof):
    """The root over `size` leaves from `first`: of leaves given by number, else from the proof."""
    if not any(first <= number < first + size for number in leaves):
        return proof.pop(0)
    if size == 1:
        return leaves[first]
    left = 1 << ((size - 1).bit_length() - 1)
    sides = [root(first, left, leaves, proof), root(first + left, size - left, leaves, proof)]
    return sha256(b"\1", *sides)


def proved(size, texts, proof):
    """The root over leaves, given as text by number, and the hashes beside them, all used."""
    need(all(type(at) is int and 0 <= at < size for at in texts), "a leaf is not in the tree")
    proof = [decoded(text, [32]) for text in proof]
    found = root(0, size, {at: sha256(b"\0", text.encode()) for at, text in texts.items()}, proof)
    need(not proof, "the proof has a hash too many")
    return found


# The signed note (C2SP signed-note and tlog-checkpoint).

def public_key(text):
    need(text.count("+") > 1, "the key file holds what is not a public key")
    name, key_id, data = text.strip().split("+", 2)
    data = decoded(data, [33])
    identity = sha256(name.encode(), b"\n", data)[:4]
    need(data[0] == 1 and identity.hex() == key_id.lower(), "not a public key")
    return (name, identity), Ed25519PublicKey.from_public_bytes(data[1:])


def opened(note, keys):
    """The text of a note, if one of the keys signed it and none signed wrongly."""
    text, _, lines = note.rpartition("\n\n")
    text, signed = text + "\n", False
    need(lines.endswith("\n"), "not a signed note")
    for line in lines[:-1].split("\n"):
        shape = re.fullmatch("\u2014 ([^ ]+) ([^ ]+)", line)
        data = decoded(shape[2], range(4, len(note)))
        if key := keys.get((shape[1], data[:4])):
            key.verify(data[4:], text.encode())
            signed = True
    need(signed, "none of the keys signed it")
    return text


# What an event is filed under, and all that bears on a question.

def said(event):
    """The kind and the data of what an event says; of a correction, of what it says instead."""
    data = event["data"]
    inner = data.get("instead") or (data.get("fact") if "authority" in data else None)
    kind = (inner or event)["type"].removeprefix("uk.nhs.remit.").split(".")[0]
    return kind, inner["data"] if inner else data


def keys_of(event, events):
    kind, data = said(event)
    keys = {f"{word}:{data[field]}" for word, field in (pair.split(":") for pair in FILED[kind])}
    if kind == "body-established" and data["role"] in OFFICES:
        keys.add(f"office:{data['role']}")
    # Each of these fields is one of one kind of event, or of that and the one that ends it.
    keys |= {f"law:{law}" for law in LAWS if law in data.get("says", ())}
    keys |= {f"clustering:{code}" for code in data.get("bodies", ())}
    keys |= {f"membership:{code}" for code in data.get("member", {}).values()}
    contract = data.get("contract") or data.get("member", {}).get("contract")
    keys |= {f"contracts:{contract.split('/')[0]}"} if contract else set()
    if kind in ("instrument-drawn", "instrument-varied"):
        text = data.get("instrument", data)
        areas = ["england"] if text["area"] == "england" else text["area"]["of"]
        keys |= {f"instrument:{text['id']}", *(f"area:{area}" for area in areas)}
        for contract in text.get("contracts", ()):
            keys |= {f"membership:{contract}", f"contracts:{contract.split('/')[0]}"}
    about = event["data"].get("about")
    if about in events and about < event["position"]:
        keys |= keys_of(events[about], events)
    return keys


def closed(bodies, leads):
    """The bodies, and all that the leads lead to from them."""
    while more := {to for start, to in leads if start in bodies} - bodies:
        bodies = bodies | more
    return bodies


def needed(function, place, events, laws):
    """All keys that must be seen to answer, as far as the events seen show."""
    facts = [said(event) for event in events.values()]
    of = lambda kind: [data for own, data in facts if own == kind]
    start = place.split("/")[0]
    keys = {f"law:{law}" for law in laws} | {f"office:{office}" for office in OFFICES}
    keys |= {"area:england", f"function:{function}", f"contracts:{start}", f"membership:{place}"}
    keys |= {f"rule:{rule['id']}" for rule in of("rule-enacted") if {*laws} & {*rule["says"]}}
    members = [(*m["member"].values(), m["group"]) for m in of("membership-started")]
    onward = [(s["predecessor"], s["successor"]) for s in of("succession-recorded")]
    own = {group for member, group in members if member.startswith(start + "/")}
    texts = [*of("instrument-drawn"), *(data["instrument"] for data in of("instrument-varied"))]
    # What lists a contract of the place governs, wherever it lies.
    own = own.union(*(text["area"]["of"] for text in texts if any(
        contract.startswith(start + "/") for contract in text.get("contracts", ()))))
    areas = closed(own | {start}, members + onward)
    keys |= {f"membership:{body}" for body in areas}
    areas = closed(areas, [(after, before) for before, after in onward])
    bodies = areas | {body["code"] for body in of("body-established") if body["role"] in OFFICES}
    holders = [function["holder"] for function in of("function-catalogued")]
    bodies |= {holder["body"] for holder in holders if "body" in holder}
    texts = [text for text in texts if function in text["functions"]
             and (text["area"] == "england" or areas & set(text["area"]["of"]))]
    bodies = bodies.union(*(text["given_by"] + text["given_to"] for text in texts))
    keys |= {f"area:{body}" for body in areas} | {f"instrument:{text['id']}" for text in texts}
    schemes = [(scheme["from"], scheme["to"]) for scheme in of("transfer-scheme-made")]
    return keys | {f"{word}:{body}" for body in closed(bodies, onward + schemes)
                   for word in ("body", "succession")}


def complete(keys, events, besides, shown):
    """That the events are all that is filed under the keys, those whose instants are stated, and
    what corrections among them are about; and no others."""
    bearing, buckets = set(), set()
    filed = {at: keys_of(event, events) for at, event in events.items()}
    for key in keys:
        bucket = int.from_bytes(sha256(key.encode())[:2], "big")
        need(re.fullmatch("([1-9][0-9]*(,[1-9][0-9]*)* [^\n]+\n)*", shown[bucket]), "not a bucket")
        listed = re.findall(f"^([0-9,]+) {re.escape(key)}$", shown[bucket], re.MULTILINE)
        listed = [int(at) for positions in listed for at in positions.split(",")]
        need(listed == [at for at in events if key in filed[at]], f"not all of {key} is there")
        bearing.update(listed)
        buckets.add(bucket)
    expected = bearing | set(besides)
    for at in sorted(events, reverse=True):
        about = events[at]["data"].get("about") if at in expected else None
        expected |= {about} if about and about < at else set()
    need(buckets == set(shown) and expected == set(events), "something has nothing to do with it")
    return bearing


def verify(text, keys):
    """The statement, if every byte of it stands."""
    statement = json.loads(text, parse_float=int, parse_constant=int)
    need(spelt(statement) + "\n" == text, "not written as statements are, byte for byte")
    version = spelt(statement["remit_statement"])
    need(list(statement) == SHAPE and version in VERSIONS, "another shape, or version")
    # Origin, size, root and root of the index.
    head = re.fullmatch("([^\n]+)\n(0|[1-9][0-9]{0,18})\n([^\n]+)\nindex ([^\n]+)\n",
                        opened(statement["checkpoint"], keys))
    origin, size = head[1], int(head[2])
    log_root, index_root = (decoded(head[number], [32]) for number in (3, 4))
    digest = sha256(spelt(statement | {"signature": ""}).encode(), b"\n")
    signed = f"remit-statement\n{origin}\n{base64.b64encode(digest).decode()}\n"
    need(opened(statement["signature"], keys) == signed, "the signature is of another file")
    need(statement["signature"].count("\n") == 5, "the signature is not one line")
    events, times = {}, {}
    for stored in statement["events"]:
        event = json.loads(stored, object_pairs_hook=single, parse_float=int, parse_constant=int)
        at, time = event["position"], instant(event["time"])
        need(type(at) is int and at > max(events, default=0), "the events are not in order")
        need(re.fullmatch(KNOWN, event["type"]), "an event of a shape that is not known")
        need(time >= max(times.values(), default=""), "an event from before one that it follows")
        events[at], times[at] = event, time
    leaves = {at - 1: stored for at, stored in zip(events, statement["events"])}
    need(proved(size, leaves, statement["inclusion"]) == log_root, "an event is not in the log")
    shown, hashes = dict(statement["index"]["buckets"]), statement["index"]["hashes"]
    in_order = {"buckets": sorted(map(list, shown.items())), "hashes": hashes}
    need(spelt(statement["index"]) == spelt(in_order), "not an index")
    need(proved(65536, shown, hashes) == index_root, "not that index")
    (kind, asked), = statement["asked"].items()
    after = 0
    if kind == "who_holds":
        shape = ["function", "place", "effective_on", "known_at"]
        shape += ["answers_on"] if "answers_on" in asked and version != "1" else []
        need(list(asked) == shape, "not a question")
        need(re.fullmatch("[a-z0-9-]{1,60}", asked["function"]), "not a function")
        need(re.fullmatch("[A-Z0-9]{3,9}(/[A-Z0-9-]{1,24})?", asked["place"]), "not a place")
        later = asked.get("answers_on", on := asked["effective_on"])
        need("1900" <= on <= later < "2200", "not days of the register's years, in order")
        need(all(str(date.fromisoformat(day)) == day for day in (on, later)), "not a day")
        until, laws = asked["known_at"], VERSIONS[version]
        keys = needed(asked["function"], asked["place"], events, laws)
    else:
        need(kind == "nothing" and list(asked) == ["key", "after", "until"], "not a question")
        after, until, keys = asked["after"], asked["until"], {asked["key"]}
        need(re.fullmatch(KEY, asked["key"], re.A), "nothing is ever filed under such a key")
    need(type(after) is type(until) is int and 0 <= after < until <= size, "not a stretch")
    bearing = complete(keys, events, {after, until, until + 1} - {0, size + 1}, shown)
    known = {"after": times.get(after), "recorded_at": times[until], "until": times.get(until + 1)}
    need(spelt(statement["known"]) == spelt(known), "not when they say that they were recorded")
    need(instant(statement["issued_at"]) >= max(times.values()), "issued before its last event")
    not_claimed = sha256(spelt(statement["not_claimed"]).encode()).hex()
    said_so = NOT_CLAIMED["who_holds_2" if (kind, version) == ("who_holds", "2") else kind]
    need(not_claimed == said_so, "not what it does not claim")
    if kind == "nothing":
        touched = [at for at in bearing if after < at <= until]
        need(statement["answer"] is None and not touched, "something was recorded")
        return statement
    later = asked.get("answers_on")
    question = asked | {"version": version, "today": later or day_of(times[until])}
    follows(statement["answer"], question, events)
    if since := sorted(at for at in bearing if at > until):
        now = question | {"known_at": size, "today": later or day_of(times[since[-1]])}
        now = answer(list(events.values()), now)
        statement["recorded_since_and_not_applied"] = {"events": since, "answer_with_them": now}
    return statement


def day_of(instant):
    """The day in England: summer time runs between the last Sundays of March and October, 1:00."""
    at = datetime.fromisoformat(instant)
    last = (date(at.year, month, 31) for month in (3, 10))
    begin, end = (f"{day - timedelta(day.isoweekday() % 7)}T01" for day in last)
    return (at + timedelta(hours=begin <= instant < end)).date().isoformat()


def follows(stated, question, events):
    """That the answer follows from the events, and from those it rests on, all of them needed."""
    rests_on = [at for at in events if at in stated["rests_on"]]

    def says(positions):
        known = [events[at] for at in positions if at <= question["known_at"]]
        return spelt(answer(known, question)) == spelt(stated["says"])
    need(says(events), "the answer does not follow")
    need(says(rests_on) and not any(says([at for at in rests_on if at != one]) for one in rests_on),
         "they do not give the answer, or not all of them are needed for it")
    facts = [(at, *said(events[at])) for at in rests_on]
    rules = [{"position": at, **{name: data[name] for name in ("id", "text", "citation")}}
             for at, kind, data in facts if kind == "rule-enacted"]
    sure = min((how_sure(events[at], data) for at, _, data in facts), default=1)
    least = {"confidence": CONFIDENCE[sure]} if question["version"] == "1" else {}
    contested = disputes(question, events, rests_on) if question["version"] != "1" else []
    need(spelt(stated) == spelt({"says": stated["says"], "rests_on": rests_on} | least |
                                {"rules": rules} | ({"disputes": contested} if contested else {})),
         "what it rests on is not listed so, or has other rules or another confidence")


def disputes(question, events, rests_on):
    """The disputes of the events that an answer rests on, as known when it is asked."""
    found = Facts([*events.values()], question).rows("event-disputed")
    return [{"position": row["at"], **{name: row[name] for name in ("about", "by", "reason")}}
            for row in found if row["about"] in rests_on]


def how_sure(event, data):
    """As its evidence is, and as a row of law or the catalogue says of itself; of what is in force
    by an approval only, no more than that nobody confirmed it."""
    words = [event["data"]["evidence"]["confidence"], data.get("confidence", "confirmed")]
    words += ["unconfirmed"] if data.get("start") == "approval-only" else []
    return min(map(CONFIDENCE.index, words))


def main(arguments):
    if len(arguments) != 2:
        print(__doc__, file=sys.stderr)
        return 64
    try:
        text, keys = (open(name, encoding="utf-8", newline="").read() for name in arguments)
        keys = dict(public_key(line) for line in keys.split("\n") if line.strip())
        stands = verify(text, keys)
        shown = ("asked", "issued_at", "known", "answer", "recorded_since_and_not_applied")
        print(spelt({key: stands[key] for key in shown if key in stands}))
        return 0
    except (OSError, *FAULTS) as error:
        unread = isinstance(error, OSError)
        print("verify.py:", error if unread else f"it does not stand: {error!r}", file=sys.stderr)
        return 66 if unread else 65


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
