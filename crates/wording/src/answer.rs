//! Answers in words: as a sentence, as the lines of a table, and in a few words where space is
//! short.

use remit_domain::{Capacity, Confidence, Word};
use remit_register::{LiableState, ResultKind, UnknownReason};

use crate::and;
use crate::plain::{
    PlainAnswer, PlainAnsweringNow, PlainAnsweringStep, PlainCase, PlainCondition, PlainDispute,
    PlainInCapacity, PlainPerformer, PlainScheme, PlainUnapplied,
};

/// One line of an answer that is shown as a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The label of the line, such as `holder`.
    pub label: &'static str,
    /// The items that the line lists.
    pub says: Vec<String>,
    /// The confidence that the answer gives for the items of this line, if it gives one.
    pub confidence: Option<Confidence>,
}

/// The answer as a sentence for a manager. If who exercises the function is unconfirmed or
/// disputed, the sentence says so.
#[must_use]
pub fn sentence(answer: &PlainAnswer) -> String {
    use ResultKind as K;
    let who = matches!(answer.kind, K::Held | K::JointlyHeld | K::NotDelegated | K::Unsettled);
    let sure = match answer.confidence.filter(|_| who) {
        Some(Confidence::Unconfirmed) => "Who exercises it is unconfirmed",
        Some(Confidence::Disputed) => "Who exercises it is disputed",
        Some(Confidence::Confirmed | Confidence::Derived) | None => return facts(answer),
    };
    let liable = match answer.liable.confidence {
        Some(Confidence::Confirmed) => "; who is liable is confirmed.",
        Some(Confidence::Derived) => "; who is liable follows from what is confirmed.",
        Some(Confidence::Unconfirmed | Confidence::Disputed) => {
            "; who is liable is not certain either."
        }
        None => ".",
    };
    format!("{} {sure}{liable}", facts(answer))
}

fn facts(answer: &PlainAnswer) -> String {
    let PlainAnswer { effective_on, function, .. } = answer;
    let (place, liable) = (answer.names.one(&answer.place), is_liable(answer));
    // What a body exercises at itself, it exercises in its own area.
    let own = answer.exercisers.as_slice() == [answer.place.clone()];
    let asked = match own {
        true => format!("{function} in its own area"),
        false => format!("{function} at {place}"),
    };
    let who = answer.names.and(&answer.exercisers);
    match answer.kind {
        ResultKind::Held | ResultKind::Unsettled => {
            format!("On {effective_on} {who} exercises {asked}; {liable}.")
        }
        ResultKind::JointlyHeld => {
            format!("On {effective_on} {who} exercise {asked} together; {liable}.")
        }
        ResultKind::NotDelegated => {
            let why = if answer.reserved {
                "the function is reserved"
            } else {
                "the function is \
                 not delegated"
            };
            format!("On {effective_on} {who} itself exercises {asked}: {why}; {liable}.")
        }
        ResultKind::Gap => format!(
            "On {effective_on} it cannot be said who exercises {asked}: {} is new, and no \
             instrument names the new body, though its predecessors had an instrument ({}); \
             {liable}.",
            answer.area.as_deref().map(|area| answer.names.one(area)).unwrap_or_default(),
            answer.predecessor_instruments.join(", ")
        ),
        ResultKind::Conflict => format!(
            "On {effective_on} the instruments in force disagree on who exercises {asked}, or on \
             the legal basis ({}); {liable}.",
            answer.instruments.join(", ")
        ),
        ResultKind::Unknown => format!(
            "On {effective_on} it is unknown who exercises {asked}: {}; {liable}.",
            why_unknown(answer)
        ),
    }
}

fn is_liable(answer: &PlainAnswer) -> String {
    let who = answer.names.and(&answer.liable.bodies);
    match answer.liable.state {
        LiableState::Settled if answer.liable.in_every_case => {
            format!("{who} is liable in every case")
        }
        LiableState::Settled if answer.liable.bodies.len() > 1 => {
            format!("{who} are liable, each for its own exercise")
        }
        LiableState::Settled => format!("{who} is liable"),
        LiableState::Unsettled => "the law does not say who is liable".to_owned(),
        LiableState::Unknown => "who is liable cannot be said".to_owned(),
    }
}

