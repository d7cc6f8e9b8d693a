//! The language of facts: one line, one command.
//!
//! A line is words with spaces between them. `made DAY:` before it says on which day the act was
//! done, `sure WORD:` how certain the evidence is. A period is `2015-04-01..2016-04-01`, or open:
//! `2015-04-01..`. A list has commas: `a,b`; an empty one is `-`.

use std::fmt::Debug;
use std::str::FromStr;
use std::sync::Arc;

use remit_domain::{
    Act, Area, Body, BodyDissolved, BodyNamed, ClusterFormed, Command, ConditionAttached,
    ConditionLifted, Confidence, ContractHeld, Correction, CorrectionKind, Day, DayOfYear,
    DecisionTaken, EventDisputed, Evidence, ExpectationStated, Fact, FieldRedacted, Forum,
    ForumKind, Function, FunctionEnded, FundOpened, HolderRule, Instrument, InstrumentAdvanced,
    InstrumentEnded, InstrumentInForce, InstrumentSighted, InstrumentVaried, InterestDeclared,
    LegalForm, LevelNotHeld, LiableRule, Member, Membership, MembershipEnded, Part,
    PaymentDirectionMade, Period, PersonalField, Position, Route, Rule, RuleCommenced, RuleContent,
    RuleEnded, Start, Succession, SuccessionKind, SupportPaid, TransferScheme, Word, WorkPerformed,
};

/// The words of one line, taken one after another.
pub struct Words<'l> {
    line: &'l str,
    rest: std::str::SplitWhitespace<'l>,
}

impl<'l> Words<'l> {
    /// The words of a line.
    #[must_use]
    pub fn of(line: &'l str) -> Self {
        Self { line, rest: line.split_whitespace() }
    }

    /// The next word.
    pub fn text(&mut self) -> &'l str {
        self.rest.next().unwrap_or_else(|| panic!("a word is missing: {}", self.line))
    }

    /// Whether the next word is `word`, which is then passed.
    fn next_is(&mut self, word: &str) -> bool {
        self.rest.clone().next() == Some(word) && self.rest.next().is_some()
    }

    /// The next word, if there is one.
    pub fn next_if_any(&mut self) -> Option<&'l str> {
        self.rest.next()
    }

    /// The next word as a code, an id, a day or a text.
    pub fn code<T: FromStr<Err: Debug>>(&mut self) -> T {
        let word = self.text();
        word.parse().unwrap_or_else(|error| panic!("{}: {word}: {error:?}", self.line))
    }

    /// The next word as one of a closed vocabulary.
    pub fn word<W: Word>(&mut self) -> W {
        let word = self.text();
        W::from_word(word).unwrap_or_else(|error| panic!("{}: {error}", self.line))
    }

    /// The next word as a period.
    pub fn period(&mut self) -> Period {
        let word = self.text();
        let (from, until) =
            word.split_once("..").unwrap_or_else(|| panic!("no period: {}", self.line));
        let day = |text: &str| -> Day { text.parse().expect("a day") };
        Period::new(day(from), (!until.is_empty()).then(|| day(until))).expect("a period")
    }

    fn list<T>(&mut self, read: impl Fn(&str) -> T) -> Vec<T> {
        let word = self.text();
        word.split(',').filter(|one| *one != "-" && !one.is_empty()).map(read).collect()
    }

    fn codes<T: FromStr<Err: Debug>>(&mut self) -> Vec<T> {
        self.list(|one| one.parse().expect("a code"))
    }

    fn words<W: Word>(&mut self) -> Vec<W> {
        self.list(|one| W::from_word(one).unwrap_or_else(|error| panic!("{error}")))
    }

    fn member(&mut self) -> Member {
        let word = self.text();
        match word.contains('/') {
            true => Member::Contract(word.parse().expect("a contract")),
            false => Member::Body(word.parse().expect("a code")),
        }
    }

    fn area(&mut self) -> Area {
        match self.text() {
            "england" => Area::England,
            codes => Area::Of(codes.split(',').map(|code| code.parse().expect("a code")).collect()),
        }
    }

    fn day_of_year(&mut self) -> DayOfYear {
        let (month, day) = self.text().split_once('-').expect("a month and a day");
        DayOfYear { month: month.parse().expect("a month"), day: day.parse().expect("a day") }
    }
}

