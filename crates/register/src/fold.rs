//! How an event changes the register: rows are added, and taken back by corrections.

use std::sync::Arc;

use remit_domain::{
    Area, Body, BodyCode, BodyRole, ContractId, Day, Event, Evidence, Fact, FactKind, Forum,
    FunctionCode, Instrument, InstrumentId, Member, Membership, Period, RecordId, RuleContent,
    RuleId, Succession,
};

use crate::live::{Locus, Of};
use crate::personal::RedactionRow;
use crate::row::{At, OPEN, Row, push};
use crate::store::{
    BodyEntry, ConditionRow, ContractEntry, DecisionRow, ExpectationRow, FunctionEntry, FundEntry,
    FundRow, GroupEnd, GroupRow, InstrumentEntry, InterestRow, More, NotHeldRow, NoticeRow,
    PaymentRow, Reading, Register, RoleRow, RuleEntry, RuleUse, SuccessionRow, Undo, WorkRow,
};

impl Register {
    /// Cannot fail: what was recorded was recorded. A fact about something the register does not
    /// know changes no answer; `decide` keeps such facts out of the log.
    pub(crate) fn fold(&mut self, event: &Event) {
        self.tail += 1;
        let at = At::try_from(self.tail).unwrap_or(OPEN - 1);
        let evidence = self.intern_evidence(&event.evidence);
        self.loci.push(Locus::Nowhere);
        self.set_apart(&event.fact, at);
        self.fact(&event.fact, at, evidence, event.evidence.made_on);
    }

