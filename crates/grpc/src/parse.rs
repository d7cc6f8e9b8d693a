//! The one way in: from the wire to values that prove their checks. Every bad field is collected.

use std::fmt::Display;
use std::str::FromStr;
use std::sync::Arc;

use remit_domain::{
    Act, Area, Body, BodyCode, Command, Confidence, Correction, CorrectionKind, Day, Evidence,
    Fact, Forum, Function, FunctionCode, Handling, HolderRule, Instrument, LegalForm, Member,
    Membership, Period, Position, Route, Rule, RuleContent, Succession, Text, Word, period::day,
};
use remit_engine::Request;
use remit_register::{Filter, InvalidFilter, Place};
use sha2::{Digest, Sha256};
use tonic::Status;

use crate::pb;
use crate::status::{Violation, invalid};

/// Commands that one request may hold.
pub const COMMANDS_MAX: usize = 5_000;
/// Items that one list of a command may hold.
const ITEMS_MAX: usize = 1_000;
/// Bytes of one filter.
const FILTER_BYTES_MAX: usize = 4_096;
/// Violations that one reply names.
const VIOLATIONS_MAX: usize = 30;

/// Reads the fields of one message, remembering every one that is bad.
#[derive(Default)]
pub struct Fields {
    path: String,
    violations: Vec<Violation>,
}

impl Fields {
    /// Says that a field is bad.
    pub fn bad(&mut self, field: &str, description: impl Display) {
        if self.violations.len() < VIOLATIONS_MAX {
            let field = format!("{}{field}", self.path);
            self.violations.push(Violation { field, description: description.to_string() });
        }
    }

    /// The value, if no field was bad.
    ///
    /// # Errors
    /// `INVALID_ARGUMENT` with all violations.
    pub fn finish<T>(self, value: Option<T>) -> Result<T, Status> {
        match value {
            Some(value) if self.violations.is_empty() => Ok(value),
            _ => Err(invalid(self.violations)),
        }
    }

    /// Reads what lies below a field.
    pub fn within<T>(&mut self, field: &str, read: impl FnOnce(&mut Self) -> T) -> T {
        let length = self.path.len();
        self.path.push_str(field);
        self.path.push('.');
        let value = read(self);
        self.path.truncate(length);
        value
    }

    /// A code, id or text.
    pub fn parse<T: FromStr<Err: Display>>(&mut self, field: &str, text: &str) -> Option<T> {
        if text.is_empty() {
            self.bad(field, "is required");
            return None;
        }
        text.parse().map_err(|error: T::Err| self.bad(field, error)).ok()
    }

    fn optional<T: FromStr<Err: Display>>(&mut self, field: &str, text: &str) -> Option<Option<T>> {
        if text.is_empty() { Some(None) } else { self.parse(field, text).map(Some) }
    }

    fn list<T: FromStr<Err: Display>>(&mut self, field: &str, texts: &[String]) -> Option<Vec<T>> {
        self.items(field, texts, |fields, name, text| fields.parse(name, text))
    }

    fn items<S, T>(
        &mut self,
        field: &str,
        items: &[S],
        mut read: impl FnMut(&mut Self, &str, &S) -> Option<T>,
    ) -> Option<Vec<T>> {
        if items.len() > ITEMS_MAX {
            self.bad(field, format_args!("at most {ITEMS_MAX} items"));
            return None;
        }
        let mut found = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            found.extend(read(self, &format!("{field}[{index}]"), item));
        }
        (found.len() == items.len()).then_some(found)
    }

    /// A value of a closed vocabulary; the wire numbers them from 1 in the order of the domain.
    pub fn word<W: Word>(&mut self, field: &str, number: i32) -> Option<W> {
        let found = usize::try_from(number).ok().and_then(|n| n.checked_sub(1));
        match found.and_then(|index| W::ALL.get(index)) {
            Some(word) => Some(*word),
            None if number == 0 => {
                self.bad(field, format_args!("is required: {}", W::WHAT));
                None
            }
            None => {
                self.bad(field, format_args!("{number} is no {} known here", W::WHAT));
                None
            }
        }
    }

    fn words<W: Word>(&mut self, field: &str, numbers: &[i32]) -> Option<Vec<W>> {
        self.items(field, numbers, |fields, name, number| fields.word(name, *number))
    }

    fn optional_word<W: Word>(&mut self, field: &str, number: i32) -> Option<Option<W>> {
        if number == 0 { Some(None) } else { self.word(field, number).map(Some) }
    }

    /// A required day.
    pub fn day(&mut self, field: &str, date: Option<pb::Date>) -> Option<Day> {
        let Some(date) = date else {
            self.bad(field, "is required");
            return None;
        };
        let part = |number: i32| u32::try_from(number).unwrap_or(u32::MAX);
        day(date.year, part(date.month), part(date.day))
            .map_err(|error| self.bad(field, error))
            .ok()
    }

    /// A day that may be absent.
    pub fn optional_day(&mut self, field: &str, date: Option<pb::Date>) -> Option<Option<Day>> {
        if date.is_none() { Some(None) } else { self.day(field, date).map(Some) }
    }

    /// A required period.
    pub fn period(&mut self, field: &str, period: Option<pb::Period>) -> Option<Period> {
        let Some(period) = period else {
            self.bad(field, "is required");
            return None;
        };
        let from = self.day(&format!("{field}.effective_from"), period.effective_from);
        let until = self.optional_day(&format!("{field}.effective_until"), period.effective_until);
        Period::new(from?, until?)
            .map_err(|error| self.bad(&format!("{field}.effective_until"), error))
            .ok()
    }

    /// A place: a body's code, or a contract's id with its slash.
    pub fn place(&mut self, field: &str, text: &str) -> Option<Place> {
        self.parse(field, text)
    }
}

