//! Histories: what is asked for is random; what is recorded is what the register admits.

use remit_domain::{
    Act, Command, Correction, CorrectionKind, Day, Event, FactKind, Known, Position, UtcInstant,
    Word,
};
use remit_register::Register;

use super::facts::act;
use super::world::{law, opening};
use super::{Chance, first, of};

/// Kinds by how often they are tried: what moves answers most often.
fn often() -> [FactKind; 29] {
    use remit_domain::{
        BodyFactKind as B, CommitteeFactKind as C, InstrumentFactKind as I, MoneyFactKind as M,
    };
    [
        C::InterestDeclared.into(),
        FactKind::Redacted,
        remit_domain::DisputeFactKind::EventDisputed.into(),
        M::FundOpened.into(),
        M::SupportPaid.into(),
        C::DecisionTaken.into(),
        B::BodyEstablished.into(),
        B::SuccessionRecorded.into(),
        B::TransferSchemeMade.into(),
        B::MembershipStarted.into(),
        B::MembershipEnded.into(),
        I::WorkPerformed.into(),
        I::ConditionAttached.into(),
        I::ExpectationStated.into(),
        I::InstrumentDrawn.into(),
        I::InstrumentDrawn.into(),
        I::InstrumentInForce.into(),
        I::InstrumentInForce.into(),
        I::InstrumentInForce.into(),
        I::InstrumentInForce.into(),
        I::InstrumentAdvanced.into(),
        I::InstrumentEnded.into(),
        I::InstrumentVaried.into(),
        I::LevelNotHeld.into(),
        I::InstrumentSighted.into(),
        I::InstrumentSighted.into(),
        I::InstrumentSighted.into(),
        B::BodyDissolved.into(),
        I::NoticeGiven.into(),
    ]
}

/// A command that may or may not be allowed.
pub fn command(chance: &mut Chance, register: &Register) -> Command {
    // Mostly about what was said of this world, now and then about the law itself.
    let law = law().len() as u64;
    let tail = register.tail().get();
    let first = if chance.once_in(12) || tail <= law { 0 } else { law };
    let about = Position::new(first + chance.below(tail - first) + 1);
    let act = if chance.once_in(5)
        && let Some(event) = register.event(about)
    {
        let kind = chance.of(CorrectionKind::ALL);
        let instead = !chance.once_in(3) || kind != CorrectionKind::ErrorCorrected;
        let other = chance.once_in(4) && kind != CorrectionKind::ErrorCorrected;
        let of_kind = if other { chance.of(&often()) } else { event.kind };
        Act::Correct {
            correction: Correction {
                kind,
                about: (kind != CorrectionKind::RecordedLate || chance.once_in(2)).then_some(about),
                authority: of("authority"),
                reason: of("reason"),
                fact: None,
            },
            instead: instead.then(|| Box::new(act(chance, of_kind, register))),
        }
    } else if chance.once_in(4) {
        let kind = chance.of(FactKind::ALL);
        act(chance, kind, register)
    } else {
        let kind = chance.of(&often());
        act(chance, kind, register)
    };
    Command { act, evidence: chance.evidence() }
}

/// Evidence of who exercises a function, which may contradict other evidence and is recorded all
/// the same.
pub fn evidence(chance: &mut Chance, register: &Register) -> Command {
    use remit_domain::InstrumentFactKind as I;
    let kinds = [
        I::InstrumentSighted,
        I::InstrumentSighted,
        I::InstrumentSighted,
        I::LevelNotHeld,
        I::WorkPerformed,
        I::ExpectationStated,
    ];
    let kind = chance.of(&kinds);
    Command { act: act(chance, kind.into(), register), evidence: chance.evidence() }
}

/// A register and the events it was folded from.
pub struct History {
    /// The fold.
    pub register: Register,
    /// The events, in log order.
    pub events: Vec<(Position, Event)>,
    /// When each was recorded.
    pub instants: Vec<UtcInstant>,
    /// How many commands were refused on the way.
    pub refused: u64,
}

/// A history of so many events after the law.
#[must_use]
pub fn history(chance: &mut Chance, events: usize) -> History {
    let mut history =
        History { register: Register::new(), events: Vec::new(), instants: Vec::new(), refused: 0 };
    for fact in law() {
        let evidence = chance.evidence();
        history.record(Command { act: Act::State(fact), evidence }, first());
    }
    for fact in opening(chance) {
        let evidence = chance.evidence();
        history.record(Command { act: Act::State(fact), evidence }, first());
    }
    let begun = law().len();
    let mut today = first();
    for _ in 0..events * 60 {
        if history.events.len() >= begun + events {
            break;
        }
        let command = command(chance, &history.register);
        history.record(command, today);
        if chance.once_in(4) {
            for _ in 0..chance.below(60) {
                today = today.next().expect("a day");
            }
        }
    }
    history
}

impl History {
    /// Records a command at noon of a day, if it is admitted.
    pub fn record(&mut self, command: Command, today: Day) {
        match self.register.admit(command) {
            Ok(event) => {
                let position = self.register.tail();
                let noon = noon(today);
                self.register.stamp(position, noon);
                self.register.settle(position);
                self.events.push((position, event));
                self.instants.push(noon);
            }
            Err(_) => self.refused += 1,
        }
    }
}

/// Noon UTC of a day.
#[must_use]
pub fn noon(day: Day) -> UtcInstant {
    of(&format!("{day}T12:00:00.000000Z"))
}