/// What one line says, as a command.
#[must_use]
pub fn said(line: &str) -> Command {
    let (made_on, line) = match line.strip_prefix("made ").and_then(|rest| rest.split_once(": ")) {
        Some((day, rest)) => (Some(day.parse().expect("a day")), rest),
        None => (None, line),
    };
    let (confidence, line) = match line.strip_prefix("sure ").and_then(|r| r.split_once(": ")) {
        Some((word, rest)) => (Confidence::from_word(word).expect("how sure"), rest),
        None => (Confidence::Confirmed, line),
    };
    let mut words = Words::of(line);
    let act = act(&mut words);
    assert_eq!(words.next_if_any(), None, "too many words: {line}");
    let source = text("a source");
    let evidence = Evidence { source, url: None, made_on, confidence, note: None };
    Command { act, evidence: Arc::new(evidence) }
}

fn text<T: FromStr<Err: Debug>>(text: &str) -> T {
    text.parse().expect("a text")
}

fn act(w: &mut Words<'_>) -> Act {
    let word = w.text();
    match word {
        "notice" => {
            let (instrument, given_by, given_on) = (w.code(), w.code(), w.code());
            Act::GiveNotice { instrument, given_by, given_on }
        }
        "late" | "error" | "backdated" => {
            let kind = match word {
                "late" => CorrectionKind::RecordedLate,
                "error" => CorrectionKind::ErrorCorrected,
                _ => CorrectionKind::EffectBackdated,
            };
            let about = w.text();
            let about =
                (about != "-").then(|| Position::new(about.parse().expect("the event's position")));
            let (authority, reason) = (text("an authority"), text("a reason"));
            let instead = match w.text() {
                "nothing" => None,
                "instead" => Some(Box::new(act(w))),
                other => panic!("nothing, or instead and a fact: {other}"),
            };
            let correction = Correction { kind, about, authority, reason, fact: None };
            Act::Correct { correction, instead }
        }
        "redact" => {
            let about = Position::new(w.code());
            let field: PersonalField = w.code();
            let (reason, authority) = (text("a reason"), text("an authority"));
            Act::State(FieldRedacted { about, field, reason, authority }.into())
        }
        _ => Act::State(
            of_bodies(word, w)
                .or_else(|| of_law(word, w))
                .or_else(|| of_instruments(word, w))
                .or_else(|| of_money_and_committees(word, w))
                .unwrap_or_else(|| panic!("no such fact: {word}")),
        ),
    }
}

/// What passes from one body to another: by a scheme, liabilities alone, or an area.
fn passed(word: &str, w: &mut Words<'_>) -> Fact {
    let (from, to, effective_on) = (w.code(), w.code(), w.code());
    if word == "scheme" {
        let functions = w.codes();
        let (described, excepted) = match w.next_if_any() {
            Some("except") => (None, w.next_if_any().map(text)),
            described => (described.map(text), None),
        };
        let power = text("a power");
        return TransferScheme { from, to, power, effective_on, functions, described, excepted }
            .into();
    }
    let sure = |w: &mut Words<'_>| Confidence::from_word(w.text()).expect("how sure");
    let by_liability = (word == "liabilities").then(|| sure(w));
    let kind = w.next_if_any().map_or(SuccessionKind::Merger, |kind| {
        SuccessionKind::from_word(kind).expect("a kind of succession")
    });
    let area = w.next_if_any().map_or(Confidence::Confirmed, |area| {
        Confidence::from_word(area).expect("how sure the area passed")
    });
    let by_area = by_liability.is_none().then_some(area);
    let (predecessor, successor, share_millionths) = (from, to, None);
    Succession {
        predecessor,
        successor,
        effective_on,
        kind,
        by_area,
        by_liability,
        share_millionths,
    }
    .into()
}

fn of_bodies(word: &str, w: &mut Words<'_>) -> Option<Fact> {
    Some(match word {
        "body" => {
            let (code, role, effective) = (w.code(), w.word(), w.period());
            let legal_form =
                w.next_if_any().map(|form| LegalForm::from_word(form).expect("a form"));
            Body { code, role, name: text("A body"), legal_form, effective }.into()
        }
        "dissolved" => {
            let (code, role, effective_until) = (w.code(), w.word(), w.code());
            BodyDissolved { code, role, effective_until }.into()
        }
        "named" => {
            let (code, name, effective) = (w.code(), w.code(), w.period());
            BodyNamed { code, name, effective }.into()
        }
        "scheme" | "liabilities" | "succession" => passed(word, w),
        "member" => {
            let (member, group, relation) = (w.member(), w.code(), w.word());
            Membership { member, group, relation, effective: w.period() }.into()
        }
        "left" => {
            let (member, group, relation) = (w.member(), w.code(), w.word());
            let (effective_from, effective_until) = (w.code(), w.code());
            MembershipEnded { member, group, relation, effective_from, effective_until }.into()
        }
        "contract" => {
            let (contract, holder, contract_type) = (w.code(), w.code(), w.word());
            ContractHeld { contract, holder, contract_type, effective: w.period() }.into()
        }
        "cluster" => {
            let (name, bodies) = (w.code(), w.codes());
            ClusterFormed { name, bodies, effective: w.period() }.into()
        }
        _ => return None,
    })
}