/// A point of the known axis as asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AskedKnown {
    /// Whatever is known now.
    Head,
    /// Up to an instant, in microseconds since 1970 UTC.
    Instant(i64),
    /// Up to a position.
    Position(Position),
}

impl Fields {
    /// A point of the known axis; absent: the head.
    pub fn known(&mut self, known: Option<&pb::KnownAt>) -> Option<AskedKnown> {
        match known.map(|known| &known.point) {
            None => Some(AskedKnown::Head),
            Some(None) => {
                self.bad("known_at", "holds neither an instant nor a position");
                None
            }
            Some(Some(pb::known_at::Point::Position(position))) => {
                Some(AskedKnown::Position(*position))
            }
            Some(Some(pb::known_at::Point::Instant(instant))) => {
                self.instant("known_at.instant", instant).map(AskedKnown::Instant)
            }
        }
    }

    /// An instant, in microseconds since 1970 UTC.
    pub fn instant(&mut self, field: &str, instant: &prost_types::Timestamp) -> Option<i64> {
        let nanos = i64::from(instant.nanos);
        let years = -2_208_988_800..=7_258_118_399;
        if !(0..1_000_000_000).contains(&nanos) || !years.contains(&instant.seconds) {
            self.bad(field, "is not an instant of the years 1900 to 2199");
            return None;
        }
        Some(instant.seconds * 1_000_000 + nanos / 1_000)
    }

    /// The position a consistency token stands for; 0 for none.
    pub fn token(&mut self, token: &str, log_id: &str) -> Option<Position> {
        if token.is_empty() {
            return Some(0);
        }
        let position = position_of(token, log_id);
        if position.is_none() {
            self.bad("at_least", "is not a token of this register; give one that Record returned");
        }
        position
    }

    /// The position a cursor stands for.
    pub fn cursor(&mut self, field: &str, cursor: &str, log_id: &str) -> Option<Position> {
        let position = position_of(cursor, log_id);
        if position.is_none() {
            self.bad(field, "is not a cursor of this register; give one that a stream sent");
        }
        position
    }

    /// A filter of events.
    pub fn filter(&mut self, text: &str) -> Option<Filter> {
        if text.len() > FILTER_BYTES_MAX {
            self.bad("filter", format_args!("is longer than {FILTER_BYTES_MAX} bytes"));
            return None;
        }
        text.parse().map_err(|error: InvalidFilter| self.bad("filter", error)).ok()
    }
}

fn position_of(token: &str, log_id: &str) -> Option<Position> {
    let (position, id) = token.rsplit_once('@')?;
    let canonical = position.bytes().all(|b| b.is_ascii_digit()) && id == log_id;
    position.parse().ok().filter(|_| canonical)
}

/// The token that stands for a position of a log.
#[must_use]
pub fn token(position: Position, log_id: &str) -> String {
    format!("{position}@{log_id}")
}

