//! Turns rows into findings and the commands that a register still lacks.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::Arc;

use remit_domain::{
    Act, BodyCode, Command, Confidence, Day, Event, Evidence, Fact, InstrumentFact, Known, Period,
    Position, Reason, Text,
};
use remit_register::Register;

/// The head: a position after every event, to read all that is known.
pub(crate) const HEAD: Position = Position::new(u64::MAX);

/// The kind of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FindingKind {
    /// A field cannot be read.
    Malformed,
    /// The register does not know a code.
    UnknownCode,
    /// The fact cannot stand beside another: the same fact again, an overlap, or two holders.
    Overlap,
    /// The dates do not fit each other, or those of other facts.
    DateAgainstDate,
    /// The register holds a different value.
    Differs,
    /// The register's rules refuse the fact for another reason.
    Refused,
    /// The file has no row that can be recorded.
    NotRecorded,
}

impl FindingKind {
    /// The word for it in reports.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::UnknownCode => "unknown-code",
            Self::Overlap => "overlap",
            Self::DateAgainstDate => "date-against-date",
            Self::Differs => "differs",
            Self::Refused => "refused",
            Self::NotRecorded => "not-recorded",
        }
    }
}

/// One thing found in one field of one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The file.
    pub file: String,
    /// The line of the row, from 1.
    pub row: u64,
    /// The column; empty if the finding is about a whole row.
    pub field: String,
    /// The kind of the finding.
    pub kind: FindingKind,
    /// What is wrong.
    pub reason: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, row, field, kind, reason } = self;
        match field.as_str() {
            "" => write!(f, "{file}:{row}: {}: {reason}", kind.word()),
            field => write!(f, "{file}:{row}: {field}: {}: {reason}", kind.word()),
        }
    }
}

/// What became of the rows of one file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Rows read.
    pub rows: usize,
    /// Facts to be recorded.
    pub recorded: usize,
    /// Facts that the register holds already, even if a detail differs.
    pub held: usize,
    /// Evidence without legal effect: applications, approvals, expectations and undated rows.
    pub without_effect: usize,
    /// Rows that are not facts of this register, by design.
    pub passed_over: usize,
    /// Findings.
    pub findings: usize,
}

/// The commands that a register still lacks, in order, and the findings made on the way.
pub struct Plan {
    register: Register,
    commands: Vec<Command>,
    findings: Vec<Finding>,
    tallies: BTreeMap<String, Tally>,
    order: Vec<String>,
    notes: Vec<String>,
    passed_over: BTreeMap<(String, &'static str), usize>,
    evidence: HashMap<String, Evidence>,
    last: Option<Arc<Evidence>>,
}

/// One row of a table with named columns.
pub struct Row<'a> {
    /// The file.
    pub file: &'a str,
    /// The line of the row, from 1.
    pub line: u64,
    columns: &'a HashMap<String, usize>,
    record: &'a csv::StringRecord,
}

impl<'a> Row<'a> {
    /// The text of a field; empty if there is none.
    #[must_use]
    pub fn text(&self, column: &str) -> &'a str {
        let index = self.columns.get(column);
        index.and_then(|index| self.record.get(*index)).unwrap_or_default()
    }
}

impl Plan {
    /// A plan against `register`, the fold of everything recorded so far.
    #[must_use]
    pub fn new(register: Register) -> Self {
        Self {
            register,
            commands: Vec::new(),
            findings: Vec::new(),
            tallies: BTreeMap::new(),
            order: Vec::new(),
            notes: Vec::new(),
            passed_over: BTreeMap::new(),
            evidence: HashMap::new(),
            last: None,
        }
    }

    /// The register as it will be once the commands are recorded.
    #[must_use]
    pub fn register(&self) -> &Register {
        &self.register
    }

    /// The commands, in the order in which they must be recorded.
    #[must_use]
    pub fn commands(&self) -> &[Command] {
        &self.commands
    }

    /// The findings, in the order they were made.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// What became of the rows of each file, in the order the files were read.
    pub fn tallies(&self) -> impl Iterator<Item = (&str, Tally)> {
        self.order
            .iter()
            .map(|file| (file.as_str(), self.tallies.get(file).copied().unwrap_or_default()))
    }

