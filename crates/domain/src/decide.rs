//! Whether a command may be recorded, and as which event.
//!
//! [`decide()`] is a pure function of what the register knows and what is asked. Every check that
//! fails is reported, not only the first; nothing is recorded unless all hold.

use std::sync::Arc;

use crate::body::{Body, BodyRole, Member, Membership, Relation, Succession};
use crate::code::{BodyCode, FunctionCode, InstrumentId};
use crate::evidence::Evidence;
use crate::fact::{Event, Fact, Position};
use crate::function::{Function, HolderRule};
use crate::instrument::{Area, Instrument, InstrumentKind};
use crate::known::{Held, InstrumentKnown, Known};
use crate::period::{Day, Period};
use crate::rule::{LegalBasis, Rule, RuleContent, notice_ends_on};
use crate::word::vocabulary;

/// One thing asked of the register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// What is to be recorded.
    pub act: Act,
    /// What it rests on.
    pub evidence: Arc<Evidence>,
}

/// What is to be recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// A fact, as it is.
    State(Fact),
    /// Notice to end an instrument; the day it ends follows from the rules.
    GiveNotice {
        /// The instrument.
        instrument: InstrumentId,
        /// By whom.
        given_by: BodyCode,
        /// When.
        given_on: Day,
    },
}

vocabulary! {
    /// Why a command was refused. Stable: part of the wire contract.
    Reason, "reason";
    /// The register knows no such body.
    BodyUnknown = "BODY_UNKNOWN",
    /// The body is not in being on the day.
    BodyNotInBeing = "BODY_NOT_IN_BEING",
    /// The code is in use over some of the period.
    BodyAlreadyInBeing = "BODY_ALREADY_IN_BEING",
    /// The body has not the role this needs.
    BodyRoleWrong = "BODY_ROLE_WRONG",
    /// The statute does not let this body receive on this basis.
    BodyMayNotReceive = "BODY_MAY_NOT_RECEIVE",
    /// An end that is not after its beginning.
    PeriodReversed = "PERIOD_REVERSED",
    /// The member is in a group of this kind over some of the period.
    MembershipOverlaps = "MEMBERSHIP_OVERLAPS",
    /// There is no such open membership.
    MembershipUnknown = "MEMBERSHIP_UNKNOWN",
    /// The same succession is recorded.
    SuccessionAlreadyRecorded = "SUCCESSION_ALREADY_RECORDED",
    /// A body cannot succeed itself.
    SuccessionOfItself = "SUCCESSION_OF_ITSELF",
    /// The catalogue has no such function on the day.
    FunctionUnknown = "FUNCTION_UNKNOWN",
    /// The catalogue says something of the function for some of the period.
    FunctionSegmentOverlaps = "FUNCTION_SEGMENT_OVERLAPS",
    /// The function is reserved on the day.
    FunctionReserved = "FUNCTION_RESERVED",
    /// The function cannot pass on this basis on the day.
    FunctionNotDelegable = "FUNCTION_NOT_DELEGABLE",
    /// The same rule is recorded for some of the period.
    RuleAlreadyEnacted = "RULE_ALREADY_ENACTED",
    /// No rule recorded says what this needs.
    RuleMissing = "RULE_MISSING",
    /// The register knows no such instrument.
    InstrumentUnknown = "INSTRUMENT_UNKNOWN",
    /// The id is in use.
    InstrumentAlreadyDrawn = "INSTRUMENT_ALREADY_DRAWN",
    /// The instrument has ended.
    InstrumentEnded = "INSTRUMENT_ENDED",
    /// The instrument is not in force.
    InstrumentNotInForce = "INSTRUMENT_NOT_IN_FORCE",
    /// An instrument of this kind cannot rest on this basis.
    BasisNotAdmitted = "BASIS_NOT_ADMITTED",
    /// Two bodies would exercise one function for one area on one day.
    TwoHolders = "TWO_HOLDERS",
    /// The contract is held over some of the period.
    ContractAlreadyHeld = "CONTRACT_ALREADY_HELD",
    /// The register knows no such contract.
    ContractUnknown = "CONTRACT_UNKNOWN",
    /// A body of this legal form may not hold such a contract.
    LegalFormForbids = "LEGAL_FORM_FORBIDS",
    /// The register knows no such fund.
    FundUnknown = "FUND_UNKNOWN",
    /// The fund, or the payment of it, is recorded.
    FundAlreadyRecorded = "FUND_ALREADY_RECORDED",
    /// The payment exceeds what is left of the fund.
    FundExceeded = "FUND_EXCEEDED",
    /// The sum does not follow from the fund's rate, or the payment is outside its terms.
    PaymentOutsideFund = "PAYMENT_OUTSIDE_FUND",
    /// Nothing can be recorded of an empty list.
    NothingNamed = "NOTHING_NAMED",
}