/// A `Record` request.
///
/// # Errors
/// `INVALID_ARGUMENT` with every bad field.
pub fn record(mut request: pb::RecordRequest) -> Result<Request, Status> {
    let mut fields = Fields::default();
    let digest = digest(&mut request);
    let request_id = if request.validate_only && request.request_id.is_empty() {
        fields.parse("request_id", "validate-only")
    } else {
        fields.parse("request_id", &request.request_id)
    };
    let actor = fields.parse::<Text>("actor", &request.actor);
    if request.actor.chars().count() > 200 {
        fields.bad("actor", "at most 200 characters");
    }
    let acting_for = fields.parse::<BodyCode>("acting_for", &request.acting_for);
    let default = request
        .evidence
        .as_ref()
        .map(|evidence| fields.within("evidence", |fields| fields.evidence(evidence)));
    let given = default.is_some();
    let default = default.flatten();
    if request.commands.is_empty() {
        fields.bad("commands", "is required: at least one");
    }
    if request.commands.len() > COMMANDS_MAX {
        let description = format!("at most {COMMANDS_MAX}; send more requests");
        fields.bad("commands", description);
        return fields.finish(None);
    }
    let mut commands = Vec::with_capacity(request.commands.len());
    for (index, command) in request.commands.into_iter().enumerate() {
        let command = fields.within(&format!("commands[{index}]"), |fields| {
            let evidence = match &command.evidence {
                Some(evidence) => fields.within("evidence", |fields| fields.evidence(evidence)),
                None if given => default.clone(),
                None => {
                    fields.bad("evidence", "is required, here or for the whole request");
                    None
                }
            };
            let act = fields.act(command.act);
            Some(Command { act: act?, evidence: evidence? })
        });
        commands.extend(command);
    }
    let value = request_id.zip(actor).zip(acting_for).map(|((request_id, actor), acting_for)| {
        Request { request_id, digest, actor, acting_for, commands }
    });
    fields.finish(value)
}

/// What a command asks, as the wire names it.
#[must_use]
pub fn act_name(command: &pb::Command) -> &'static str {
    use pb::command::Act as A;
    match &command.act {
        None => "act",
        Some(A::BodyEstablished(_)) => "body_established",
        Some(A::BodyDissolved(_)) => "body_dissolved",
        Some(A::BodyNamed(_)) => "body_named",
        Some(A::SuccessionRecorded(_)) => "succession_recorded",
        Some(A::MembershipStarted(_)) => "membership_started",
        Some(A::MembershipEnded(_)) => "membership_ended",
        Some(A::ContractHeld(_)) => "contract_held",
        Some(A::FunctionCatalogued(_)) => "function_catalogued",
        Some(A::RuleEnacted(_)) => "rule_enacted",
        Some(A::InstrumentDrawn(_)) => "instrument_drawn",
        Some(A::InstrumentAdvanced(_)) => "instrument_advanced",
        Some(A::InstrumentInForce(_)) => "instrument_in_force",
        Some(A::InstrumentEnded(_)) => "instrument_ended",
        Some(A::GiveNotice(_)) => "give_notice",
        Some(A::WorkPerformed(_)) => "work_performed",
        Some(A::LevelNotHeld(_)) => "level_not_held",
        Some(A::ExpectationStated(_)) => "expectation_stated",
        Some(A::FundOpened(_)) => "fund_opened",
        Some(A::SupportPaid(_)) => "support_paid",
        Some(A::InterestDeclared(_)) => "interest_declared",
        Some(A::DecisionTaken(_)) => "decision_taken",
        Some(A::InstrumentVaried(_)) => "instrument_varied",
        Some(A::ConditionAttached(_)) => "condition_attached",
        Some(A::ConditionLifted(_)) => "condition_lifted",
        Some(A::RuleCommenced(_)) => "rule_commenced",
        Some(A::RuleEnded(_)) => "rule_ended",
        Some(A::FunctionEnded(_)) => "function_ended",
        Some(A::ClusterFormed(_)) => "cluster_formed",
        Some(A::Correct(_)) => "correct",
        Some(A::FieldRedacted(_)) => "field_redacted",
    }
}

/// The digest of what a request asks: everything but its id, and whether it wants proof.
fn digest(request: &mut pb::RecordRequest) -> [u8; 32] {
    use prost::Message;
    let id = std::mem::take(&mut request.request_id);
    request.prove = false;
    let bytes = request.encode_to_vec();
    request.request_id = id;
    Sha256::digest(bytes).into()
}

impl Fields {
    fn evidence(&mut self, evidence: &pb::Evidence) -> Option<Arc<Evidence>> {
        let source = self.parse("source", &evidence.source);
        let url = self.optional("url", &evidence.url);
        let made_on = self.optional_day("made_on", evidence.made_on);
        let confidence = self.word("confidence", evidence.confidence);
        let note = self.optional("note", &evidence.note);
        Some(Arc::new(Evidence {
            source: source?,
            url: url?,
            made_on: made_on?,
            confidence: confidence?,
            note: note?,
        }))
    }

    fn forum(&mut self, forum: &pb::Forum) -> Option<Forum> {
        self.within("forum", |fields| {
            let kind = fields.word("kind", forum.kind);
            let name = fields.parse("name", &forum.name);
            Some(Forum { kind: kind?, name: name? })
        })
    }