    /// Notes for the reader of the summary.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// Adds a note to the summary.
    pub fn note(&mut self, note: String) {
        self.notes.push(note);
    }

    /// Reads a table with a header row and calls `each` for every row, in file order. The columns
    /// in `needed` must exist.
    pub fn table(
        &mut self,
        file: &str,
        text: &str,
        needed: &[&str],
        each: impl FnMut(&mut Self, &Row<'_>),
    ) {
        self.table_by(file, text, needed, None, each);
    }

    /// Reads a table like `table`, but in the order of the column `order`, if one is given.
    pub fn table_by(
        &mut self,
        file: &str,
        text: &str,
        needed: &[&str],
        order: Option<&str>,
        each: impl FnMut(&mut Self, &Row<'_>),
    ) {
        self.begin(file);
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
        let columns: HashMap<String, usize> = match reader.headers() {
            Ok(headers) => {
                headers.iter().enumerate().map(|(i, name)| (name.trim().to_owned(), i)).collect()
            }
            Err(error) => {
                self.find_at(file, 1, "", FindingKind::Malformed, error.to_string());
                return;
            }
        };
        let missing = needed.iter().filter(|name| !columns.contains_key(**name));
        let missing: Vec<_> = missing.copied().collect();
        if !missing.is_empty() {
            let reason = format!("the header has no column {}", missing.join(", "));
            self.find_at(file, 1, missing[0], FindingKind::Malformed, reason);
            return;
        }
        let width = columns.len();
        let order = order.and_then(|column| columns.get(column)).copied();
        self.rows(file, reader, &columns, (width, order), each);
    }

    /// Reads a table without a header row, as ODS publishes them, and calls `each` for every row.
    /// `columns` gives the index of each column; `width` is the number of fields in a row.
    pub fn headless_table(
        &mut self,
        file: &str,
        text: &str,
        columns: &[(&str, usize)],
        width: usize,
        each: impl FnMut(&mut Self, &Row<'_>),
    ) {
        self.begin(file);
        let columns = columns.iter().map(|(name, at)| ((*name).to_owned(), *at)).collect();
        let mut builder = csv::ReaderBuilder::new();
        let reader = builder.flexible(true).has_headers(false).from_reader(text.as_bytes());
        self.rows(file, reader, &columns, (width, None), each);
    }

    fn rows(
        &mut self,
        file: &str,
        mut reader: csv::Reader<&[u8]>,
        columns: &HashMap<String, usize>,
        (width, order): (usize, Option<usize>),
        mut each: impl FnMut(&mut Self, &Row<'_>),
    ) {
        let mut records = Vec::new();
        for record in reader.records() {
            self.tally(file).rows += 1;
            match record {
                Ok(record) if record.len() == width => records.push(record),
                Ok(record) => {
                    let line = record.position().map_or(0, csv::Position::line);
                    let reason = format!("{} fields where there should be {width}", record.len());
                    self.find_at(file, line, "", FindingKind::Malformed, reason);
                }
                Err(error) => {
                    let line = error.position().map_or(0, csv::Position::line);
                    self.find_at(file, line, "", FindingKind::Malformed, error.to_string());
                }
            }
        }
        if let Some(order) = order {
            // A stable sort: rows of one day stay in file order.
            records.sort_by(|a, b| a.get(order).cmp(&b.get(order)));
        }
        for record in &records {
            let line = record.position().map_or(0, csv::Position::line);
            each(self, &Row { file, line, columns, record });
        }
    }

    pub(crate) fn begin(&mut self, file: &str) {
        if !self.tallies.contains_key(file) {
            self.order.push(file.to_owned());
            self.tallies.insert(file.to_owned(), Tally::default());
        }
    }

    pub(crate) fn tally(&mut self, file: &str) -> &mut Tally {
        self.tallies.entry(file.to_owned()).or_default()
    }

    /// Counts a row that is, by design, not a fact of this register. `why` is the reason.
    pub fn pass_over(&mut self, row: &Row<'_>, why: &'static str) {
        self.tally(row.file).passed_over += 1;
        *self.passed_over.entry((row.file.to_owned(), why)).or_default() += 1;
    }

    /// The rows passed over: the file, the reason and the number of rows.
    pub fn passed_over(&self) -> impl Iterator<Item = (&str, &'static str, usize)> {
        self.passed_over.iter().map(|((file, why), rows)| (file.as_str(), *why, *rows))
    }

    /// Adds a finding about a row.
    pub fn find(&mut self, row: &Row<'_>, field: &str, kind: FindingKind, reason: String) {
        self.find_at(row.file, row.line, field, kind, reason);
    }

    pub(crate) fn find_at(
        &mut self,
        file: &str,
        row: u64,
        field: &str,
        kind: FindingKind,
        reason: String,
    ) {
        self.tally(file).findings += 1;
        let (file, field) = (file.to_owned(), field.to_owned());
        self.findings.push(Finding { file, row, field, kind, reason });
    }

    /// A required code, id or text; a finding if it is bad.
    pub fn parse<T: std::str::FromStr<Err: fmt::Display>>(
        &mut self,
        row: &Row<'_>,
        column: &str,
    ) -> Option<T> {
        let text = row.text(column);
        match text.parse() {
            Ok(value) => Some(value),
            Err(error) => {
                self.find(row, column, FindingKind::Malformed, format!("{error}"));
                None
            }
        }
    }

    /// A required day; a finding if it is bad.
    pub fn day(&mut self, row: &Row<'_>, column: &str) -> Option<Day> {
        match row.text(column).parse() {
            Ok(day) => Some(day),
            Err(error) => {
                self.find(row, column, FindingKind::Malformed, error.to_string());
                None
            }
        }
    }

    /// The days in the columns `from` and `to` as a half-open period. The second day is inclusive,
    /// and may be empty for no end.
    pub fn period(&mut self, row: &Row<'_>, from: &str, to: &str) -> Option<Period> {
        let first = self.day(row, from)?;
        let until = match row.text(to) {
            "" => None,
            _ => Some(self.day(row, to)?.next()?),
        };
        match Period::new(first, until) {
            Ok(period) => Some(period),
            Err(_) => {
                let reason = format!("{to} {} is before {from} {first}", row.text(to));
                self.find(row, to, FindingKind::DateAgainstDate, reason);
                None
            }
        }
    }

    /// The evidence that `source` gives. `url` and `note` may be empty. `None`, with a finding, if
    /// a text is bad or `source` is empty.
    pub fn evidence(
        &mut self,
        row: &Row<'_>,
        source: &str,
        url: &str,
        confidence: Confidence,
        note: &str,
    ) -> Option<Evidence> {
        let key = format!("{source}\u{1}{url}\u{1}{confidence}\u{1}{note}");
        if let Some(known) = self.evidence.get(&key) {
            return Some(known.clone());
        }
        let mut text = |what: &str, text: &str| match text.trim() {
            "" => Some(None),
            text => match text.parse::<Text>() {
                Ok(text) => Some(Some(text)),
                Err(error) => {
                    self.find(row, what, FindingKind::Malformed, error.to_string());
                    None
                }
            },
        };
        let (found, url, note) = (text("source", source)?, text("url", url)?, text("note", note)?);
        let Some(source) = found else {
            self.find(row, "source", FindingKind::Malformed, "names no source".into());
            return None;
        };
        let evidence = Evidence { source, url, made_on: None, confidence, note };
        self.evidence.insert(key, evidence.clone());
        Some(evidence)
    }

    /// Offers a fact for recording, and returns whether it is accepted. The register's own rules
    /// decide, against everything offered before it; each refusal is a finding.
    pub fn offer(
        &mut self,
        row: &Row<'_>,
        field: &str,
        fact: impl Into<Fact>,
        evidence: Evidence,
    ) -> bool {
        self.offer_at(row.file, row.line, field, fact.into(), evidence)
    }

    pub(crate) fn offer_at(
        &mut self,
        file: &str,
        line: u64,
        field: &str,
        fact: Fact,
        evidence: Evidence,
    ) -> bool {
        let evidence = match &self.last {
            // Rows of one table mostly rest on the same document: its evidence is shared.
            Some(last) if **last == evidence => Arc::clone(last),
            _ => Arc::new(evidence),
        };
        self.last = Some(Arc::clone(&evidence));
        let command = Command { act: Act::State(fact), evidence };
        match self.register.admit(command.clone()) {
            Ok(event) => {
                self.accept(file, event, command);
                true
            }
            Err(refusals) => {
                for refusal in refusals {
                    let kind = kind_of(refusal.reason());
                    let field = match refusal.field.as_str() {
                        "predecessor" => "predecessor_code",
                        "successor" => "successor_code",
                        _ => field,
                    };
                    self.find_at(file, line, field, kind, remit_wording::refusal(&refusal));
                }
                false
            }
        }
    }

    fn accept(&mut self, file: &str, event: Event, command: Command) {
        use InstrumentFact::{ExpectationStated, InstrumentAdvanced};
        let without_effect =
            matches!(event.fact, Fact::Instruments(InstrumentAdvanced(_) | ExpectationStated(_)));
        self.register.settle(self.register.tail());
        self.commands.push(command);
        let tally = self.tally(file);
        tally.recorded += 1;
        tally.without_effect += usize::from(without_effect);
    }

    /// Counts a fact that the register already holds.
    pub fn held(&mut self, file: &str) {
        self.tally(file).held += 1;
    }

    /// Whether a body is in being on the day `on`.
    #[must_use]
    pub fn in_being(&self, code: BodyCode, on: Day) -> bool {
        self.register.roles(code).iter().any(|held| held.effective.contains(on))
    }

    /// Whether the register knows the body `code` in any role or period; a finding if it does not.
    pub fn known_body(&mut self, row: &Row<'_>, column: &str, code: BodyCode) -> bool {
        let known = !self.register.roles(code).is_empty();
        if !known {
            let reason = format!("the register knows no body {code}");
            self.find(row, column, FindingKind::UnknownCode, reason);
        }
        known
    }
}

fn kind_of(reason: Reason) -> FindingKind {
    match reason {
        Reason::BodyUnknown
        | Reason::FunctionUnknown
        | Reason::InstrumentUnknown
        | Reason::ContractUnknown
        | Reason::FundUnknown
        | Reason::MembershipUnknown => FindingKind::UnknownCode,
        Reason::BodyAlreadyInBeing
        | Reason::MembershipOverlaps
        | Reason::FunctionSegmentOverlaps
        | Reason::RuleAlreadyEnacted
        | Reason::SuccessionAlreadyRecorded
        | Reason::InstrumentAlreadyDrawn
        | Reason::ContractAlreadyHeld
        | Reason::FundAlreadyRecorded
        | Reason::TwoHolders => FindingKind::Overlap,
        Reason::BodyNotInBeing
        | Reason::PeriodReversed
        | Reason::InstrumentEnded
        | Reason::StateForbids
        | Reason::InstrumentNotInForce => FindingKind::DateAgainstDate,
        Reason::BodyRoleWrong
        | Reason::BodyMayNotReceive
        | Reason::SuccessionOfItself
        | Reason::FunctionReserved
        | Reason::FunctionNotDelegable
        | Reason::RuleMissing
        | Reason::BasisNotAdmitted
        | Reason::LegalFormForbids
        | Reason::FundExceeded
        | Reason::PaymentOutsideFund
        | Reason::NothingNamed
        | Reason::ActorMayNot
        | Reason::ActorMissing
        | Reason::ConsentMissing
        | Reason::WindowClosed
        | Reason::StartForbidden
        | Reason::GiverMayNotGive
        | Reason::TitleMissing
        | Reason::OnwardForbidden
        | Reason::VariationForbidden
        | Reason::ConditionUnknown
        | Reason::PartyInBeing
        | Reason::EventUnknown
        | Reason::AlreadyCorrected
        | Reason::CorrectionKindDiffers
        | Reason::MadeOnMissing
        | Reason::NotBackdated
        | Reason::RuleCommenced
        | Reason::NotPersonal
        | Reason::InTheClear
        | Reason::AlreadyRedacted
        | Reason::RedactionStands => FindingKind::Refused,
    }
}