/// One check that failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {message}")]
pub struct Refusal {
    /// The stable reason.
    pub reason: Reason,
    /// The field of the command, in the names of the wire.
    pub field: String,
    /// The same for a person, saying what is there and what to do.
    pub message: String,
}

/// The event that `command` means, or every check that it fails.
///
/// # Errors
/// All refusals; nothing may then be recorded.
pub fn decide(known: &impl Known, command: Command) -> Result<Event, Vec<Refusal>> {
    let Command { act, evidence } = command;
    let mut checks = Checks { known, refusals: Vec::new() };
    let fact = match act {
        Act::State(fact) => {
            checks.fact(&fact);
            Some(fact)
        }
        Act::GiveNotice { instrument, given_by, given_on } => {
            checks.notice(instrument, given_by, given_on)
        }
    };
    match fact {
        Some(fact) if checks.refusals.is_empty() => Ok(Event { fact, evidence }),
        _ => Err(checks.refusals),
    }
}

/// The checks of one command, and what they found.
struct Checks<'a, K> {
    known: &'a K,
    refusals: Vec<Refusal>,
}

impl<'a, K: Known> Checks<'a, K> {
    fn refuse(&mut self, reason: Reason, field: &str, message: String) {
        self.refusals.push(Refusal { reason, field: field.to_owned(), message });
    }

    fn fact(&mut self, fact: &Fact) {
        match fact {
            Fact::BodyEstablished(body) => self.established(body),
            Fact::BodyDissolved { code, role, effective_until } => {
                self.dissolved(*code, *role, *effective_until);
            }
            Fact::BodyNamed { code, effective, .. } => {
                self.in_being("code", *code, effective.from());
            }
            Fact::SuccessionRecorded(succession) => self.succession(succession),
            Fact::MembershipStarted(membership) => self.membership(membership),
            Fact::MembershipEnded { member, group, relation, effective_from, effective_until } => {
                self.membership_end(member, *group, *relation, *effective_from, *effective_until);
            }
            Fact::ContractHeld { contract, holder, contract_type, effective } => {
                for held in self.known.contract(contract) {
                    if held.value.1.overlaps(effective) {
                        let message = format!(
                            "{contract} is held {} by event {}",
                            held.value.1, held.position
                        );
                        self.refuse(Reason::ContractAlreadyHeld, "contract", message);
                    }
                }
                self.in_being("holder", *holder, effective.from());
                match self.known.legal_form(*holder) {
                    Some(form) if !contract_type.may_be_held_by(form) => {
                        let message = format!(
                            "{holder} is {form}: it may not hold a {contract_type} contract"
                        );
                        self.refuse(Reason::LegalFormForbids, "holder", message);
                    }
                    _ => {}
                }
            }
            Fact::FunctionCatalogued(function) => self.catalogued(function),
            Fact::RuleEnacted(rule) => self.enacted(rule),
            Fact::InstrumentDrawn(instrument) => self.drawn(instrument),
            Fact::InstrumentAdvanced { instrument, .. } => {
                self.instrument(instrument);
            }
            // Whether the first day is evidenced changes confidence, never who may hold.
            Fact::InstrumentInForce { instrument, effective, .. } => {
                self.in_force(instrument, *effective);
            }
            Fact::InstrumentEnded { instrument, effective_until, .. } => {
                self.ended(instrument, *effective_until);
            }
            Fact::NoticeGiven { instrument, .. } => {
                // Only `Act::GiveNotice` makes it: the day it ends is the rules', not the caller's.
                self.refuse(
                    Reason::RuleMissing,
                    "instrument",
                    format!("notice to end {instrument} is given, not stated"),
                );
            }
            Fact::WorkPerformed { instrument, performer, effective, .. } => {
                self.instrument(instrument);
                self.in_being("performer", *performer, effective.from());
            }
            Fact::LevelNotHeld { body, bases, functions, effective } => {
                self.in_being("body", *body, effective.from());
                if bases.is_empty() {
                    self.refuse(Reason::NothingNamed, "bases", "name at least one".into());
                }
                for (at, function) in functions.iter().enumerate() {
                    self.segment(&format!("functions[{at}]"), function, effective.from());
                }
            }
            Fact::ExpectationStated { function, area, expected, effective_from, .. } => {
                if self.known.segments(function).is_empty() {
                    let message = format!("the catalogue has no function {function}");
                    self.refuse(Reason::FunctionUnknown, "function", message);
                }
                self.in_being("area", *area, *effective_from);
                self.in_being("expected", *expected, *effective_from);
            }
            Fact::FundOpened { fund, funders, effective, .. } => {
                if self.known.fund(fund).is_some() {
                    self.refuse(
                        Reason::FundAlreadyRecorded,
                        "fund",
                        format!("fund {fund} is recorded"),
                    );
                }
                self.bodies_in_being("funders", funders, effective.from());
            }
            Fact::SupportPaid { .. } => self.support(fact),
            Fact::InterestDeclared { body, concerns, declared_on, .. } => {
                self.in_being("body", *body, *declared_on);
                self.in_being("concerns", *concerns, *declared_on);
            }
            Fact::DecisionTaken { body, fund, payment, decided_on, .. } => {
                self.in_being("body", *body, *decided_on);
                match self.known.fund(fund) {
                    None => self.refuse(Reason::FundUnknown, "fund", format!("no fund {fund}")),
                    Some(known) if !known.payments.contains(payment) => {
                        let message = format!("fund {fund} has no payment {payment}");
                        self.refuse(Reason::FundUnknown, "payment", message);
                    }
                    Some(_) => {}
                }
            }
        }
    }

