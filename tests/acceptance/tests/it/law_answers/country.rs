//! The small country of which the questions are asked: its bodies, and the instruments that are put
//! in force in it.

use super::*;

/// An instrument: its basis, its kind, and who gives to whom.
#[derive(Clone, Copy)]
pub(super) struct Leg<'a> {
    pub basis: LegalBasis,
    pub kind: InstrumentKind,
    pub parties: (&'a str, &'a str),
}

/// An instrument in an area, the instrument by which its giver has the function if another gave it,
/// and where it is asked about.
pub(super) struct Arrangement {
    pub leg: Leg<'static>,
    pub under: Option<Leg<'static>>,
    pub area: &'static str,
    pub asked_at: &'static [&'static str],
}

pub(super) const fn leg(
    basis: Basis,
    kind: Kind,
    giver: &'static str,
    receiver: &'static str,
) -> Leg<'static> {
    Leg { basis, kind, parties: (giver, receiver) }
}

pub(super) const fn to_ccg(leg: Leg<'static>) -> Arrangement {
    Arrangement { leg, under: None, area: "00A", asked_at: &["00A", "QAA"] }
}

pub(super) const fn to_icb(leg: Leg<'static>) -> Arrangement {
    Arrangement { leg, under: None, area: "QAA", asked_at: &["QAA"] }
}

pub(super) const fn on_from(under: Leg<'static>, arrangement: Arrangement) -> Arrangement {
    Arrangement { under: Some(under), ..arrangement }
}

pub(super) use remit_domain::InstrumentKind as Kind;
pub(super) use remit_domain::LegalBasis as Basis;

pub(super) const TO_NHS_ENGLAND: Leg<'static> = leg(Basis::S7a, Kind::Section7a, "SOFS", "X24");
pub(super) const TO_ICB: Leg<'static> = leg(Basis::S65z5, Kind::Delegation, "X24", "QAA");
pub(super) const TO_NEIGHBOUR: Leg<'static> = leg(Basis::S14z3, Kind::Delegation, "00A", "00B");
pub(super) const TO_NEXT: Leg<'static> = leg(Basis::S65z5, Kind::Delegation, "QAA", "QBB");
pub(super) const DIRECTED: Leg<'static> = leg(Basis::S13yb, Kind::Direction, "X24", "QAA");

pub(super) const ARRANGEMENTS: [Arrangement; 35] = [
    to_ccg(leg(Basis::S13zBy, Kind::Delegation, "X24", "00A")),
    to_ccg(leg(Basis::S13zBy, Kind::Delegation, "X24", "E10")),
    to_ccg(leg(Basis::S13zJointly, Kind::JointArrangement, "X24", "00A")),
    to_ccg(leg(Basis::S14z9, Kind::Delegation, "00A", "X24")),
    to_ccg(leg(Basis::S14z3, Kind::Delegation, "00A", "00B")),
    to_ccg(leg(Basis::S98a, Kind::Direction, "X24", "00A")),
    to_icb(leg(Basis::S98a, Kind::Direction, "X24", "QAA")),
    to_ccg(TO_NHS_ENGLAND),
    to_icb(TO_NHS_ENGLAND),
    to_ccg(leg(Basis::S7a, Kind::Section7a, "SOFS", "00A")),
    on_from(TO_NHS_ENGLAND, to_ccg(leg(Basis::S7a, Kind::Section7a, "X24", "00A"))),
    on_from(TO_NHS_ENGLAND, to_icb(leg(Basis::S7a, Kind::Section7a, "X24", "QAA"))),
    on_from(TO_NHS_ENGLAND, to_icb(DIRECTED)),
    on_from(TO_NHS_ENGLAND, to_icb(TO_ICB)),
    to_icb(TO_ICB),
    to_icb(leg(Basis::S65z5, Kind::Delegation, "QAA", "QBB")),
    on_from(TO_ICB, to_icb(leg(Basis::S65z5, Kind::Delegation, "QAA", "QBB"))),
    to_icb(leg(Basis::S65z5Jointly, Kind::JointArrangement, "X24", "QAA")),
    to_icb(leg(Basis::S65z5Jointly, Kind::JointArrangement, "QAA", "QBB")),
    on_from(TO_ICB, to_icb(leg(Basis::S65z5Jointly, Kind::JointArrangement, "QAA", "QBB"))),
    to_icb(DIRECTED),
    on_from(DIRECTED, to_icb(leg(Basis::S13yb, Kind::Direction, "QAA", "QBB"))),
    to_ccg(leg(Basis::S14z21, Kind::Intervention, "X24", "00B")),
    to_icb(leg(Basis::S14z61, Kind::Intervention, "X24", "QBB")),
    to_icb(leg(Basis::S7b, Kind::Direction, "SOFS", "QAA")),
    to_ccg(leg(Basis::S6c, Kind::Direction, "SOFS", "E10")),
    to_icb(leg(Basis::S6c, Kind::Direction, "SOFS", "E10")),
    to_ccg(leg(Basis::S75, Kind::Delegation, "00A", "E10")),
    to_icb(leg(Basis::S75, Kind::JointArrangement, "QAA", "E10")),
    to_icb(leg(Basis::S75, Kind::Delegation, "QAA", "E10")),
    on_from(TO_NEIGHBOUR, to_ccg(leg(Basis::S14z9, Kind::Delegation, "00B", "X24"))),
    on_from(TO_NEIGHBOUR, to_ccg(leg(Basis::S14z3, Kind::Delegation, "00B", "00C"))),
    on_from(TO_NEIGHBOUR, to_ccg(leg(Basis::S75, Kind::Delegation, "00B", "E10"))),
    on_from(TO_NEXT, to_icb(leg(Basis::S75, Kind::Delegation, "QBB", "E10"))),
    to_ccg(leg(Basis::NoArrangement, Kind::GreaterInvolvement, "X24", "00A")),
];