fn why_unknown(answer: &PlainAnswer) -> String {
    use UnknownReason as R;
    let PlainAnswer { function, place, ask_instead, .. } = answer;
    match answer.unknown.unwrap_or(R::NoEvidence) {
        R::FunctionNotRecorded => {
            format!("the register has no function {function} at the position asked about")
        }
        R::FunctionOutsideRecords => {
            format!("the catalogue has no entry for {function} on that day")
        }
        R::HolderOutsideRecords => {
            let commissioner = answer.area.as_ref().map(|area| {
                format!("; the commissioner of the place is {}", answer.names.one(area))
            });
            format!(
                "the law places it on {}, of which the register keeps no record{}",
                ask_instead.join(", "),
                commissioner.unwrap_or_default()
            )
        }
        R::PlaceNotRecorded => {
            format!("the register has no place {place} at the position asked about")
        }
        R::PlaceNotYetInBeing => format!("{place} had not yet come into being"),
        R::PlaceCeased => format!("{place} had ceased, and no successor is recorded"),
        R::NotAPlace => format!(
            "{place} has no area; ask about a practice, a practice contract, a CCG, a sub-ICB \
             location or an ICB"
        ),
        R::NoCommissioner => format!("no commissioner is recorded for {place} on that day"),
        R::AreaDivided => format!(
            "the area of {place} is divided between several commissioners; ask about one of {}",
            answer.names.and(ask_instead)
        ),
        R::ContractsDiffer => format!(
            "the contracts of {place} lie with different commissioners; ask about one of {}",
            ask_instead.join(", ")
        ),
        R::ReachesPart => format!(
            "an instrument in force reaches only part of {place}, the contracts that it lists; ask \
             about a contract (listed: {})",
            ask_instead.join(", ")
        ),
        R::NoEvidence => {
            "another body may exercise it, but no evidence says whether one does".to_owned()
        }
    }
}

/// The kind of the answer as text and, if the answer is unknown, the reason why.
#[must_use]
pub fn result(answer: &PlainAnswer) -> String {
    match answer.unknown {
        Some(reason) => format!("{}: {reason}", answer.kind),
        None => answer.kind.to_string(),
    }
}

/// Who exercises the function, in one cell of a table.
#[must_use]
pub fn exercisers(answer: &PlainAnswer) -> String {
    match answer.unknown {
        Some(UnknownReason::HolderOutsideRecords) => answer.ask_instead.join(", "),
        Some(_) | None => answer.exercisers.join(", "),
    }
}

/// The answer in a few words, such as `held by 11X; liable: X24`.
#[must_use]
pub fn short(answer: &PlainAnswer) -> String {
    if answer.unknown == Some(UnknownReason::HolderOutsideRecords) {
        return format!(
            "{}: {}",
            UnknownReason::HolderOutsideRecords,
            answer.ask_instead.join(", ")
        );
    }
    let who = match answer.exercisers.as_slice() {
        [] => answer.kind.to_string(),
        some => format!("{} by {}", answer.kind, and(some)),
    };
    match answer.liable.bodies.as_slice() {
        [] => format!("{who}; liable: not settled"),
        some => format!("{who}; liable: {}", and(some)),
    }
}

/// Two answers in a few words each. If [`short`] says the same of both, what only one of them says
/// is added to that one.
#[must_use]
pub fn apart(one: &PlainAnswer, other: &PlainAnswer) -> (String, String) {
    let (short_one, short_other) = (short(one), short(other));
    if short_one != short_other {
        return (short_one, short_other);
    }
    let (all_one, all_other) = (lines(one), lines(other));
    let only = |short: String, own: &[Line], others: &[Line]| {
        let own = own.iter().filter(|line| !others.contains(line));
        let says = own.map(|line| {
            let sure = line.confidence.map(|sure| format!(" ({sure})")).unwrap_or_default();
            format!("; {}: {}{sure}", line.label, line.says.join(", "))
        });
        short + &says.collect::<String>()
    };
    (only(short_one, &all_one, &all_other), only(short_other, &all_other, &all_one))
}