    fn fact(&mut self, fact: &Fact, at: At, evidence: u32, made_on: Option<Day>) {
        match fact {
            Fact::BodyEstablished(body) => self.established(body, at, evidence),
            Fact::BodyDissolved { code, role, effective_until } => {
                let id = self.intern_body(*code);
                let row = Row::new(Period::open(*effective_until), at, evidence, *role);
                self.add_row(Locus::RoleEnd(id), row, move |r| &mut r.more(id).role_ends);
            }
            Fact::BodyNamed { code, name, effective } => {
                let id = self.intern_body(*code);
                let row = Row::new(*effective, at, evidence, name.clone());
                self.add_row(Locus::Name(id), row, move |r| &mut r.more(id).names);
            }
            Fact::SuccessionRecorded(succession) => self.succession(succession, at, evidence),
            Fact::MembershipStarted(membership) => self.membership(membership, at, evidence),
            Fact::MembershipEnded { member, group, relation, effective_from, effective_until } => {
                let group = self.intern_body(*group);
                let of = GroupRow { group, relation: *relation };
                let end = GroupEnd { of, from: *effective_from };
                let row = Row::new(Period::open(*effective_until), at, evidence, end);
                match member {
                    Member::Body(code) => {
                        let id = self.intern_body(*code);
                        self.add_row(Locus::GroupEnd(id), row, move |r| &mut r.more(id).group_ends);
                    }
                    Member::Contract(contract) => {
                        let id = self.intern_contract(contract);
                        self.add_row(Locus::ContractGroupEnd(id), row, move |r| {
                            &mut r.contracts[id as usize].group_ends
                        });
                    }
                }
            }
            Fact::ContractHeld { contract, holder, contract_type, effective } => {
                let id = self.intern_contract(contract);
                let holder = self.intern_body(*holder);
                let row = Row::new(*effective, at, evidence, (holder, *contract_type));
                self.add_row(Locus::Held(id), row, move |r| &mut r.contracts[id as usize].held);
            }
            Fact::FunctionCatalogued(function) => {
                let id = self.intern_function(&function.code);
                let row = Row::new(function.effective, at, evidence, function.clone());
                self.add_row(Locus::Segment(id), row, move |r| {
                    &mut r.functions[id as usize].segments
                });
            }
            Fact::FunctionEnded { function, effective_until } => {
                let id = self.intern_function(function);
                let row = Row::new(Period::open(*effective_until), at, evidence, ());
                self.add_row(Locus::SegmentEnd(id), row, move |r| {
                    &mut r.functions[id as usize].ends
                });
            }
            Fact::RuleEnacted(rule) => {
                let id = self.intern_rule(&rule.id);
                self.use_rule(id, &rule.content);
                let effective = rule.effective.unwrap_or(Period::open(Day::MIN));
                let row = Row::new(effective, at, evidence, rule.clone());
                self.add_row(Locus::Rule(id), row, move |r| &mut r.rules[id as usize].rows);
            }
            Fact::RuleCommenced { rule, effective } => {
                let id = self.intern_rule(rule);
                let row = Row::new(*effective, at, evidence, ());
                self.add_row(Locus::RuleCommenced(id), row, move |r| {
                    &mut r.rules[id as usize].commenced
                });
            }
            Fact::RuleEnded { rule, effective_until } => {
                let id = self.intern_rule(rule);
                let row = Row::new(Period::open(*effective_until), at, evidence, ());
                self.add_row(Locus::RuleEnd(id), row, move |r| &mut r.rules[id as usize].ends);
            }
            Fact::InstrumentDrawn(instrument) => {
                self.reads(instrument, Day::MIN, at, evidence);
            }
            Fact::InstrumentVaried { instrument, effective_from, .. } => {
                self.reads(instrument, *effective_from, at, evidence);
            }
            Fact::ConditionAttached { instrument, condition, effective_from: day, .. }
            | Fact::ConditionLifted { instrument, condition, effective_until: day, .. } => {
                let lifted = matches!(fact, Fact::ConditionLifted { .. });
                let value = ConditionRow { condition: condition.clone(), lifted };
                let row = Row::new(Period::open(*day), at, evidence, value);
                self.add_to_instrument(instrument, row, Of::Conditions, |entry| {
                    &mut entry.conditions
                });
            }
            Fact::InstrumentAdvanced { instrument, stage, .. } => {
                let period = Period::open(made_on.unwrap_or(Day::MIN));
                let row = Row::new(period, at, evidence, *stage);
                self.add_to_instrument(instrument, row, Of::Stages, |entry| &mut entry.stages);
            }
            Fact::InstrumentInForce { instrument, effective, start } => {
                let row = Row::new(*effective, at, evidence, *start);
                self.add_to_instrument(instrument, row, Of::InForce, |entry| &mut entry.in_force);
            }
            Fact::InstrumentEnded { instrument, effective_until, reason, .. } => {
                let row = Row::new(Period::open(*effective_until), at, evidence, *reason);
                self.add_to_instrument(instrument, row, Of::Ends, |entry| &mut entry.ends);
            }
            Fact::NoticeGiven { instrument, given_by, given_on, ends_on, rule } => {
                let notice =
                    NoticeRow { given_by: *given_by, given_on: *given_on, rule: rule.clone() };
                let row = Row::new(Period::open(*ends_on), at, evidence, notice);
                self.add_to_instrument(instrument, row, Of::Notices, |entry| &mut entry.notices);
            }
            Fact::WorkPerformed { instrument, performer, functions, effective } => {
                let work = WorkRow { performer: *performer, functions: functions.clone() };
                let row = Row::new(*effective, at, evidence, work);
                self.add_to_instrument(instrument, row, Of::Work, |entry| &mut entry.work);
            }
            Fact::LevelNotHeld { body, bases, functions, effective } => {
                let id = self.intern_body(*body);
                let value = NotHeldRow { bases: bases.clone(), functions: functions.clone() };
                let row = Row::new(*effective, at, evidence, value);
                self.add_row(Locus::NotHeld(id), row, move |r| &mut r.more(id).not_held);
            }
            Fact::ExpectationStated { function, area, expected, effective_from, nature } => {
                let id = self.intern_body(*area);
                let value = ExpectationRow {
                    function: function.clone(),
                    expected: *expected,
                    nature: nature.clone(),
                };
                let row = Row::new(Period::open(*effective_from), at, evidence, value);
                self.add_row(Locus::Expectation(id), row, move |r| &mut r.more(id).expectations);
            }
            Fact::FundOpened { .. }
            | Fact::SupportPaid { .. }
            | Fact::InterestDeclared { .. }
            | Fact::DecisionTaken { .. } => self.money(fact, at, evidence),
            Fact::ClusterFormed { name, bodies, effective } => {
                let row = Row::new(*effective, at, evidence, (name.clone(), bodies.clone()));
                self.add_row(Locus::Cluster, row, |r| &mut r.clusters);
            }
            Fact::FieldRedacted { about, field, reason, authority } => {
                let row = RedactionRow {
                    about: *about,
                    field: *field,
                    reason: reason.clone(),
                    authority: authority.clone(),
                    redacted_on: made_on,
                };
                self.redact(at, row);
            }
            Fact::Corrected(correction) => {
                let kind_of = |position| self.kind_of(position);
                let taken_back = correction.takes_back(kind_of);
                let taken_back = taken_back.and_then(|position| At::try_from(position).ok());
                let about = correction.about.and_then(|position| self.kind_of(position));
                let kind = correction.fact.as_ref().map(|fact| fact.kind()).or(about);
                self.correct(at, taken_back, kind.unwrap_or(FactKind::Corrected));
                if let Some(fact) = &correction.fact {
                    self.fact(fact, at, evidence, made_on);
                }
            }
        }
    }