    fn member(&mut self, member: Option<pb::Member>) -> Option<Member> {
        match member.and_then(|member| member.member) {
            Some(pb::member::Member::Body(code)) => {
                self.parse("member.body", &code).map(Member::Body)
            }
            Some(pb::member::Member::Contract(id)) => {
                self.parse("member.contract", &id).map(Member::Contract)
            }
            None => {
                self.bad("member", "is required: a body or a contract");
                None
            }
        }
    }

    fn act(&mut self, act: Option<pb::command::Act>) -> Option<Act> {
        use pb::command::Act as A;
        let Some(act) = act else {
            self.bad("act", "is required: one of the facts that can be recorded");
            return None;
        };
        let fact = match act {
            A::BodyEstablished(m) => self.within("body_established", |f| f.body_established(&m)),
            A::BodyDissolved(m) => self.within("body_dissolved", |f| {
                let code = f.parse("code", &m.code);
                let role = f.word("role", m.role);
                let effective_until = f.day("effective_until", m.effective_until);
                Some(Fact::BodyDissolved {
                    code: code?,
                    role: role?,
                    effective_until: effective_until?,
                })
            }),
            A::BodyNamed(m) => self.within("body_named", |f| {
                let code = f.parse("code", &m.code);
                let name = f.parse("name", &m.name);
                let effective = f.period("effective", m.effective);
                Some(Fact::BodyNamed { code: code?, name: name?, effective: effective? })
            }),
            A::SuccessionRecorded(m) => self.within("succession_recorded", |f| f.succession(&m)),
            A::MembershipStarted(m) => self.within("membership_started", |f| {
                let member = f.member(m.member);
                let group = f.parse("group", &m.group);
                let relation = f.word("relation", m.relation);
                let effective = f.period("effective", m.effective);
                Some(Fact::MembershipStarted(Membership {
                    member: member?,
                    group: group?,
                    relation: relation?,
                    effective: effective?,
                }))
            }),
            A::MembershipEnded(m) => self.within("membership_ended", |f| {
                let member = f.member(m.member);
                let group = f.parse("group", &m.group);
                let relation = f.word("relation", m.relation);
                let effective_from = f.day("effective_from", m.effective_from);
                let effective_until = f.day("effective_until", m.effective_until);
                Some(Fact::MembershipEnded {
                    member: member?,
                    group: group?,
                    relation: relation?,
                    effective_from: effective_from?,
                    effective_until: effective_until?,
                })
            }),
            A::ContractHeld(m) => self.within("contract_held", |f| {
                let contract = f.parse("contract", &m.contract);
                let holder = f.parse("holder", &m.holder);
                let contract_type = f.word("contract_type", m.contract_type);
                let effective = f.period("effective", m.effective);
                Some(Fact::ContractHeld {
                    contract: contract?,
                    holder: holder?,
                    contract_type: contract_type?,
                    effective: effective?,
                })
            }),
            A::FunctionCatalogued(m) => self.within("function_catalogued", |f| f.function(&m)),
            A::RuleEnacted(m) => self.within("rule_enacted", |f| f.rule(&m)),
            A::InstrumentDrawn(m) => self
                .within("instrument_drawn", |f| f.instrument_text(&m).map(Fact::InstrumentDrawn)),
            A::InstrumentAdvanced(m) => self.within("instrument_advanced", |f| {
                let instrument = f.parse("instrument", &m.instrument);
                let stage = f.word("stage", m.stage);
                let by = f.list("by", &m.by);
                Some(Fact::InstrumentAdvanced { instrument: instrument?, stage: stage?, by: by? })
            }),
            A::InstrumentVaried(m) => self.within("instrument_varied", |f| {
                let Some(text) = &m.instrument else {
                    f.bad("instrument", "is required: as it then reads, whole");
                    return None;
                };
                let instrument = f.within("instrument", |f| f.instrument_text(text));
                let effective_from = f.day("effective_from", m.effective_from);
                let by = f.list("by", &m.by);
                Some(Fact::InstrumentVaried {
                    instrument: instrument?,
                    effective_from: effective_from?,
                    by: by?,
                })
            }),
            A::ConditionAttached(m) => self.within("condition_attached", |f| {
                let instrument = f.parse("instrument", &m.instrument);
                let condition = f.parse("condition", &m.condition);
                let effective_from = f.day("effective_from", m.effective_from);
                let by = f.list("by", &m.by);
                Some(Fact::ConditionAttached {
                    instrument: instrument?,
                    condition: condition?,
                    effective_from: effective_from?,
                    by: by?,
                })
            }),
            A::ConditionLifted(m) => self.within("condition_lifted", |f| {
                let instrument = f.parse("instrument", &m.instrument);
                let condition = f.parse("condition", &m.condition);
                let effective_until = f.day("effective_until", m.effective_until);
                let by = f.list("by", &m.by);
                Some(Fact::ConditionLifted {
                    instrument: instrument?,
                    condition: condition?,
                    effective_until: effective_until?,
                    by: by?,
                })
            }),
            A::RuleCommenced(m) => self.within("rule_commenced", |f| {
                let rule = f.parse("rule", &m.rule);
                let effective = f.period("effective", m.effective);
                Some(Fact::RuleCommenced { rule: rule?, effective: effective? })
            }),
            A::RuleEnded(m) => self.within("rule_ended", |f| {
                let rule = f.parse("rule", &m.rule);
                let effective_until = f.day("effective_until", m.effective_until);
                Some(Fact::RuleEnded { rule: rule?, effective_until: effective_until? })
            }),
            A::FunctionEnded(m) => self.within("function_ended", |f| {
                let function = f.parse("function", &m.function);
                let effective_until = f.day("effective_until", m.effective_until);
                Some(Fact::FunctionEnded { function: function?, effective_until: effective_until? })
            }),
            A::ClusterFormed(m) => self.within("cluster_formed", |f| {
                let name = f.parse("name", &m.name);
                let bodies = f.list("bodies", &m.bodies);
                let effective = f.period("effective", m.effective);
                Some(Fact::ClusterFormed { name: name?, bodies: bodies?, effective: effective? })
            }),
            A::Correct(m) => return self.within("correct", |f| f.correct(*m)),
            A::InstrumentInForce(m) => self.within("instrument_in_force", |f| {
                let instrument = f.parse("instrument", &m.instrument);
                let effective = f.period("effective", m.effective);
                let start = f.word("start", m.start);
                Some(Fact::InstrumentInForce {
                    instrument: instrument?,
                    effective: effective?,
                    start: start?,
                })
            }),
            A::InstrumentEnded(m) => self.within("instrument_ended", |f| {
                let instrument = f.parse("instrument", &m.instrument);
                let effective_until = f.day("effective_until", m.effective_until);
                let reason = f.word("reason", m.reason);
                let by = f.list("by", &m.by);
                Some(Fact::InstrumentEnded {
                    instrument: instrument?,
                    effective_until: effective_until?,
                    reason: reason?,
                    by: by?,
                })
            }),
            A::GiveNotice(m) => {
                return self.within("give_notice", |f| {
                    let instrument = f.parse("instrument", &m.instrument);
                    let given_by = f.parse("given_by", &m.given_by);
                    let given_on = f.day("given_on", m.given_on);
                    Some(Act::GiveNotice {
                        instrument: instrument?,
                        given_by: given_by?,
                        given_on: given_on?,
                    })
                });
            }
            A::WorkPerformed(m) => self.within("work_performed", |f| {
                let instrument = f.parse("instrument", &m.instrument);
                let performer = f.parse("performer", &m.performer);
                let functions = f.list("functions", &m.functions);
                let effective = f.period("effective", m.effective);
                Some(Fact::WorkPerformed {
                    instrument: instrument?,
                    performer: performer?,
                    functions: functions?,
                    effective: effective?,
                })
            }),
            A::LevelNotHeld(m) => self.within("level_not_held", |f| {
                let body = f.parse("body", &m.body);
                let bases = f.words("bases", &m.bases);
                let functions = f.list("functions", &m.functions);
                let effective = f.period("effective", m.effective);
                Some(Fact::LevelNotHeld {
                    body: body?,
                    bases: bases?,
                    functions: functions?,
                    effective: effective?,
                })
            }),
            A::ExpectationStated(m) => self.within("expectation_stated", |f| {
                let function = f.parse("function", &m.function);
                let area = f.parse("area", &m.area);
                let expected = f.parse("expected", &m.expected);
                let effective_from = f.day("effective_from", m.effective_from);
                let nature = f.parse("nature", &m.nature);
                Some(Fact::ExpectationStated {
                    function: function?,
                    area: area?,
                    expected: expected?,
                    effective_from: effective_from?,
                    nature: nature?,
                })
            }),
            A::FundOpened(m) => self.within("fund_opened", |f| {
                let fund = f.parse("fund", &m.fund);
                let funders = f.list("funders", &m.funders);
                let effective = f.period("effective", m.effective);
                Some(Fact::FundOpened {
                    fund: fund?,
                    funders: funders?,
                    amount_pence: m.amount_pence,
                    per_patient_pence: m.per_patient_pence,
                    effective: effective?,
                })
            }),
            A::SupportPaid(m) => self.within("support_paid", |f| {
                let fund = f.parse("fund", &m.fund);
                let payment = f.parse("payment", &m.payment);
                let payer = f.parse("payer", &m.payer);
                let recipient = f.parse("recipient", &m.recipient);
                let paid_on = f.day("paid_on", m.paid_on);
                let power = f.optional::<FunctionCode>("power", &m.power);
                Some(Fact::SupportPaid {
                    fund: fund?,
                    payment: payment?,
                    payer: payer?,
                    recipient: recipient?,
                    paid_on: paid_on?,
                    patients: m.patients,
                    amount_pence: m.amount_pence,
                    power: power?,
                })
            }),
            A::InterestDeclared(m) => self.within("interest_declared", |f| {
                let office = f.parse("office", &m.office);
                let body = f.parse("body", &m.body);
                let interest = f.parse("interest", &m.interest);
                let concerns = f.parse("concerns", &m.concerns);
                let aware_on = f.day("aware_on", m.aware_on);
                let declared_on = f.day("declared_on", m.declared_on);
                if aware_on.zip(declared_on).is_some_and(|(aware, declared)| declared < aware) {
                    f.bad("declared_on", "is before aware_on");
                }
                Some(Fact::InterestDeclared {
                    office: office?,
                    body: body?,
                    interest: interest?,
                    concerns: concerns?,
                    aware_on: aware_on?,
                    declared_on: declared_on?,
                    note: None,
                })
            }),
            A::DecisionTaken(m) => self.within("decision_taken", |f| f.decision(&m)),
            A::FieldRedacted(m) => self.within("field_redacted", |f| {
                if m.about == 0 {
                    f.bad("about", "is required: the position of the event");
                }
                let field = f.parse("field", &m.field);
                let reason = f.parse("reason", &m.reason);
                let authority = f.parse("authority", &m.authority);
                Some(Fact::FieldRedacted {
                    about: m.about,
                    field: field?,
                    reason: reason?,
                    authority: authority?,
                })
            }),
        };
        fact.map(Act::State)
    }