impl Arrangement {
    /// How lines name it.
    pub fn title(&self) -> String {
        let Leg { basis, kind, parties: (giver, receiver) } = self.leg;
        let under = self.under.map(|leg| format!(" under {}", leg.basis)).unwrap_or_default();
        format!("{basis} {kind}, {giver} to {receiver}{under}")
    }
}

/// Of the arrangements, the first of each basis.
pub(super) fn one_of_each_basis() -> impl Iterator<Item = &'static Arrangement> {
    let mut seen = BTreeSet::new();
    ARRANGEMENTS.iter().filter(move |each| seen.insert(each.leg.basis))
}

/// Draws an instrument up and puts it in force. If that is refused, nothing is recorded.
pub(super) fn begins(
    register: &mut Register,
    id: &str,
    leg: &Leg<'_>,
    area: &str,
    function: &FunctionCode,
    day: Day,
) -> Result<(), Vec<Refusal>> {
    let before = register.tail();
    let (what, functions) = ((leg.kind, leg.basis), [function.as_str()]);
    let period = (&*day.to_string(), "");
    let commands = instrument_for(id, what, leg.parties, area, &functions, period, None);
    let begun = commands.into_iter().try_for_each(|command| register.admit(command).map(drop));
    if begun.is_err() {
        register.retract_after(before);
    }
    begun
}

/// The commissioners of the country, one after another.
pub(super) const PLACES: [(&str, &str, &str); 3] = [
    ("5AA", "2006-10-01", "2013-04-01"),
    ("00A", "2013-04-01", "2022-07-01"),
    ("QAA", "2022-07-01", ""),
];

pub(super) fn period(from: &str, until: &str) -> Period {
    acceptance::period(from, until)
}

pub(super) fn role_of(body: &str) -> BodyRole {
    match body {
        "X24" => BodyRole::NhsEngland,
        "SOFS" => BodyRole::SecretaryOfState,
        "00A" | "00B" | "00C" => BodyRole::Ccg,
        "QAA" | "QBB" => BodyRole::Icb,
        "E10" => BodyRole::LocalAuthority,
        "5AA" => BodyRole::PrimaryCareTrust,
        other => panic!("no role of {other}"),
    }
}

/// The law alone. It is applied and not decided, because a row that is changed may contradict
/// another row.
pub(super) fn register(law: &[Event]) -> Register {
    let mut register = Register::new();
    law.iter().for_each(|event| register.apply(event));
    register
}

pub(super) fn live(register: &mut Register, body: &str, role: BodyRole, from: &str, until: &str) {
    let established = acceptance::body(body, role, body, from, until);
    events(vec![established]).iter().for_each(|event| register.apply(event));
}

/// The law, and a commissioner of each era with its successor and a neighbour.
pub(super) fn country(law: &[Event]) -> Register {
    let mut register = register(law);
    for (body, from, until) in PLACES {
        live(&mut register, body, role_of(body), from, until);
    }
    for neighbour in ["00B", "00C"] {
        live(&mut register, neighbour, BodyRole::Ccg, "2013-04-01", "2022-07-01");
    }
    live(&mut register, "QBB", BodyRole::Icb, "2022-07-01", "");
    live(&mut register, "E10", BodyRole::LocalAuthority, "2000-01-01", "");
    for succession in [
        succession("5AA", "00A", "2013-04-01", SuccessionKind::Merger),
        succession("00A", "QAA", "2022-07-01", SuccessionKind::CcgToIcb),
    ] {
        events(vec![succession]).iter().for_each(|event| register.apply(event));
    }
    register
}

/// Records that the commissioners had no function on any basis.
pub(super) fn denied_all(register: &mut Register) {
    for (body, from, until) in PLACES {
        let bases = LegalBasis::ALL.iter().copied().filter(|basis| *basis != Basis::NoArrangement);
        let denied = fact(remit_domain::LevelNotHeld {
            body: code(body),
            bases: bases.collect(),
            functions: Vec::new(),
            effective: period(from, until),
        });
        events(vec![denied]).iter().for_each(|event| register.apply(event));
    }
}

pub(super) fn end(register: &mut Register, body: &str, day: Day) {
    let dissolved =
        remit_domain::BodyDissolved { code: code(body), role: role_of(body), effective_until: day };
    // NHS England and the Secretary of State do not end.
    let _ = register.admit(fact(dissolved));
}