    fn established(&mut self, body: &Body, at: At, evidence: u32) {
        let id = self.intern_body(body.code);
        if !matches!(body.role, BodyRole::Practice | BodyRole::Pcn)
            && !self.commissioning_bodies.contains(&id)
        {
            self.commissioning_bodies.push(id);
            self.undoable(|| {
                Box::new(|r| {
                    r.commissioning_bodies.pop();
                })
            });
        }
        if matches!(body.role, BodyRole::NhsEngland | BodyRole::SecretaryOfState)
            && !self.national_bodies.contains(&id)
        {
            self.national_bodies.push(id);
            self.undoable(|| {
                Box::new(|r| {
                    r.national_bodies.pop();
                })
            });
        }
        let value =
            RoleRow { role: body.role, legal_form: body.legal_form, name: body.name.clone() };
        let row = Row::new(body.effective, at, evidence, value);
        self.add_row(Locus::Role(id), row, move |r| &mut r.bodies[id as usize].roles);
    }

    fn succession(&mut self, succession: &Succession, at: At, evidence: u32) {
        let predecessor = self.intern_body(succession.predecessor);
        let successor = self.intern_body(succession.successor);
        let row = |other| {
            let value = SuccessionRow {
                other,
                kind: succession.kind,
                by_area: succession.by_area,
                by_liability: succession.by_liability,
                share_millionths: succession.share_millionths,
            };
            Row::new(Period::open(succession.effective_on), at, evidence, value)
        };
        let locus = Locus::Succession(predecessor, successor);
        self.add_row(locus, row(successor), move |r| &mut r.more(predecessor).successors);
        self.add_row(locus, row(predecessor), move |r| &mut r.more(successor).predecessors);
    }

    fn membership(&mut self, membership: &Membership, at: At, evidence: u32) {
        let group = self.intern_body(membership.group);
        let value = GroupRow { group, relation: membership.relation };
        let row = Row::new(membership.effective, at, evidence, value);
        match &membership.member {
            Member::Body(code) => {
                let id = self.intern_body(*code);
                self.add_row(Locus::Group(id), row, move |r| &mut r.bodies[id as usize].groups);
            }
            Member::Contract(contract) => {
                let id = self.intern_contract(contract);
                self.add_row(Locus::ContractGroup(id), row, move |r| {
                    &mut r.contracts[id as usize].groups
                });
            }
        }
    }

    /// How an instrument reads from a day on.
    fn reads(&mut self, instrument: &Instrument, from: Day, at: At, evidence: u32) {
        let id = self.intern_instrument(&instrument.id);
        let mut functions: Vec<_> =
            instrument.functions.iter().map(|code| self.intern_function(code)).collect();
        functions.sort_unstable();
        functions.dedup();
        let mut bodies = |codes: &[BodyCode]| -> Vec<u32> {
            codes.iter().map(|c| self.intern_body(*c)).collect()
        };
        let (given_by, given_to) = (bodies(&instrument.given_by), bodies(&instrument.given_to));
        let areas = match &instrument.area {
            Area::England => Vec::new(),
            Area::Of(codes) => bodies(codes),
        };
        // The first reading lists the instrument; a later one only where it names more.
        let again = !self.instruments[id as usize].readings.is_empty();
        if instrument.area == Area::England {
            self.list_under(id, again, |r| &mut r.england);
        }
        for area in areas.iter().copied() {
            self.list_under(id, again, move |r| &mut r.more(area).instruments);
        }
        for body in given_to.iter().copied() {
            self.list_under(id, again, move |r| &mut r.more(body).received);
        }
        let instrument = instrument.clone();
        let reading = Reading { instrument, functions, given_by, given_to, areas };
        let row = Row::new(Period::open(from), at, evidence, reading);
        self.add_row(Locus::Instrument(id, Of::Readings), row, move |r| {
            &mut r.instruments[id as usize].readings
        });
    }