    fn correct(&mut self, m: pb::Correct) -> Option<Act> {
        let kind = self.word("kind", m.kind);
        let authority = self.parse("authority", &m.authority);
        let reason = self.parse("reason", &m.reason);
        let about = (m.about > 0).then_some(m.about);
        if about.is_none() && kind.is_some_and(|kind| kind != CorrectionKind::RecordedLate) {
            self.bad("about", "is required: the position of the event");
        }
        let instead = match m.instead {
            None => Some(None),
            Some(command) => self.within("instead", |f| {
                if command.evidence.is_some() {
                    f.bad("evidence", "must be absent: the correction's own stands for it");
                }
                if matches!(command.act, Some(pb::command::Act::Correct(_))) {
                    f.bad("correct", "a correction says a fact, not another correction");
                    return None;
                }
                f.act(command.act).map(|act| Some(Box::new(act)))
            }),
        };
        Some(Act::Correct {
            correction: Correction {
                kind: kind?,
                about,
                authority: authority?,
                reason: reason?,
                fact: None,
            },
            instead: instead?,
        })
    }

    fn body_established(&mut self, m: &pb::BodyEstablished) -> Option<Fact> {
        let code = self.parse("code", &m.code);
        let role = self.word("role", m.role);
        let name = self.parse("name", &m.name);
        let legal_form = self.optional_word::<LegalForm>("legal_form", m.legal_form);
        let effective = self.period("effective", m.effective);
        Some(Fact::BodyEstablished(Body {
            code: code?,
            role: role?,
            name: name?,
            legal_form: legal_form?,
            effective: effective?,
        }))
    }