    // --- bodies ---------------------------------------------------------------------------

    /// The roles of a body, refusing if it is not known.
    fn body(&mut self, field: &str, code: BodyCode) -> Vec<Held<(BodyRole, Period)>> {
        let roles = self.known.roles(code);
        if roles.is_empty() {
            let message = format!("the register knows no body {code}; record it first");
            self.refuse(Reason::BodyUnknown, field, message);
        }
        roles
    }

    /// The roles a body has on a day, refusing if it has none.
    fn in_being(&mut self, field: &str, code: BodyCode, day: Day) -> Vec<BodyRole> {
        let roles = self.body(field, code);
        let now: Vec<_> = roles
            .iter()
            .filter(|held| held.value.1.contains(day))
            .map(|held| held.value.0)
            .collect();
        if now.is_empty() && !roles.is_empty() {
            let spans: Vec<_> = roles
                .iter()
                .map(|held| format!("{} {} (event {})", held.value.0, held.value.1, held.position))
                .collect();
            let message = format!("{code} is not in being on {day}; it is {}", spans.join(", "));
            self.refuse(Reason::BodyNotInBeing, field, message);
        }
        now
    }

    fn bodies_in_being(&mut self, field: &str, codes: &[BodyCode], day: Day) {
        if codes.is_empty() {
            self.refuse(Reason::NothingNamed, field, "name at least one".into());
        }
        for (at, code) in codes.iter().enumerate() {
            self.in_being(&format!("{field}[{at}]"), *code, day);
        }
    }

    fn established(&mut self, body: &Body) {
        for held in self.known.roles(body.code) {
            if held.value.1.overlaps(&body.effective) {
                let message = format!(
                    "{} is {} {} by event {}; end that first, or use another code",
                    body.code, held.value.0, held.value.1, held.position
                );
                self.refuse(Reason::BodyAlreadyInBeing, "code", message);
            }
        }
    }

    fn dissolved(&mut self, code: BodyCode, role: BodyRole, effective_until: Day) {
        let roles = self.body("code", code);
        let open = roles.iter().find(|held| held.value.0 == role && held.value.1.until().is_none());
        match open {
            None if roles.is_empty() => {}
            None => {
                let message = format!("{code} is not in being as {role} without an end");
                self.refuse(Reason::BodyNotInBeing, "code", message);
            }
            Some(held) if effective_until <= held.value.1.from() => {
                let message = format!("{code} only begins on {}", held.value.1.from());
                self.refuse(Reason::PeriodReversed, "effective_until", message);
            }
            Some(_) => {}
        }
    }