    /// Adds to a list of indexes; where it may be there already, once.
    fn list_under(
        &mut self,
        id: u32,
        again: bool,
        list: impl Fn(&mut Self) -> &mut Vec<u32> + Send + Sync + 'static,
    ) {
        if list(self).last() == Some(&id) || (again && list(self).contains(&id)) {
            return;
        }
        push(list(self), id);
        self.undoable(|| {
            Box::new(move |r| {
                list(r).pop();
            })
        });
    }

    /// Money never moves a function: evidence and context.
    fn money(&mut self, fact: &Fact, at: At, evidence: u32) {
        match fact {
            Fact::FundOpened { fund, funders, amount_pence, per_patient_pence, effective } => {
                let id = self.intern_fund(fund);
                let value = FundRow {
                    funders: funders.clone(),
                    amount_pence: *amount_pence,
                    per_patient_pence: *per_patient_pence,
                };
                let row = Row::new(*effective, at, evidence, value);
                self.add_row(Locus::Fund(id), row, move |r| &mut r.funds[id as usize].opened);
            }
            Fact::SupportPaid {
                fund,
                payment,
                payer,
                recipient,
                paid_on,
                patients,
                amount_pence,
                power,
            } => {
                let id = self.intern_fund(fund);
                let value = PaymentRow {
                    payment: payment.clone(),
                    payer: *payer,
                    recipient: *recipient,
                    patients: *patients,
                    amount_pence: *amount_pence,
                    power: power.clone(),
                };
                let row = Row::new(Period::one_day(*paid_on), at, evidence, value);
                self.add_row(Locus::Payment(id), row, move |r| &mut r.funds[id as usize].payments);
            }
            Fact::InterestDeclared { body, interest, concerns, aware_on, declared_on, .. } => {
                let value = InterestRow {
                    body: *body,
                    interest: interest.clone(),
                    concerns: *concerns,
                    aware_on: *aware_on,
                };
                let row = Row::new(Period::open(*declared_on), at, evidence, value);
                self.add_row(Locus::Interest, row, |r| &mut r.interests);
            }
            Fact::DecisionTaken {
                body,
                forum,
                fund,
                payment,
                decided_on,
                quorate,
                handled,
                ..
            } => {
                let id = self.intern_fund(fund);
                let Forum { kind, name } = forum;
                let value = DecisionRow {
                    payment: payment.clone(),
                    body: *body,
                    forum: (*kind, name.clone()),
                    quorate: *quorate,
                    handled: handled.iter().map(|each| each.way.clone()).collect(),
                };
                let row = Row::new(Period::one_day(*decided_on), at, evidence, value);
                self.add_row(Locus::Decision(id), row, move |r| {
                    &mut r.funds[id as usize].decisions
                });
            }
            _ => {}
        }
    }

    // --- the few ways in which the register changes, each with its way back ---------------------

    pub(crate) fn undoable(&mut self, undo: impl FnOnce() -> Undo) {
        if self.journalling {
            self.journal.push((self.tail, undo()));
        }
    }

