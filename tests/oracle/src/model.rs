//! A naive model of the register: it follows the resolution procedure step by step and scans all
//! events anew for every question. It takes from `remit-domain` the shapes of what is said, and
//! from `remit-register` nothing: where the two agree, two readings of the procedure agree.

use std::{cmp::Reverse, collections::BTreeSet, iter::once, mem::discriminant};

use remit_domain::BodyRole::{Ccg, Icb, NhsEngland, Practice, SecretaryOfState, SubIcbLocation};
use remit_domain::InstrumentKind::{GreaterInvolvement, Intervention, JointArrangement};
use remit_domain::{Fact::*, LegalBasis::*, Relation::*, RuleContent as Content, *};

use crate::said::{Place, Question, Said};

/// What is known when a question is asked: all that was ever said, and those facts that are so.
struct Known<'e> {
    all: Vec<Row<'e>>,
    facts: Vec<Row<'e>>,
    function: &'e FunctionCode,
    on: Day,
}
type Row<'e> = (u64, &'e Fact, &'e Evidence);
/// An instrument that bears, who exercises by it, and the position of its row in force.
type Bearing<'e> = (&'e Instrument, Vec<BodyCode>, u64);
/// A commissioner whose area it is, and its role; or why there is none and what to ask instead.
type Found = Result<(BodyCode, BodyRole), (&'static str, Vec<String>)>;
/// A basis, and who exercises on it.
type Case = (LegalBasis, Vec<BodyCode>);
/// A body that is no longer what it was, its successors, and the rule that reads its acts across.
type Answering = (BodyCode, Vec<BodyCode>, Option<RuleId>);
const NO_COMMISSIONER: Found = Err(("no-commissioner", vec![]));

/// The facts of one shape, in the order of the log.
macro_rules! each {
    ($row:ident in $rows:expr, $shape:pat $(if $when:expr)? => $value:expr) => {
        $rows.iter().filter_map(move |$row| match $row.1 {
            $shape $(if $when)? => Some($value),
            _ => None,
        })
    };
    ($known:ident, $($rest:tt)*) => { each!(row in $known.facts, $($rest)*) };
}

mod beside;
mod facts;
mod place;

/// What the register should answer after these events, which are in the order of their positions.
pub fn answer(events: &[(u64, Event)], question: &Question) -> Said {
    let known = Known::new(events, question);
    let unknown = |reason| Said {
        kind: "unknown",
        unknown: reason,
        liable_state: "unknown",
        ..Said::default()
    };
    let mut segments = known.segments().peekable();
    if segments.peek().is_none() {
        return unknown("function-not-recorded");
    }
    let segment = segments.find(|(_, period)| period.contains(question.on));
    let mut said = match (segment, known.place(&question.place)) {
        (Some((segment, _)), Ok((area, role))) => known.resolve(segment, area, role),
        (Some(_), Err((reason, ask_instead))) => Said { ask_instead, ..unknown(reason) },
        (None, at) => Said { area: at.ok().map(|at| at.0), ..unknown("function-outside-records") },
    };
    said.expectations = said.area.map(|area| known.expectations(area, &said)).unwrap_or_default();
    let today = question.today.filter(|today| *today > question.on);
    said.answering_now = today.map(|today| known.answering_now(&said, today)).unwrap_or_default();
    said
}

fn sorted<T: Ord>(items: impl IntoIterator<Item = T>) -> Vec<T> {
    items.into_iter().collect::<BTreeSet<T>>().into_iter().collect()
}

fn cut(period: Period, ends: impl Iterator<Item = Day>) -> Period {
    ends.fold(period, |left, end| left.cut(end).unwrap_or(left))
}

/// What an event speaks of; a correction that says nothing instead, of what it is about.
fn kind_of(events: &[(u64, Event)], at: u64) -> Option<FactKind> {
    match &events.iter().find(|(position, _)| *position == at)?.1.fact {
        Corrected(c) if c.fact.is_none() => kind_of(events, c.about?),
        Corrected(c) => c.fact.as_ref().map(|fact| fact.kind()),
        fact => Some(fact.kind()),
    }
}

impl<'e> Known<'e> {
    fn new(events: &'e [(u64, Event)], question: &'e Question) -> Self {
        let (mut all, mut facts, mut taken_back) = (vec![], vec![], vec![]);
        // A correction comes after what it is about: backwards, each is judged before it is met.
        for (at, event) in events.iter().rev().filter(|(at, _)| *at <= question.known_at) {
            let correction = if let Corrected(c) = &event.fact { Some(c) } else { None };
            let fact = correction.map_or(Some(&event.fact), |c| c.fact.as_deref());
            let row = fact.map(|fact| (*at, fact, &*event.evidence));
            all.splice(0..0, row);
            if taken_back.contains(at) {
                continue;
            }
            facts.splice(0..0, row);
            taken_back.extend(correction.and_then(|c| {
                c.about.filter(|about| match c.kind {
                    CorrectionKind::RecordedLate => false,
                    CorrectionKind::ErrorCorrected => true,
                    CorrectionKind::EffectBackdated => {
                        kind_of(events, *about) == fact.map(Fact::kind)
                    }
                })
            }));
        }
        Self { all, facts, function: &question.function, on: question.on }
    }

    // The answer.

    fn resolve(&self, segment: &Function, area: BodyCode, role: BodyRole) -> Said {
        let vesting = self.rule(self.on, |content| self.vests(content, role));
        let reserved = segment.reserved && vesting.is_none();
        let holder = match segment.holder {
            HolderRule::Body(body) if vesting.is_none() => body,
            _ => area,
        };
        let mut said = Said { area: Some(area), holder: Some(holder), reserved, ..Said::default() };
        let mut unapplied = self.unapplied(area, role);
        let (bearing, links, open) = self.bearing(segment, vesting, area, role);
        said.instruments = sorted(bearing.iter().map(|(text, ..)| text.id.clone()));
        let cases: Vec<Case> = if bearing.is_empty() {
            let bases = once(NoArrangement).chain(open.iter().copied());
            bases.map(|basis| (basis, self.would_exercise(basis, holder, area))).collect()
        } else {
            bearing.iter().map(|(text, by, _)| (text.basis, by.clone())).collect()
        };
        let one = open.is_empty() && cases.iter().all(|case| *case == cases[0]);
        self.liable(&mut said, &cases, one);
        if one {
            self.exercised(&mut said, cases[0].clone(), &bearing, &links);
        } else if bearing.is_empty() {
            said.predecessors = self.predecessors(area, self.on, 0);
            let gap = !said.predecessors.is_empty();
            (said.kind, said.unknown) = if gap { ("gap", "") } else { ("unknown", "no-evidence") };
        } else {
            said.kind = "conflict";
            unapplied.extend(bearing.iter().map(|(.., row)| ("conflict-open", *row)));
        }
        for (text, ..) in bearing.iter().chain(links.iter().filter(|_| one)) {
            unapplied.extend(self.notice_pending(&text.id));
        }
        if let (Some(nhs), Some(state)) = (self.office(NhsEngland), self.office(SecretaryOfState))
            && (nhs == holder || said.accountable.iter().any(|(_, to)| *to == nhs))
        {
            said.accountable.push((nhs, state));
        }
        Said { unapplied: sorted(unapplied), accountable: sorted(said.accountable), ..said }
    }

    /// The instruments that bear, the links before them, and where there are none the bases on
    /// which an arrangement cannot be ruled out.
    fn bearing(
        &self,
        segment: &Function,
        vesting: Option<&Rule>,
        area: BodyCode,
        role: BodyRole,
    ) -> (Vec<Bearing<'e>>, Vec<Bearing<'e>>, Vec<LegalBasis>) {
        let vested = vesting.is_some();
        // What ended by vesting stays ended, whatever becomes of the rule.
        let ended = |text: &Instrument, row: u64| {
            let begun = each!(held in self.facts, InstrumentInForce { effective, .. }
                if held.0 == row => effective.from())
            .next();
            let before = |law: Period| begun < Some(law.from()) && law.from() <= self.on;
            each!(self, RuleEnacted(rule) => rule).any(|rule| match &rule.content {
                Content::Vesting { ends, .. } if ends.contains(&text.basis) => {
                    self.vests(&rule.content, role) && self.law(rule).is_some_and(before)
                }
                _ => false,
            })
        };
        let mut bearing: Vec<Bearing> = self.in_force(area, self.on).collect();
        bearing.retain(|(text, _, row)| !ended(text, *row));
        let intervened = bearing.iter().any(|(text, ..)| text.kind == Intervention);
        let kept = vested || !segment.reserved;
        bearing.retain(|(text, ..)| if intervened { text.kind == Intervention } else { kept });
        let involved = bearing.iter().any(|(text, ..)| text.kind == GreaterInvolvement);
        bearing.retain(|(text, ..)| text.kind != GreaterInvolvement);
        if bearing.is_empty() && !vested {
            bearing = self.continued(area, role);
        }
        let givers: Vec<_> = bearing.iter().map(|(text, ..)| &text.given_by).collect();
        let (links, bearing): (Vec<_>, Vec<_>) = bearing.into_iter().partition(|(text, by, _)| {
            givers.iter().any(|givers| *givers == by && **givers != text.given_by)
        });
        match bearing.is_empty() {
            true if vested || involved => (bearing, vec![], vec![]),
            true => (bearing, vec![], self.open(segment, area)),
            false => (bearing, links, vec![]),
        }
    }

    /// The answer where it is known who exercises, and on what basis.
    fn exercised(&self, said: &mut Said, case: Case, bearing: &[Bearing], links: &[Bearing]) {
        said.kind = match case.1[..] {
            _ if bearing.is_empty() => "not-delegated",
            _ if said.liable_state == "unsettled" => "unsettled",
            [_, _, ..] => "jointly-held",
            _ => "held",
        };
        (said.basis, said.exercisers) = (Some(case.0), case.1);
        said.links = sorted(links.iter().map(|(text, ..)| text.id.clone()));
        for (text, ..) in bearing {
            said.conditions.extend(self.conditions(&text.id));
            said.performed_by.extend(each!(self,
                WorkPerformed { instrument, performer, functions, effective }
                if *instrument == text.id && effective.contains(self.on) && self.named(functions)
                => *performer));
        }
        said.conditions.sort();
        said.performed_by.sort();
        if said.performed_by.is_empty() {
            said.performed_by.clone_from(&said.exercisers);
        }
        // Only by an instrument does anyone but the holder exercise, and so account to another.
        for (text, exercisers, _) in bearing.iter().chain(links) {
            for by in exercisers.iter().filter(|by| !text.given_by.contains(by)) {
                said.accountable.extend(text.given_by.iter().map(|to| (*by, *to)));
            }
        }
    }

    fn vests(&self, content: &Content, area: BodyRole) -> bool {
        matches!(content, Content::Vesting { functions, role, .. }
            if *role == area && functions.contains(self.function))
    }

    /// Whether an instrument of the area was ended by its parties, or ran out, by the day.
    fn given_back(&self, area: BodyCode) -> bool {
        let ends = each!(self, InstrumentEnded { instrument, effective_until: day,
                reason: EndReason::Terminated | EndReason::Revoked | EndReason::Expired, .. }
            | NoticeGiven { instrument, ends_on: day, .. }
            if *day <= self.on => (instrument, day.pred_opt().expect("a day before")));
        ends.into_iter().any(|(id, eve)| {
            self.in_force(area, eve).any(|(text, ..)| {
                let moves = !matches!(text.kind, GreaterInvolvement | Intervention);
                text.id == *id && moves && text.area != Area::England
            })
        })
    }

    /// The bases of the segment's routes on which an arrangement cannot be ruled out.
    fn open(&self, segment: &Function, area: BodyCode) -> Vec<LegalBasis> {
        if self.given_back(area) {
            return vec![];
        }
        let excluded = each!(self, LevelNotHeld { body, bases, functions, effective }
            if *body == area && effective.contains(self.on) && self.named(functions) => bases);
        let excluded: Vec<_> = excluded.flatten().collect();
        let bases = segment.routes.iter().map(|route| route.basis);
        bases.filter(|basis| !excluded.contains(&basis)).collect()
    }

    fn would_exercise(&self, basis: LegalBasis, holder: BodyCode, area: BodyCode) -> Vec<BodyCode> {
        match basis {
            NoArrangement => vec![holder],
            S13zJointly | S65z5Jointly => sorted([holder, area]),
            S7a => self.office(NhsEngland).into_iter().collect(),
            _ => vec![area],
        }
    }

    /// Who is liable: by the law of the one case, or as far as all cases agree.
    fn liable(&self, said: &mut Said, cases: &[Case], one: bool) {
        let mut liable = vec![];
        for (basis, exercisers) in cases {
            let rule = self.rule(self.on, |content|
                matches!(content, Content::Liability { bases, .. } if bases.contains(basis)));
            said.rules.extend(rule.map(|rule| rule.id.clone()));
            liable.push(match rule.map(|rule| &rule.content) {
                Some(Content::Liability { liable: LiableRule::Holder, .. }) => {
                    Some(said.holder.into_iter().collect())
                }
                Some(Content::Liability { liable: LiableRule::NotStated, .. }) | None => None,
                Some(_) => Some(exercisers.clone()),
            });
        }
        said.rules = sorted(said.rules.drain(..));
        let agreed = liable.iter().all(|each| *each == liable[0] && *each != Some(vec![]));
        let settled = liable[0].clone().filter(|_| one || agreed);
        let not_settled = if one { "unsettled" } else { "unknown" };
        said.liable_state = settled.as_ref().map_or(not_settled, |_| "settled");
        said.liable = settled.unwrap_or_default();
    }
}