    fn succession(&mut self, succession: &Succession) {
        let Succession { predecessor, successor, effective_on, .. } = *succession;
        if predecessor == successor {
            let message = format!("{predecessor} cannot succeed itself; a rename is no succession");
            self.refuse(Reason::SuccessionOfItself, "successor", message);
            return;
        }
        if let Some(eve) = effective_on.pred_opt() {
            self.in_being("predecessor", predecessor, eve);
        }
        self.in_being("successor", successor, effective_on);
        for held in self.known.successors(predecessor) {
            if (held.value.0, held.value.1) == (successor, effective_on) {
                let message = format!(
                    "{predecessor} to {successor} on {effective_on} is event {}",
                    held.position
                );
                self.refuse(Reason::SuccessionAlreadyRecorded, "successor", message);
            }
        }
    }

    // --- memberships ----------------------------------------------------------------------

    fn membership(&mut self, membership: &Membership) {
        let Membership { member, group, relation, effective } = membership;
        match member {
            Member::Body(code) => {
                // Practices may be recorded as members before they opened: the published data do.
                self.body("member", *code);
            }
            Member::Contract(contract) => {
                if *relation != Relation::PracticeOfCommissioner {
                    let message = "only membership of a commissioner attaches to a contract".into();
                    self.refuse(Reason::BodyRoleWrong, "member", message);
                }
                if self.known.contract(contract).is_empty() {
                    let message = format!("the register knows no contract {contract}");
                    self.refuse(Reason::ContractUnknown, "member", message);
                }
            }
        }
        self.in_being("group", *group, effective.from());
        if relation.is_exclusive() {
            for held in self.known.groups(member, *relation) {
                if held.value.1.overlaps(effective) {
                    let message = format!(
                        "{member} belongs to {} {} by event {}",
                        held.value.0, held.value.1, held.position
                    );
                    self.refuse(Reason::MembershipOverlaps, "effective_from", message);
                }
            }
        } else {
            for held in self.known.groups(member, *relation) {
                if held.value.0 == *group && held.value.1.overlaps(effective) {
                    let message = format!(
                        "{member} belongs to {group} {} by event {}",
                        held.value.1, held.position
                    );
                    self.refuse(Reason::MembershipOverlaps, "effective_from", message);
                }
            }
        }
    }

    fn membership_end(
        &mut self,
        member: &Member,
        group: BodyCode,
        relation: Relation,
        effective_from: Day,
        effective_until: Day,
    ) {
        if effective_until <= effective_from {
            let message = format!("{effective_until} is not after {effective_from}");
            self.refuse(Reason::PeriodReversed, "effective_until", message);
        }
        let found = self.known.groups(member, relation).into_iter().any(|held| {
            held.value.0 == group
                && held.value.1.from() == effective_from
                && held.value.1.until().is_none()
        });
        if !found {
            let message = format!(
                "{member} has no open {relation} membership of {group} from {effective_from}"
            );
            self.refuse(Reason::MembershipUnknown, "effective_from", message);
        }
    }

    // --- functions and rules --------------------------------------------------------------