fn of_law(word: &str, w: &mut Words<'_>) -> Option<Fact> {
    Some(match word {
        "function" | "reserved" => {
            let code: remit_domain::FunctionCode = w.code();
            let holder = match w.text() {
                "commissioner" => HolderRule::Commissioner,
                "outside" => HolderRule::OutsideRecords(text("others")),
                holder => HolderRule::Body(holder.parse().expect("a code")),
            };
            let (effective, bases) = (w.period(), w.words());
            let confidence = Confidence::Confirmed;
            let function = Function {
                name: text(code.as_str()),
                code,
                effective,
                holder,
                basis: text("s.1"),
                reserved: word == "reserved",
                routes: bases.into_iter().map(|basis| Route { basis, confidence }).collect(),
                part: Part::Whole,
                confidence,
                citation: text("a citation"),
                note: None,
            };
            function.into()
        }
        "function-ended" => {
            let (function, effective_until) = (w.code(), w.code());
            FunctionEnded { function, effective_until }.into()
        }
        "rule" => {
            let id = w.code();
            let effective = match w.text() {
                "not-commenced" => None,
                period => Some(Words::of(period).period()),
            };
            let content = rule(w);
            let (text, citation) = (text("a rule"), text("a citation"));
            let confidence = Confidence::Confirmed;
            let counter_argument = None;
            Rule { id, effective, content, text, counter_argument, citation, confidence }.into()
        }
        "commenced" => {
            let (rule, effective) = (w.code(), w.period());
            RuleCommenced { rule, effective }.into()
        }
        "rule-ended" => {
            let (rule, effective_until) = (w.code(), w.code());
            RuleEnded { rule, effective_until }.into()
        }
        _ => return None,
    })
}

fn rule(w: &mut Words<'_>) -> RuleContent {
    match w.text() {
        "liable" => {
            let (bases, liable) = (w.words(), w.word::<LiableRule>());
            RuleContent::Liability { bases, liable }
        }
        "may-receive" => RuleContent::Receiving { bases: w.words(), roles: w.words() },
        "may-give" => RuleContent::Giving { bases: w.words(), roles: w.words() },
        "may-pass-on" => RuleContent::Onward { bases: w.words() },
        "notice" => {
            let (bases, last, ends) = (w.words(), w.day_of_year(), w.day_of_year());
            RuleContent::Notice { bases, last, ends }
        }
        "goes-on" => RuleContent::Continuity { basis: w.word(), from: w.word(), to: w.word() },
        "step" => {
            let (bases, step, from) = (w.words(), w.word(), w.words());
            RuleContent::Transition { bases, step, from, by: w.words() }
        }
        "last-day" => RuleContent::Window { bases: w.words(), step: w.word(), last: w.code() },
        "begins" => {
            let (bases, giver) = (w.words(), w.word());
            RuleContent::Commencement { bases, giver, days: vec![w.day_of_year()] }
        }
        "vests" => RuleContent::Vesting { functions: w.codes(), role: w.word(), ends: w.words() },
        "capacity" => {
            let (bases, capacity, bodies) = (w.words(), w.word(), w.words());
            RuleContent::Capacity { bases, functions: Vec::new(), capacity, bodies }
        }
        "regime" => RuleContent::Regime { bases: w.words(), functions: w.codes() },
        "may-be-succeeded" => RuleContent::Succeeding { from: w.words(), to: w.words() },
        "joins" => {
            let (relation, members, groups) = (w.word(), w.words(), w.words());
            RuleContent::Joining { relation, members, groups }
        }
        "reads" => RuleContent::ReadAcross { from: w.word(), to: w.word() },
        other => panic!("no such rule: {other}"),
    }
}

/// The text of an instrument: id, kind, basis, givers, receivers, functions, area; `only` and the
/// contracts that it lists, `under` and its conditions, if there are any; `barred` if it may not be
/// passed on.
fn instrument(w: &mut Words<'_>) -> Instrument {
    let (id, kind, basis): (remit_domain::InstrumentId, _, _) = (w.code(), w.word(), w.word());
    let (given_by, given_to, functions, area) = (w.codes(), w.codes(), w.codes(), w.area());
    Instrument {
        title: text(id.as_str()),
        id,
        kind,
        basis,
        given_by,
        given_to,
        functions,
        area,
        contracts: if w.next_is("only") { w.codes() } else { Vec::new() },
        forum: None,
        conditions: if w.next_is("under") { w.codes() } else { Vec::new() },
        loss_exceptions: Vec::new(),
        onward_barred: w.next_is("barred"),
    }
}