/// The whole answer as lines of a table. Lines without items are left out.
#[must_use]
pub fn lines(answer: &PlainAnswer) -> Vec<Line> {
    let names = &answer.names;
    let one = |code: &Option<String>| code.iter().map(|code| names.one(code)).collect();
    let mut lines = Lines::default();
    lines.sure("result", vec![result(answer)], answer.confidence);
    let instead = match answer.unknown {
        Some(UnknownReason::HolderOutsideRecords) => "outside the records",
        Some(_) | None => "ask about instead",
    };
    lines.add(instead, answer.ask_instead.clone());
    lines.add("area", one(&answer.area));
    lines.add("holder", one(&answer.holder));
    lines.add("exerciser", names.all(&answer.exercisers));
    lines.add("forum", answer.forum.iter().cloned().collect());
    lines.sure("liable", liable(answer), answer.liable.confidence);
    let accountable = answer.accountable.iter();
    let accountable =
        accountable.map(|(from, to)| format!("{} to {}", names.one(from), names.one(to)));
    lines.add("accountable", accountable.collect());
    for PlainPerformer { body, is_assumed, confidence } in &answer.performed_by {
        let as_far = if *is_assumed { ", as far as is recorded" } else { "" };
        lines.sure("performed by", vec![names.one(body) + as_far], *confidence);
    }
    for PlainInCapacity { capacity, bodies, rule, confidence } in &answer.capacities {
        let who = vec![names.and(bodies), format!("by {rule}")];
        lines.sure(in_capacity(*capacity), who, *confidence);
    }
    lines.add("basis", answer.basis.iter().map(ToString::to_string).collect());
    lines.add("reserved", answer.reserved.then(|| "yes".to_owned()).into_iter().collect());
    lines.add("instruments", answer.instruments.clone());
    lines.add("passed on under", answer.links.clone());
    lines.add("instruments of predecessors", answer.predecessor_instruments.clone());
    for PlainCondition { text, confidence } in &answer.conditions {
        lines.sure("condition", vec![text.clone()], *confidence);
    }
    lines.add("losses by contract", answer.loss_exceptions.clone());
    lines.add("exercised under", answer.regimes.clone());
    for expectation in &answer.expectations {
        let without = match expectation.without_instrument {
            true => "; no instrument that says so was in force or executed",
            false => "",
        };
        let expected = names.one(&expectation.expected);
        lines.add("believed besides", vec![format!("{expected}: {}{without}", expectation.nature)]);
    }
    for now in &answer.answering_now {
        let says = would_answer(answer, now);
        match &answer.answers_on {
            Some(day) => lines.add("would answer", vec![format!("on {day}, {says}")]),
            None => lines.add("would answer now", vec![says]),
        }
    }
    if let (Some(day), []) = (&answer.answers_on, answer.answering_now.as_slice())
        && !answer.liable.bodies.is_empty()
    {
        let who = names.and(&answer.liable.bodies);
        lines.add(
            "would answer",
            vec![format!("on {day}, {who}: nothing is recorded to have passed by then")],
        );
    }
    for PlainDispute { about, by, reason } in &answer.disputes {
        lines.add(
            "contested",
            vec![format!("event {about}, by {}: {reason}", answer.names_later.one(by))],
        );
    }
    lines.add("known, not applied", answer.unapplied.iter().map(unapplied).collect());
    lines.0
}

#[derive(Default)]
struct Lines(Vec<Line>);

impl Lines {
    fn add(&mut self, label: &'static str, says: Vec<String>) {
        self.sure(label, says, None);
    }

    fn sure(&mut self, label: &'static str, says: Vec<String>, confidence: Option<Confidence>) {
        if !says.is_empty() {
            self.0.push(Line { label, says, confidence });
        }
    }
}

/// The label of the line that names the bodies with a capacity.
fn in_capacity(capacity: Option<Capacity>) -> &'static str {
    match capacity {
        Some(Capacity::EntitledToo) => "entitled too",
        Some(Capacity::SuableToo) => "may be joined",
        Some(Capacity::DecisionMaker) => "decision-maker",
        Some(Capacity::ContractParty) => "contract party",
        None => "further capacity",
    }
}

/// The codes of the liable bodies if liability is settled; otherwise the state of liability.
#[must_use]
pub fn liable_bodies(answer: &PlainAnswer) -> String {
    match answer.liable.state {
        LiableState::Settled => answer.liable.bodies.join(", "),
        LiableState::Unsettled | LiableState::Unknown => answer.liable.state.to_string(),
    }
}

fn liable(answer: &PlainAnswer) -> Vec<String> {
    let mut says = match answer.liable.state {
        LiableState::Settled => answer.names.all(&answer.liable.bodies),
        LiableState::Unsettled | LiableState::Unknown => vec![answer.liable.state.to_string()],
    };
    if !answer.liable.rules.is_empty() {
        says.push(format!("by {}", answer.liable.rules.join(", ")));
    }
    says
}

