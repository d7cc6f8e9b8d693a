"""The law of co-commissioning in England, read a second time.

Written from the domain reference, its audit and the statutes, by a reader who had not seen Remit's
rows of law; `anew.rs` compares the two. It was changed since where a statute settles what the audit
had not at hand: who is liable under section 13ZA, and section 14Z3A.

Questions come in as JSON, one a line; answers go out in the same order. A period is
[first day, last day), as text; OPEN is a last day that is not known. Where the law is truly open,
an answer says why in "open".
"""

import json
import sys

import functions
from functions import CCG, ICB, LA, NHSE, OPEN, PCT, SOS, TRUST, Y07, Y13, Y22, Y23

# Cities and Local Government Devolution Act 2016 s.25(2)(b): two months from 28 January 2016.
DEVOLUTION = "2016-03-28"
CCG_ERA = (Y13, Y22)

# Who is liable under each power: its first and last day, and whose liability the words fix.
POWERS = {
    "no-arrangement": (Y07, OPEN, "holder"),  # the body that the statute names, whoever it is
    "s13z-by": (*CCG_ERA, "holder"),  # 13Z(6); 13ZA and 13ZB leave it as it is
    "s13z-jointly": (*CCG_ERA, "holder"),  # 13Z(6)
    "s14z9": (*CCG_ERA, "holder"),  # 14Z9(4)
    "s14z3": (*CCG_ERA, "holder"),  # 14Z3(6), 14Z3A(8)
    "s98a": (Y13, OPEN, None),  # no words on liability; SI 2022/734 reg.22 from July 2022
    "s7a": (Y13, OPEN, "exerciser"),  # 7A(5), as enacted and as substituted in 2022
    "s65z5": (Y22, OPEN, "exerciser"),  # 65Z5(6)
    "s65z5-jointly": (Y22, OPEN, "each-exerciser"),  # 65Z5(6), 65Z6
    "s13yb": (Y23, OPEN, "exerciser"),  # 13YB(9)
    "s14z21": (*CCG_ERA, None),  # 14Z21(8): "on behalf of"
    "s14z61": (Y22, OPEN, None),  # 14Z61(5): "on behalf of"
    "s7b": (Y22, OPEN, "exerciser"),  # 7B(9)
    "s6c": (Y13, OPEN, "exerciser"),  # 6C(5)
    "s75": (Y07, OPEN, "holder"),  # 75(5): each body for its own functions
}


def within(day, span):
    return span[0] <= day < span[1]


def in_law(basis, day):
    return within(day, POWERS[basis])


def liable(question):
    basis, day = question["basis"], question["day"]
    if not in_law(basis, day):
        return {"state": "no-law", "liable": None}
    who = POWERS[basis][2]
    return {"state": "settled" if who else "unsettled", "liable": who}


# Who stands beside those whom an answer names. 73(2): a direction does not preclude who has the
# function, except in prescribed cases; 6C(4) says so of the Secretary of State.
SILENT = "D3: the section is silent; the terms can bar the giver"
ENTITLED = {
    "s13yb": (["giver"], None),
    "s7b": (["giver"], None),
    "s6c": (["giver"], None),
} | {
    basis: (["giver"], SILENT)
    for basis in ("s13z-by", "s65z5", "s98a", "s7a", "s14z9", "s14z3", "s75")
}
# A clause that preserves the owner's liability does not say "and no other person"; where no clause
# speaks of it, the general law names who acts and who has the duty.
SUABLE = {
    basis: ["exerciser"] for basis in ("s13z-by", "s13z-jointly", "s14z9", "s14z3", "s75")
} | {basis: ["exerciser", "holder"] for basis in ("s98a", "s14z21", "s14z61")}
CONTRACTS = ("gms-contracts", "pms-agreements", "apms-contracts")


def capacity(question):
    basis, what = question["basis"], question["capacity"]
    if not in_law(basis, question["day"]):
        return {"bodies": []}
    roles, note = [], None
    if what == "decision-maker":  # judicial review lies against the body that decided
        roles = ["exerciser"]
    elif what == "contract-party" and question["function"] in CONTRACTS:
        roles, note = ["holder"], "D5: delegates have signed, ended and been sued"
    elif what == "entitled-too":
        roles, note = ENTITLED.get(basis, ([], None))
    elif what == "suable-too":
        roles = SUABLE.get(basis, [])
    return {"bodies": roles, **({"open": note} if note else {})}