    fn add_row<T: 'static>(
        &mut self,
        locus: Locus,
        row: Row<T>,
        rows: impl Fn(&mut Self) -> &mut Vec<Row<T>> + Send + Sync + 'static,
    ) {
        if let Some(last) = self.loci.last_mut() {
            *last = locus;
        }
        push(rows(self), row);
        self.undoable(|| {
            Box::new(move |r| {
                rows(r).pop();
            })
        });
    }

    fn add_to_instrument<T: 'static>(
        &mut self,
        id: &InstrumentId,
        row: Row<T>,
        of: Of,
        rows: impl Fn(&mut InstrumentEntry) -> &mut Vec<Row<T>> + Send + Sync + 'static,
    ) {
        // Its text may be known only from a correction that comes later.
        let index = self.intern_instrument(id);
        let locus = Locus::Instrument(index, of);
        self.add_row(locus, row, move |r| rows(&mut r.instruments[index as usize]));
    }

    pub(crate) fn more(&mut self, id: u32) -> &mut More {
        self.bodies[id as usize].more.get_or_insert_with(Box::default)
    }

    // --- names for things -----------------------------------------------------------------

    fn intern_evidence(&mut self, evidence: &Arc<Evidence>) -> u32 {
        // The same document as for the event before, mostly, and then the same memory.
        if let Some((last, index)) = &self.last_evidence
            && Arc::ptr_eq(last, evidence)
        {
            return *index;
        }
        let index = self.find_or_add_evidence(evidence);
        self.last_evidence = Some((Arc::clone(evidence), index));
        index
    }

    fn find_or_add_evidence(&mut self, evidence: &Arc<Evidence>) -> u32 {
        if let Some(index) = self.evidence_index.get(evidence) {
            return *index;
        }
        let index = next_id(self.evidence.len());
        self.evidence.push(Arc::clone(evidence));
        self.evidence_index.insert(Arc::clone(evidence), index);
        self.undoable(|| {
            Box::new(|r| {
                r.last_evidence = None;
                if let Some(evidence) = r.evidence.pop() {
                    r.evidence_index.remove(&evidence);
                }
            })
        });
        index
    }

    fn intern_body(&mut self, code: BodyCode) -> u32 {
        if let Some(id) = self.body_index.get(&code) {
            return *id;
        }
        let id = next_id(self.bodies.len());
        self.bodies.push(BodyEntry { code, roles: Vec::new(), groups: Vec::new(), more: None });
        self.body_index.insert(code, id);
        self.undoable(|| {
            Box::new(|r| {
                if let Some(entry) = r.bodies.pop() {
                    r.body_index.remove(&entry.code);
                }
            })
        });
        id
    }

    fn intern_contract(&mut self, contract: &ContractId) -> u32 {
        if let Some(id) = self.contract_index.get(contract) {
            return *id;
        }
        let practice = contract.practice().map(|code| self.intern_body(code));
        let id = next_id(self.contracts.len());
        let (held, groups, group_ends) = (Vec::new(), Vec::new(), Vec::new());
        self.contracts.push(ContractEntry { id: contract.clone(), held, groups, group_ends });
        self.contract_index.insert(contract.clone(), id);
        if let Some(practice) = practice {
            self.more(practice).contracts.push(id);
        }
        self.undoable(|| {
            Box::new(move |r| {
                if let Some(entry) = r.contracts.pop() {
                    r.contract_index.remove(&entry.id);
                }
                if let Some(practice) = practice {
                    r.more(practice).contracts.pop();
                }
            })
        });
        id
    }

    fn intern_function(&mut self, code: &FunctionCode) -> u32 {
        if let Some(id) = self.function_index.get(code) {
            return *id;
        }
        let id = next_id(self.functions.len());
        let (segments, ends) = (Vec::new(), Vec::new());
        self.functions.push(FunctionEntry { code: code.clone(), segments, ends });
        self.function_index.insert(code.clone(), id);
        self.undoable(|| {
            Box::new(|r| {
                if let Some(entry) = r.functions.pop() {
                    r.function_index.remove(&entry.code);
                }
            })
        });
        id
    }

    fn intern_rule(&mut self, rule: &RuleId) -> u32 {
        if let Some(id) = self.rule_index.get(rule) {
            return *id;
        }
        let id = next_id(self.rules.len());
        let (rows, commenced, ends) = (Vec::new(), Vec::new(), Vec::new());
        self.rules.push(RuleEntry { id: rule.clone(), rows, commenced, ends });
        self.rule_index.insert(rule.clone(), id);
        self.undoable(|| {
            Box::new(|r| {
                if let Some(entry) = r.rules.pop() {
                    r.rule_index.remove(&entry.id);
                }
            })
        });
        id
    }

    fn use_rule(&mut self, id: u32, content: &RuleContent) {
        if let Some(of) = RuleUse::of(content) {
            self.list_under(id, true, move |r| &mut r.rules_of[of as usize]);
        }
    }

    fn intern_instrument(&mut self, instrument: &InstrumentId) -> u32 {
        if let Some(id) = self.instrument_index.get(instrument) {
            return *id;
        }
        let id = next_id(self.instruments.len());
        self.instruments.push(InstrumentEntry::new(instrument.clone()));
        self.instrument_index.insert(instrument.clone(), id);
        self.undoable(|| {
            Box::new(|r| {
                if let Some(entry) = r.instruments.pop() {
                    r.instrument_index.remove(&entry.id);
                }
            })
        });
        id
    }

    fn intern_fund(&mut self, fund: &RecordId) -> u32 {
        if let Some(id) = self.fund_index.get(fund) {
            return *id;
        }
        let id = next_id(self.funds.len());
        self.funds.push(FundEntry::default());
        self.fund_index.insert(fund.clone(), id);
        let fund = fund.clone();
        self.undoable(|| {
            Box::new(move |r| {
                r.funds.pop();
                r.fund_index.remove(&fund);
            })
        });
        id
    }
}

/// The index of the next entry of a list. Lists are shorter than the log, and the log than 2^32.
fn next_id(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