    fn succession(&mut self, m: &pb::SuccessionRecorded) -> Option<Fact> {
        let predecessor = self.parse("predecessor", &m.predecessor);
        let successor = self.parse("successor", &m.successor);
        let effective_on = self.day("effective_on", m.effective_on);
        let kind = self.word("kind", m.kind);
        let by_area = self.optional_word::<Confidence>("by_area", m.by_area);
        let by_liability = self.optional_word::<Confidence>("by_liability", m.by_liability);
        if m.share_millionths.is_some_and(|share| share > 1_000_000) {
            self.bad("share_millionths", "at most 1,000,000");
        }
        if m.by_area == 0 && m.by_liability == 0 {
            self.bad("by_area", "a succession is by area, by liability, or both");
        }
        Some(Fact::SuccessionRecorded(Succession {
            predecessor: predecessor?,
            successor: successor?,
            effective_on: effective_on?,
            kind: kind?,
            by_area: by_area?,
            by_liability: by_liability?,
            share_millionths: m.share_millionths,
        }))
    }

    fn function(&mut self, m: &pb::FunctionCatalogued) -> Option<Fact> {
        let code = self.parse("code", &m.code);
        let name = self.parse("name", &m.name);
        let effective = self.period("effective", m.effective);
        let holder = match m.holder.as_ref().and_then(|holder| holder.holder.as_ref()) {
            Some(pb::holder_rule::Holder::Body(code)) => {
                self.parse("holder.body", code).map(HolderRule::Body)
            }
            Some(pb::holder_rule::Holder::Commissioner(true)) => Some(HolderRule::Commissioner),
            Some(pb::holder_rule::Holder::Commissioner(false)) => {
                self.bad("holder.commissioner", "must be true where it is given");
                None
            }
            None => {
                self.bad("holder", "is required: a body or the commissioner");
                None
            }
        };
        let basis = self.parse("basis", &m.basis);
        let routes = self.items("routes", &m.routes, |fields, name, route| {
            fields.within(name, |fields| {
                let basis = fields.word("basis", route.basis);
                let confidence = fields.word("confidence", route.confidence);
                Some(Route { basis: basis?, confidence: confidence? })
            })
        });
        let part = self.word("part", m.part);
        let confidence = self.word("confidence", m.confidence);
        let citation = self.parse("citation", &m.citation);
        let note = self.optional("note", &m.note);
        Some(Fact::FunctionCatalogued(Function {
            code: code?,
            name: name?,
            effective: effective?,
            holder: holder?,
            basis: basis?,
            reserved: m.reserved,
            routes: routes?,
            part: part?,
            confidence: confidence?,
            citation: citation?,
            note: note?,
        }))
    }