# Who may give, and who may receive.
FROM_2022, FROM_2013 = (Y22, OPEN), (Y13, OPEN)
RELEVANT = dict.fromkeys((NHSE, ICB, TRUST), FROM_2022)  # 65Z5(2)
PARTNERS = {  # 75(1), (2): either side may act for the other
    PCT: (Y07, Y13),
    CCG: CCG_ERA,
    ICB: FROM_2022,
    NHSE: FROM_2013,
    TRUST: (Y07, OPEN),
    LA: (Y07, OPEN),
}
GIVE = {
    "s13z-by": {NHSE: CCG_ERA},  # 13Z(2): the Board
    "s13z-jointly": {NHSE: CCG_ERA},
    "s14z9": {CCG: CCG_ERA},  # 14Z9(1), (1A): at the group's request
    "s14z3": {CCG: CCG_ERA},
    "s98a": {NHSE: FROM_2013},
    "s7a": {SOS: FROM_2013, NHSE: CCG_ERA},  # 7A(1); 7A(4) as enacted, gone with 2022 Act s.42
    "s65z5": RELEVANT,
    "s65z5-jointly": RELEVANT,
    "s13yb": {NHSE: (Y23, OPEN)},
    "s14z21": {NHSE: CCG_ERA},  # the direction is NHS England's
    "s14z61": {NHSE: FROM_2022},
    "s7b": {SOS: FROM_2022},
    "s6c": {SOS: FROM_2013},
    "s75": PARTNERS,
}
RECEIVE = {
    "s13z-by": {CCG: CCG_ERA, LA: (DEVOLUTION, Y22)},  # 13Z(2)(b), (c), 13ZA(2)
    "s13z-jointly": {CCG: CCG_ERA, LA: (DEVOLUTION, Y22)},
    "s14z9": {NHSE: CCG_ERA},
    "s14z3": {CCG: CCG_ERA, LA: (DEVOLUTION, Y22)},  # 14Z3A: a combined authority, jointly
    "s98a": {CCG: CCG_ERA, ICB: FROM_2022},
    "s7a": {NHSE: FROM_2013, CCG: CCG_ERA, LA: FROM_2013, ICB: FROM_2022},  # 7A(2)
    "s65z5": RELEVANT | {LA: FROM_2022},  # 65Z5(1)(a) to (c)
    "s65z5-jointly": RELEVANT | {LA: FROM_2022},
    "s13yb": {ICB: (Y23, OPEN)},
    "s14z21": {NHSE: CCG_ERA, CCG: CCG_ERA},  # itself, or another group
    "s14z61": {NHSE: FROM_2022, ICB: FROM_2022},
    "s7b": {NHSE: FROM_2022, ICB: FROM_2022},  # 7B(2)
    "s6c": {LA: FROM_2013},
    "s75": PARTNERS,
}


def may(table):
    def answer(question):
        span = table[question["basis"]].get(question["role"])
        return {"may": bool(span) and within(question["day"], span)}

    return answer


# By which power a body passes on what it has from another.
ONWARD = {
    "s7a": CCG_ERA,  # 7A(4) as enacted
    "s65z5": FROM_2022,  # "any functions exercisable by it"
    "s65z5-jointly": FROM_2022,
    "s13yb": (Y23, OPEN),  # 13YB(2): what NHS England has by virtue of 7A or 7B
    "s75": FROM_2013,  # 13Z4(2), 14Z24(2), from 2022 275A: held for another counts as one's own
}
OPEN_ONWARD = {"s75": "if the regulations prescribe the function; the list of today was not seen"}


def onward(question):
    basis = question["basis"]
    lawful = basis in ONWARD and within(question["day"], ONWARD[basis])
    note = OPEN_ONWARD.get(basis) if lawful else None
    return {"may": lawful, **({"open": note} if note else {})}


# SI 2022/734: what goes on against the board that follows a group on 1 July 2022. All other
# successions go by scheme, or afresh.
NOT_STATED = "W6: whether a delegated function falls to be performed by the board is not stated"
POWER_GONE = "reg.29(2) fits in terms, but the power went on the same day"
CONTINUES = {
    "s98a": None,  # reg.22(3)
    "s75": None,  # reg.29(2), (4), (5): the group's own functions fall to the board
    "s7a": NOT_STATED,
    "s13z-by": NOT_STATED,
    "s13z-jointly": NOT_STATED,
    "s14z3": POWER_GONE,
    "s14z21": POWER_GONE,
}


def continues(question):
    basis = question["basis"]
    turn = (question["from"], question["to"], question["day"]) == (CCG, ICB, Y22)
    note = CONTINUES.get(basis) if turn else None
    return {"continues": turn and basis in CONTINUES, **({"open": note} if note else {})}


# What was done by or to the body before counts as done by or to the body after: reg.29(1); and for
# contracts of 2013 only, SI 2013/363 Sch.1.
READ_ACROSS = {
    (CCG, ICB, Y22): None,
    (PCT, NHSE, Y13): "for primary medical contracts only; nothing general",
}


def read_across(question):
    key = (question["from"], question["to"], question["day"])
    note = READ_ACROSS.get(key)
    return {"holds": key in READ_ACROSS, **({"open": note} if note else {})}


def routes(question):
    day = question["day"]
    found = functions.routes(question["function"], day)
    return {"bases": sorted(basis for basis in found if in_law(basis, day))}


ASK = {
    "liable": liable,
    "capacity": capacity,
    "give": may(GIVE),
    "receive": may(RECEIVE),
    "onward": onward,
    "continues": continues,
    "read-across": read_across,
    "holder": lambda question: functions.holder(question["function"], question["day"]),
    "routes": routes,
}

if __name__ == "__main__":
    for line in sys.stdin:
        asked = json.loads(line)
        print(json.dumps(ASK[asked["ask"]](asked)))
