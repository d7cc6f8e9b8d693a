"""On whom the statute places each function, and by which powers another body may exercise it, as
the programme used them. Read a second time: see law.py."""

OPEN = "9999-12-31"
Y07 = "2007-03-01"  # the 2006 Act comes into force
Y13 = "2013-04-01"  # NHS England and the groups begin; the trusts end
Y15 = "2015-04-01"  # the first round of delegation
Y22 = "2022-07-01"  # the boards begin; sections 13Z to 13ZB go, section 65Z5 comes (SI 2022/734)
Y23 = "2023-04-01"  # section 13YB (SI 2023/371 reg.2(a))
SOS, NHSE, CCG, ICB = "secretary-of-state", "nhs-england", "ccg", "icb"
TRUST, LA, PCT = "trust", "local-authority", "primary-care-trust"

PRIMARY = """gms-contracts pms-agreements apms-contracts enhanced-services-directed
    enhanced-services-local local-incentive-schemes qof core-contract-payments
    discretionary-payments premises-costs new-practice-establishment practice-closure
    practice-mergers list-closures out-of-area-urgent-care primary-care-planning
    primary-care-reviews practice-performance commissioning-coordination
    delegated-ancillary""".split()  # section 3.2: joint, delegated, and by boards
RESERVED = """performers-list revalidation-appraisal gp-individual-performance
    performer-suspension-payments capital-expenditure gp-access-fund reserved-ancillary
    pod-performers-lists specialised-services-retained primary-medical-services-duty
    health-and-justice high-secure-psychiatric lmc-recognition
    emergency-preparedness-nhs-england""".split()  # nobody has been told to have had them
DIRECTED = ["out-of-hours-primary-medical", "gp-it"]  # section 3.4
DENTAL_AND_OTHERS = """pharmaceutical-services local-pharmaceutical-services
    general-ophthalmic-services primary-dental-services secondary-community-dental""".split()
PUBLIC = """section-7a-public-health vaccination-services screening-services
    child-health-information sexual-assault-services""".split()  # 2012 Act s.22
OTHERS = """delegated-funds complaints-primary-care specialised-services-2023-list
    specialised-services-2025-additions armed-forces-health""".split()

HOLDERS = {
    function: [(Y07, Y13, PCT), (Y13, OPEN, NHSE)]
    for function in PRIMARY + RESERVED + DIRECTED + DENTAL_AND_OTHERS + OTHERS
}
HOLDERS |= {function: [(Y07, Y13, PCT), (Y13, OPEN, SOS)] for function in PUBLIC}
HOLDERS |= {
    "gp-contract-disputes": [(Y07, OPEN, SOS)],  # regulations under ss.89, 94
    "ccg-own-commissioning": [(Y07, Y13, PCT), (Y13, Y22, CCG)],  # ss.3, 3A
    "icb-own-commissioning": [(Y22, OPEN, ICB)],
    "public-health-steps": [(Y07, Y13, PCT), (Y13, OPEN, SOS)],  # 6C(1): they stay his
    "public-health-local": [(Y07, Y13, PCT), (Y13, OPEN, LA)],  # 2B, 111, Sch.1
    "pharmaceutical-needs-assessment": [(Y07, Y13, PCT), (Y13, OPEN, LA)],  # its board, a committee
    "joint-strategic-needs-assessment": [(Y07, Y13, PCT), (Y13, OPEN, LA)],  # with the groups
    "emergency-preparedness": [(Y07, Y13, PCT), (Y13, Y22, CCG), (Y22, OPEN, ICB)],  # 252A
    "complaints-received-before-july-2022": [(Y22, OPEN, NHSE)],  # they stay with NHS England
}

TO_GROUPS = [("s13z-by", Y15, Y22), ("s13z-jointly", Y15, Y22)]
TO_BOARDS = [("s65z5", Y22, OPEN), ("s13yb", Y23, OPEN)]  # 13YB(2): primary care, 3B(1)
TOGETHER = [("s65z5-jointly", Y22, OPEN)]  # section 3.7: level J is open; M3
ROUTES = {function: TO_GROUPS + TO_BOARDS + TOGETHER for function in PRIMARY}
ROUTES |= {function: [("s98a", Y13, OPEN)] for function in DIRECTED}
ROUTES |= {function: TO_BOARDS + TOGETHER for function in DENTAL_AND_OTHERS}
# 7A and 7B give; 65Z5 and 13YB(2) pass on what NHS England has so.
ROUTES |= {function: [("s7a", Y13, OPEN), ("s7b", Y22, OPEN), *TO_BOARDS] for function in PUBLIC}
ROUTES |= {
    "delegated-funds": [("s13z-by", Y15, Y22), *TO_BOARDS],  # not by joint exercise
    # W7: which power, the notice does not say.
    "complaints-primary-care": [(basis, "2023-07-01", OPEN) for basis in ("s65z5", "s13yb")],
    "specialised-services-2023-list": [
        ("s65z5-jointly", Y23, OPEN),
        ("s65z5", "2024-04-01", OPEN),
        ("s13yb", Y23, OPEN),
    ],
    "specialised-services-2025-additions": [
        (basis, "2025-04-01", OPEN) for basis in ("s65z5", "s65z5-jointly", "s13yb")
    ],
    "armed-forces-health": TO_BOARDS,  # in law; none was seen
    "ccg-own-commissioning": [("s14z3", Y13, Y22), ("s14z9", Y13, Y22), ("s75", Y07, Y22)],
    "icb-own-commissioning": [(basis, Y22, OPEN) for basis in ("s65z5", "s65z5-jointly", "s75")],
    "public-health-steps": [("s6c", Y13, OPEN)],
}


def holder(function, day):
    periods = HOLDERS[function]
    return {"role": next((who for first, last, who in periods if first <= day < last), None)}


def routes(function, day):
    return [basis for basis, first, last in ROUTES.get(function, []) if first <= day < last]