    fn day_of_year(&mut self, field: &str, day: Option<pb::DayOfYear>) -> Option<(u32, u32)> {
        // A year that has no 29 February, so that the day exists in every year.
        let found = day.filter(|d| Day::from_ymd_opt(2001, d.month, d.day).is_some());
        if found.is_none() {
            self.bad(field, "is required: a month and a day that every year has");
        }
        found.map(|d| (d.month, d.day))
    }

    fn bases(&mut self, numbers: &[i32]) -> Option<Vec<remit_domain::LegalBasis>> {
        if numbers.is_empty() {
            self.bad("bases", "is required: at least one");
        }
        self.words("bases", numbers)
    }

    fn some_words<W: Word>(&mut self, field: &str, numbers: &[i32]) -> Option<Vec<W>> {
        if numbers.is_empty() {
            self.bad(field, "is required: at least one");
        }
        self.words(field, numbers)
    }

    fn rule(&mut self, m: &pb::RuleEnacted) -> Option<Fact> {
        use pb::rule_enacted::Says;
        let id = self.parse("id", &m.id);
        let effective = match m.effective {
            None => Some(None),
            some => self.period("effective", some).map(Some),
        };
        let content = match &m.says {
            Some(Says::Liability(rule)) => self.within("liability", |f| {
                let bases = f.bases(&rule.bases);
                let liable = f.word("liable", rule.liable);
                Some(RuleContent::Liability { bases: bases?, liable: liable? })
            }),
            Some(Says::Receiving(rule)) => self.within("receiving", |f| {
                let bases = f.bases(&rule.bases);
                let roles = f.some_words("roles", &rule.roles);
                Some(RuleContent::Receiving { bases: bases?, roles: roles? })
            }),
            Some(Says::Notice(rule)) => self.within("notice", |f| {
                let bases = f.bases(&rule.bases);
                let last = f.day_of_year("last", rule.last);
                let ends = f.day_of_year("ends", rule.ends);
                Some(RuleContent::Notice { bases: bases?, last: last?, ends: ends? })
            }),
            Some(Says::Continuity(rule)) => self.within("continuity", |f| {
                let basis = f.word("basis", rule.basis);
                let from = f.word("from", rule.from);
                let to = f.word("to", rule.to);
                Some(RuleContent::Continuity { basis: basis?, from: from?, to: to? })
            }),
            Some(Says::Giving(rule)) => self.within("giving", |f| {
                let bases = f.bases(&rule.bases);
                let roles = f.some_words("roles", &rule.roles);
                Some(RuleContent::Giving { bases: bases?, roles: roles? })
            }),
            Some(Says::Onward(rule)) => self
                .within("onward", |f| Some(RuleContent::Onward { bases: f.bases(&rule.bases)? })),
            Some(Says::Transition(rule)) => self.within("transition", |f| {
                let bases = f.bases(&rule.bases);
                let step = f.word("step", rule.step);
                let from = f.some_words("from", &rule.from);
                let by = f.words("by", &rule.by);
                Some(RuleContent::Transition { bases: bases?, step: step?, from: from?, by: by? })
            }),
            Some(Says::Window(rule)) => self.within("window", |f| {
                let bases = f.bases(&rule.bases);
                let step = f.word("step", rule.step);
                let last = f.day("last", rule.last);
                Some(RuleContent::Window { bases: bases?, step: step?, last: last? })
            }),
            Some(Says::Commencement(rule)) => self.within("commencement", |f| {
                let bases = f.bases(&rule.bases);
                let giver = f.word("giver", rule.giver);
                if rule.days.is_empty() {
                    f.bad("days", "is required: at least one");
                }
                let days =
                    f.items("days", &rule.days, |f, name, day| f.day_of_year(name, Some(*day)));
                Some(RuleContent::Commencement { bases: bases?, giver: giver?, days: days? })
            }),
            Some(Says::Vesting(rule)) => self.within("vesting", |f| {
                if rule.functions.is_empty() {
                    f.bad("functions", "is required: at least one");
                }
                let functions = f.list("functions", &rule.functions);
                let role = f.word("role", rule.role);
                let ends = f.words("ends", &rule.ends);
                Some(RuleContent::Vesting { functions: functions?, role: role?, ends: ends? })
            }),
            Some(Says::ReadAcross(rule)) => self.within("read_across", |f| {
                let from = f.word("from", rule.from);
                let to = f.word("to", rule.to);
                Some(RuleContent::ReadAcross { from: from?, to: to? })
            }),
            None => {
                self.bad("says", "is required: what the row says");
                None
            }
        };
        let text = self.parse("text", &m.text);
        let citation = self.parse("citation", &m.citation);
        let confidence = self.word("confidence", m.confidence);
        Some(Fact::RuleEnacted(Rule {
            id: id?,
            effective: effective?,
            content: content?,
            text: text?,
            citation: citation?,
            confidence: confidence?,
        }))
    }

