//! What commands state: facts of several fields, whole or not at all.

use super::*;

impl Fields {
    pub(super) fn body_established(&mut self, m: &pb::BodyEstablished) -> Option<Fact> {
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

    pub(super) fn succession(&mut self, m: &pb::SuccessionRecorded) -> Option<Fact> {
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

    pub(super) fn function(&mut self, m: &pb::FunctionCatalogued) -> Option<Fact> {
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

    pub(super) fn rule(&mut self, m: &pb::RuleEnacted) -> Option<Fact> {
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

    pub(super) fn instrument_text(&mut self, m: &pb::InstrumentDrawn) -> Option<Instrument> {
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

    pub(super) fn decision(&mut self, m: &pb::DecisionTaken) -> Option<Fact> {
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