fn of_instruments(word: &str, w: &mut Words<'_>) -> Option<Fact> {
    Some(match word {
        "drawn" => instrument(w).into(),
        "varied" => {
            let (effective_from, by) = (w.code(), w.codes());
            InstrumentVaried { instrument: instrument(w), effective_from, by }.into()
        }
        "step" => {
            let (instrument, stage) = (w.code(), w.word());
            InstrumentAdvanced { instrument, stage, by: w.codes() }.into()
        }
        "in-force" => {
            let (instrument, effective) = (w.code(), w.period());
            let start = w.next_if_any().map_or(Start::Evidenced, |start| {
                Start::from_word(start).expect("how the start is known")
            });
            InstrumentInForce { instrument, effective, start }.into()
        }
        "ended" => {
            let (instrument, effective_until, reason) = (w.code(), w.code(), w.word());
            InstrumentEnded { instrument, effective_until, reason, by: w.codes() }.into()
        }
        "condition" => {
            let (instrument, condition, effective_from) = (w.code(), w.code(), w.code());
            ConditionAttached { instrument, condition, effective_from, by: w.codes() }.into()
        }
        "lifted" => {
            let (instrument, condition, effective_until) = (w.code(), w.code(), w.code());
            ConditionLifted { instrument, condition, effective_until, by: w.codes() }.into()
        }
        "work" => {
            let (instrument, performer, functions) = (w.code(), w.code(), w.codes());
            WorkPerformed { instrument, performer, functions, effective: w.period() }.into()
        }
        "sighted" => {
            let (instrument, sighting, seen) = (w.code(), w.word(), w.period());
            InstrumentSighted { instrument, seen, sighting }.into()
        }
        "not-held" => {
            let (body, bases, functions) = (w.code(), w.words(), w.codes());
            LevelNotHeld { body, bases, functions, effective: w.period() }.into()
        }
        "expected" => {
            let (function, area, expected) = (w.code(), w.code(), w.code());
            let (effective_from, nature) = (w.code(), text("guidance"));
            ExpectationStated { function, area, expected, effective_from, nature }.into()
        }
        _ => return None,
    })
}

fn of_money_and_committees(word: &str, w: &mut Words<'_>) -> Option<Fact> {
    Some(match word {
        "disputed" => {
            EventDisputed { about: w.code(), by: w.code(), reason: text("not so") }.into()
        }
        "fund" => {
            let (fund, funders) = (w.code(), w.codes());
            let (amount_pence, per_patient_pence) = (w.code(), w.code());
            let effective = w.period();
            FundOpened { fund, funders, amount_pence, per_patient_pence, effective }.into()
        }
        "paid" => {
            let (fund, payment, payer, recipient) = (w.code(), w.code(), w.code(), w.code());
            let (paid_on, patients, amount_pence) = (w.code(), w.code(), w.code());
            let power = w.next_if_any().map(text);
            let paid = SupportPaid {
                fund,
                payment,
                payer,
                recipient,
                paid_on,
                patients,
                amount_pence,
                power,
            };
            paid.into()
        }
        "payment-direction" => {
            let (made_by, given_to, made_on) = (w.code(), w.codes(), w.code());
            let (effective_from, functions) = (w.code(), w.codes());
            let directions = PaymentDirectionMade {
                made_by,
                given_to,
                power: text("s.87"),
                made_on,
                effective_from,
                supersedes: None,
                functions,
                text: text("directions"),
            };
            directions.into()
        }
        "interest" => {
            let (body, concerns, declared_on) = (w.code(), w.code(), w.code());
            let declared = InterestDeclared {
                office: text("GP member"),
                body,
                interest: text("financial"),
                concerns,
                aware_on: declared_on,
                declared_on,
                note: None,
            };
            declared.into()
        }
        "decision" => {
            let (body, fund, payment, decided_on) = (w.code(), w.code(), w.code(), w.code());
            let decision = DecisionTaken {
                body,
                forum: Forum { kind: ForumKind::Committee, name: text("committee") },
                fund,
                payment,
                decided_on,
                quorate: true,
                handled: Vec::new(),
                note: None,
            };
            decision.into()
        }
        _ => return None,
    })
}
