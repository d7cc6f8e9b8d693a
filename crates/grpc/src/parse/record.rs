//! `Record`: a batch of commands, each with its evidence.

use super::*;

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

    pub(super) fn forum(&mut self, forum: &pb::Forum) -> Option<Forum> {
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
}