    fn instrument_text(&mut self, m: &pb::InstrumentDrawn) -> Option<Instrument> {
        use pb::area::Area as A;
        let id = self.parse("id", &m.id);
        let kind = self.word("kind", m.kind);
        let basis = self.word("basis", m.basis);
        let title = self.parse("title", &m.title);
        let given_by = self.list("given_by", &m.given_by);
        let given_to = self.list("given_to", &m.given_to);
        let functions = self.list("functions", &m.functions);
        let area = match m.area.as_ref().and_then(|area| area.area.as_ref()) {
            Some(A::England(true)) => Some(Area::England),
            Some(A::England(false)) => {
                self.bad("area.england", "must be true where it is given");
                None
            }
            Some(A::Commissioners(bodies)) => {
                self.list("area.commissioners.codes", &bodies.codes).map(Area::Of)
            }
            None => {
                self.bad("area", "is required: england or commissioners");
                None
            }
        };
        let forum = match &m.forum {
            None => Some(None),
            Some(forum) => self.forum(forum).map(Some),
        };
        let conditions = self.list("conditions", &m.conditions);
        let loss_exceptions = self.list("loss_exceptions", &m.loss_exceptions);
        Some(Instrument {
            id: id?,
            kind: kind?,
            basis: basis?,
            title: title?,
            given_by: given_by?,
            given_to: given_to?,
            functions: functions?,
            area: area?,
            forum: forum?,
            conditions: conditions?,
            loss_exceptions: loss_exceptions?,
            onward_barred: m.onward_barred,
        })
    }

    fn decision(&mut self, m: &pb::DecisionTaken) -> Option<Fact> {
        let body = self.parse("body", &m.body);
        let forum = match &m.forum {
            Some(forum) => self.forum(forum),
            None => {
                self.bad("forum", "is required");
                None
            }
        };
        let fund = self.parse("fund", &m.fund);
        let payment = self.parse("payment", &m.payment);
        let decided_on = self.day("decided_on", m.decided_on);
        let handled = self.items("handled", &m.handled, |fields, name, handling| {
            fields.within(name, |fields| {
                let office = fields.parse("office", &handling.office);
                let way = fields.parse("way", &handling.way);
                Some(Handling { office: office?, way: way? })
            })
        });
        Some(Fact::DecisionTaken {
            body: body?,
            forum: forum?,
            fund: fund?,
            payment: payment?,
            decided_on: decided_on?,
            quorate: m.quorate,
            handled: handled?,
            note: None,
        })
    }
}