fn would_answer(answer: &PlainAnswer, now: &PlainAnsweringNow) -> String {
    let body = answer.names.one(&now.body);
    let who = match now.successors.as_slice() {
        [] if now.steps.is_empty() => {
            return format!(
                "for {body}: no body that exists then is recorded as the one to which it passed"
            );
        }
        [] => "no body that exists then is recorded as the one to which it passed".to_owned(),
        some => answer.names_later.and(some),
    };
    let by_scheme = now.steps.iter().any(|step| step.scheme.is_some());
    let across = match (&now.read_across, now.steps.len()) {
        (_, 1) if by_scheme => now.steps.iter().map(step).collect::<Vec<_>>().join("; "),
        (_, 2..) => now.steps.iter().map(step).collect::<Vec<_>>().join("; "),
        (Some(rule), _) => {
            format!("{rule} treats the acts of the earlier body as done by the successor")
        }
        (None, _) => {
            "no rule treats the acts of the earlier body as done by a successor".to_owned()
        }
    };
    let sure = match (now.state, now.confidence) {
        (Some(LiableState::Settled), Some(sure)) => format!("that it answers is {sure}"),
        (Some(LiableState::Unsettled), _) if now.successors.len() > 1 => {
            "which of them answers for earlier acts is unsettled".to_owned()
        }
        (Some(LiableState::Unknown), _) => "who answers for earlier acts is unknown".to_owned(),
        _ => "who is liable for earlier acts is unsettled".to_owned(),
    };
    // What passed to a body that has ceased, with nothing that shows where it went from there.
    let ends = |code: &&String| {
        !now.successors.contains(code) && !now.steps.iter().any(|step| step.from == **code)
    };
    let mut ends: Vec<_> = now.steps.iter().map(|step| &step.to).filter(ends).collect();
    ends.sort_unstable();
    ends.dedup();
    let ends = ends
        .into_iter()
        .map(|code| format!("; {code} has ceased, and no body is recorded that came after it"));
    let ends: String = ends.collect();
    format!("for {body}: {who}; {across}{ends}; {sure}")
}

fn by_scheme(scheme: &PlainScheme) -> String {
    let PlainScheme { power, described, excepted } = scheme;
    let of = described.iter().map(|words| format!(", of \"{words}\""));
    let but = excepted.iter().map(|words| format!(", but not \"{words}\""));
    format!("a scheme under {power}{}", of.chain(but).collect::<String>())
}

fn step(step: &PlainAnsweringStep) -> String {
    let PlainAnsweringStep { from, to, on, rule, scheme } = step;
    let by = match (scheme.as_ref().map(by_scheme), rule) {
        (Some(scheme), None) => scheme,
        (Some(scheme), Some(rule)) => format!("{scheme} and {rule}"),
        (None, Some(rule)) => rule.clone(),
        (None, None) => "no rule".to_owned(),
    };
    format!("{on} {from} to {to}, by {by}")
}

/// Who was liable on the day asked about, and who answers for it on the day `on`, in sentences.
#[must_use]
pub fn liable_then_and_later(answer: &PlainAnswer, on: &str) -> String {
    let names = &answer.names;
    if answer.liable.bodies.is_empty() {
        let state = answer.liable.state;
        return format!("Who was liable on {}: {state}.", answer.effective_on);
    }
    let mut says =
        vec![format!("Liable on {}: {}.", answer.effective_on, names.and(&answer.liable.bodies))];
    for body in &answer.liable.bodies {
        let passed = answer.answering_now.iter().find(|now| now.body == *body);
        says.push(match passed {
            Some(now) => format!("Who would answer on {on}: {}.", would_answer(answer, now)),
            None => format!("Who would answer on {on}: {}, itself.", names.one(body)),
        });
    }
    says.join("\n")
}

fn unapplied(unapplied: &PlainUnapplied) -> String {
    let PlainUnapplied { kind, about, effective_on } = unapplied;
    let from = effective_on.as_ref().map(|day| format!(", from {day}")).unwrap_or_default();
    format!("{}: {about}{from}", words(*kind))
}

/// The cells of the table row for one of several cases: basis, instrument, exercisers, liable
/// bodies, rule.
#[must_use]
pub fn case(answer: &PlainAnswer, case: &PlainCase) -> [String; 5] {
    let exercisers = match case.exercisers.as_slice() {
        [] => "another body, not known which".to_owned(),
        some => answer.names.and(some),
    };
    let liable = match case.liable.as_slice() {
        [] if case.exercisers.is_empty() => "that body".to_owned(),
        [] => "not stated by the law".to_owned(),
        some => answer.names.and(some),
    };
    [
        case.basis.map(|basis| basis.to_string()).unwrap_or_default(),
        case.instrument.clone(),
        exercisers,
        liable,
        case.rule.clone(),
    ]
}

/// A word of a vocabulary as people read it: `approved-not-executed` becomes "approved not
/// executed".
#[must_use]
pub fn words(word: impl Word) -> String {
    word.word().replace('-', " ")
}

/// A period of days as text, such as `from 2015-04-01 until 2022-07-01`. If `from` or `until` is
/// `None`, that end of the period is open.
#[must_use]
pub fn span(from: Option<&str>, until: Option<&str>) -> String {
    match (from, until) {
        (None, None) => "on every day".to_owned(),
        (Some(from), None) => format!("from {from}"),
        (None, Some(until)) => format!("before {until}"),
        (Some(from), Some(until)) => format!("from {from} until {until}"),
    }
}