    /// The segment of a function on a day, refusing if there is none.
    fn segment(&mut self, field: &str, code: &FunctionCode, day: Day) -> Option<&'a Function> {
        let segments = self.known.segments(code);
        let found = segments.iter().find(|held| held.value.effective.contains(day));
        if found.is_none() {
            let message = if segments.is_empty() {
                format!("the catalogue has no function {code}")
            } else {
                format!("the catalogue says nothing of {code} on {day}")
            };
            self.refuse(Reason::FunctionUnknown, field, message);
        }
        found.map(|held| held.value)
    }

    fn catalogued(&mut self, function: &Function) {
        for held in self.known.segments(&function.code) {
            if held.value.effective.overlaps(&function.effective) {
                let message = format!(
                    "{} has a segment {} by event {}",
                    function.code, held.value.effective, held.position
                );
                self.refuse(Reason::FunctionSegmentOverlaps, "effective_from", message);
            }
        }
        if let HolderRule::Body(holder) = function.holder {
            self.body("holder", holder);
        }
        if function.reserved && !function.routes.is_empty() {
            let message = format!("{} is reserved: it has no routes", function.code);
            self.refuse(Reason::FunctionReserved, "routes", message);
        }
    }

    fn enacted(&mut self, rule: &Rule) {
        for held in self.known.rules() {
            let other = held.value;
            let meets = match (other.effective, rule.effective) {
                (Some(a), Some(b)) => a.overlaps(&b),
                (None, None) => true,
                _ => false,
            };
            if other.id == rule.id && meets {
                let message = format!("rule {} is recorded by event {}", rule.id, held.position);
                self.refuse(Reason::RuleAlreadyEnacted, "id", message);
            }
        }
    }

    // --- instruments ----------------------------------------------------------------------

    fn instrument(&mut self, id: &InstrumentId) -> Option<InstrumentKnown<'a>> {
        let found = self.known.instrument(id);
        if found.is_none() {
            let message = format!("the register knows no instrument {id}; draw it up first");
            self.refuse(Reason::InstrumentUnknown, "instrument", message);
        }
        found
    }

    /// The roles that the rules let receive on a basis: on a day, or ever.
    fn receivers(&self, basis: LegalBasis, day: Option<Day>) -> Option<Vec<BodyRole>> {
        let mut found = None;
        for held in self.known.rules() {
            if let RuleContent::Receiving { bases, roles } = &held.value.content
                && bases.contains(&basis)
                && day.is_none_or(|day| held.value.in_force(day))
            {
                found.get_or_insert_with(Vec::new).extend(roles.iter().copied());
            }
        }
        found
    }

    fn may_receive(&mut self, instrument: &Instrument, day: Option<Day>) {
        if instrument.kind == InstrumentKind::GreaterInvolvement {
            return;
        }
        let basis = instrument.basis;
        let Some(allowed) = self.receivers(basis, day) else {
            let when = day.map(|day| format!(" on {day}")).unwrap_or_default();
            let message = format!("no rule says which bodies may receive on {basis}{when}");
            self.refuse(Reason::RuleMissing, "basis", message);
            return;
        };
        for (at, code) in instrument.given_to.iter().enumerate() {
            let field = format!("given_to[{at}]");
            let roles: Vec<_> = match day {
                Some(day) => self.in_being(&field, *code, day),
                None => self.body(&field, *code).iter().map(|held| held.value.0).collect(),
            };
            if !roles.is_empty() && !roles.iter().any(|role| allowed.contains(role)) {
                let words: Vec<_> = allowed.iter().map(ToString::to_string).collect();
                let message = format!(
                    "{code} is {}; on {basis} only {} may receive",
                    roles.first().map(ToString::to_string).unwrap_or_default(),
                    words.join(", ")
                );
                self.refuse(Reason::BodyMayNotReceive, &field, message);
            }
        }
    }

    fn drawn(&mut self, instrument: &Instrument) {
        if let Some(known) = self.known.instrument(&instrument.id) {
            let message = format!("{} is drawn up by event {}", instrument.id, known.position);
            self.refuse(Reason::InstrumentAlreadyDrawn, "id", message);
        }
        if !instrument.kind.admits(instrument.basis) {
            let message = format!("a {} cannot rest on {}", instrument.kind, instrument.basis);
            self.refuse(Reason::BasisNotAdmitted, "basis", message);
        }
        for (field, empty) in [
            ("given_by", instrument.given_by.is_empty()),
            ("given_to", instrument.given_to.is_empty()),
            ("functions", instrument.functions.is_empty()),
            ("area", matches!(&instrument.area, Area::Of(bodies) if bodies.is_empty())),
        ] {
            if empty {
                self.refuse(Reason::NothingNamed, field, "name at least one".into());
            }
        }
        for (at, code) in instrument.given_by.iter().enumerate() {
            self.body(&format!("given_by[{at}]"), *code);
        }
        if let Area::Of(bodies) = &instrument.area {
            for (at, code) in bodies.iter().enumerate() {
                let roles = self.body(&format!("area[{at}]"), *code);
                let fits = roles.iter().any(|held| held.value.0.is_commissioner());
                if !roles.is_empty() && !fits {
                    let message = format!("{code} is no commissioner: it has no area");
                    self.refuse(Reason::BodyRoleWrong, &format!("area[{at}]"), message);
                }
            }
        }
        for (at, function) in instrument.functions.iter().enumerate() {
            if self.known.segments(function).is_empty() {
                let message = format!("the catalogue has no function {function}");
                self.refuse(Reason::FunctionUnknown, &format!("functions[{at}]"), message);
            }
        }
        self.may_receive(instrument, None);
    }

    fn in_force(&mut self, id: &InstrumentId, effective: Period) {
        let Some(known) = self.instrument(id) else { return };
        let instrument = known.instrument;
        if let Some(ended) = &known.ended
            && effective.until().is_none_or(|until| ended.value < until)
        {
            let message = format!("{id} ended on {} by event {}", ended.value, ended.position);
            self.refuse(Reason::InstrumentEnded, "effective_from", message);
        }
        self.may_receive(instrument, Some(effective.from()));
        for (at, code) in instrument.given_by.iter().enumerate() {
            self.in_being(&format!("given_by[{at}]"), *code, effective.from());
        }
        for function in &instrument.functions {
            self.may_pass(instrument, function, effective.from());
        }
        self.only_holder(instrument, effective);
    }

    /// Whether the catalogue lets the function pass on the instrument's basis on the day.
    fn may_pass(&mut self, instrument: &Instrument, function: &FunctionCode, day: Day) {
        if matches!(
            instrument.kind,
            InstrumentKind::GreaterInvolvement | InstrumentKind::Intervention
        ) {
            return;
        }
        let basis = instrument.basis;
        let Some(segment) = self.segment("functions", function, day) else { return };
        if segment.reserved {
            let message = format!("{function} is reserved on {day} ({})", segment.citation);
            self.refuse(Reason::FunctionReserved, "functions", message);
        } else if segment.holder != HolderRule::Commissioner && segment.route(basis).is_none() {
            let bases: Vec<_> = segment.routes.iter().map(|r| r.basis.to_string()).collect();
            let offered = if bases.is_empty() { "no basis".to_owned() } else { bases.join(", ") };
            let message = format!(
                "{function} cannot pass on {basis} on {day}; the catalogue offers {offered}"
            );
            self.refuse(Reason::FunctionNotDelegable, "functions", message);
        }
    }

    /// No two bodies exercise one function for one area on one day, unless one instrument says so.
    fn only_holder(&mut self, instrument: &Instrument, effective: Period) {
        if matches!(
            instrument.kind,
            InstrumentKind::GreaterInvolvement | InstrumentKind::Intervention
        ) {
            return;
        }
        let effective = self.within_life(&instrument.given_to, effective);
        let areas: Vec<_> = match &instrument.area {
            Area::England => vec![None],
            Area::Of(bodies) => bodies.iter().copied().map(Some).collect(),
        };
        let mut named: Vec<Position> = Vec::new();
        for function in &instrument.functions {
            for area in &areas {
                let exercisers = exercisers(instrument, *area);
                for other in self.known.in_force(function, *area) {
                    let passive = matches!(
                        other.kind,
                        InstrumentKind::GreaterInvolvement | InstrumentKind::Intervention
                    );
                    // A giver who has the function from another passes it on: a chain, not a clash.
                    let chained =
                        instrument.given_by == other.exercisers || other.given_by == exercisers;
                    if passive
                        || chained
                        || other.instrument == instrument.id
                        || other.exercisers == exercisers
                        || !other.effective.overlaps(&effective)
                        || named.contains(&other.position)
                    {
                        continue;
                    }
                    named.push(other.position);
                    let bodies: Vec<_> = other.exercisers.iter().map(ToString::to_string).collect();
                    let message = format!(
                        "{function} is exercised by {} {} under {} (event {}); end that first",
                        bodies.join(" and "),
                        other.effective,
                        other.instrument,
                        other.position
                    );
                    self.refuse(Reason::TwoHolders, "effective_from", message);
                }
            }
        }
    }

    /// The period cut where one of the bodies ceases.
    fn within_life(&self, bodies: &[BodyCode], effective: Period) -> Period {
        bodies.iter().fold(effective, |period, code| {
            self.known
                .roles(*code)
                .iter()
                .find(|held| held.value.1.contains(period.from()))
                .and_then(|held| held.value.1.until())
                .and_then(|until| period.cut(until))
                .unwrap_or(period)
        })
    }

    fn ended(&mut self, id: &InstrumentId, effective_until: Day) {
        let Some(known) = self.instrument(id) else { return };
        if let Some(ended) = &known.ended {
            let message = format!("{id} ended on {} by event {}", ended.value, ended.position);
            self.refuse(Reason::InstrumentEnded, "instrument", message);
            return;
        }
        match known.in_force.iter().map(|held| held.value.from()).min() {
            None => {
                let message = format!("{id} was never in force");
                self.refuse(Reason::InstrumentNotInForce, "instrument", message);
            }
            Some(from) if effective_until <= from => {
                let message = format!("{id} is in force only from {from}");
                self.refuse(Reason::PeriodReversed, "effective_until", message);
            }
            Some(_) => {}
        }
    }

    fn notice(&mut self, id: InstrumentId, given_by: BodyCode, given_on: Day) -> Option<Fact> {
        let known = self.instrument(&id)?;
        let instrument = known.instrument;
        if !known.in_force.iter().any(|held| held.value.contains(given_on)) {
            let message = format!("{id} is not in force on {given_on}");
            self.refuse(Reason::InstrumentNotInForce, "given_on", message);
        }
        if let Some(notice) = &known.notice {
            let message = format!(
                "notice to end {id} on {} is given by event {}",
                notice.value, notice.position
            );
            self.refuse(Reason::InstrumentEnded, "instrument", message);
        }
        if !instrument.given_to.contains(&given_by) {
            let message = format!("{given_by} did not receive {id}: it cannot give notice");
            self.refuse(Reason::BodyRoleWrong, "given_by", message);
        }
        self.in_being("given_by", given_by, given_on);
        let window = self.known.rules().into_iter().find_map(|held| match &held.value.content {
            RuleContent::Notice { bases, last, ends }
                if bases.contains(&instrument.basis) && held.value.in_force(given_on) =>
            {
                Some((held.value.id.clone(), *last, *ends))
            }
            _ => None,
        });
        let found = window
            .and_then(|(rule, last, ends)| Some((rule, notice_ends_on(given_on, last, ends)?)));
        let Some((rule, ends_on)) = found else {
            let message = format!(
                "no rule in force on {given_on} gives a notice window for {}",
                instrument.basis
            );
            self.refuse(Reason::RuleMissing, "instrument", message);
            return None;
        };
        Some(Fact::NoticeGiven { instrument: id, given_by, given_on, ends_on, rule })
    }

    // --- money ----------------------------------------------------------------------------

    fn support(&mut self, fact: &Fact) {
        let Fact::SupportPaid {
            fund,
            payment,
            payer,
            recipient,
            paid_on,
            patients,
            amount_pence,
            power,
        } = fact
        else {
            return;
        };
        self.in_being("payer", *payer, *paid_on);
        self.in_being("recipient", *recipient, *paid_on);
        if let Some(power) = power {
            self.segment("power", power, *paid_on);
        }
        let Some(known) = self.known.fund(fund) else {
            self.refuse(Reason::FundUnknown, "fund", format!("no fund {fund}"));
            return;
        };
        if known.payments.contains(payment) {
            let message = format!("payment {payment} of fund {fund} is recorded");
            self.refuse(Reason::FundAlreadyRecorded, "payment", message);
        }
        if !known.funders.contains(payer) {
            let message = format!("{payer} is no funder of {fund}");
            self.refuse(Reason::PaymentOutsideFund, "payer", message);
        }
        if !known.effective.contains(*paid_on) {
            let message = format!("{fund} pays {}", known.effective);
            self.refuse(Reason::PaymentOutsideFund, "paid_on", message);
        }
        if patients.checked_mul(known.per_patient_pence) != Some(*amount_pence) {
            let message = format!(
                "{patients} patients at {} pence are not {amount_pence} pence",
                known.per_patient_pence
            );
            self.refuse(Reason::PaymentOutsideFund, "amount_pence", message);
        }
        let left = known.amount_pence.saturating_sub(known.paid_pence);
        if *amount_pence > left {
            let message = format!("{left} pence are left of {fund}, not {amount_pence}");
            self.refuse(Reason::FundExceeded, "amount_pence", message);
        }
    }
}

/// Who exercises under an instrument in the area of one commissioner, in code order.
///
/// Where several commissioners receive by one delegation or direction, each exercises for its own
/// area; a joint arrangement is exercised by all of its parties.
#[must_use]
pub fn exercisers(instrument: &Instrument, area: Option<BodyCode>) -> Vec<BodyCode> {
    let own = area.filter(|area| instrument.given_to.contains(area));
    let mut bodies = match (instrument.kind, own) {
        (InstrumentKind::GreaterInvolvement, _) => Vec::new(),
        (InstrumentKind::JointArrangement, _) => {
            instrument.given_by.iter().chain(&instrument.given_to).copied().collect()
        }
        (_, Some(own)) => vec![own],
        (
            InstrumentKind::Delegation
            | InstrumentKind::Direction
            | InstrumentKind::Section7a
            | InstrumentKind::Intervention,
            None,
        ) => instrument.given_to.clone(),
    };
    bodies.sort_unstable();
    bodies.dedup();
    bodies
}
