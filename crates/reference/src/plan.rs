//! Turns rows of data files into commands for the facts that a register still lacks, and into
//! findings.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::Arc;

use remit_domain::{
    Act, BodyCode, Command, Confidence, Day, Event, Evidence, Fact, InstrumentFact, Known, Period,
    Position, Reason, Text,
};
use remit_register::Register;

use crate::rows::{self, Record, by_title};

pub use crate::rows::Column;

/// A position after every event, with which to read everything that the register knows.
pub(crate) const HEAD: Position = Position::new(u64::MAX);

/// Whether a text is a day so far off that it means no end, such as 9999-12-31 or 29991231: a day
/// after the years that the register knows.
pub(crate) fn is_far(text: &str) -> bool {
    let digits = text.replace('-', "");
    let is_day = digits.len() == 8 && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_day && &digits[..4] > "2199"
}

/// The kind of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FindingKind {
    /// A field or a row of the file cannot be parsed.
    Malformed,
    /// The row has a code that the register does not know.
    UnknownCode,
    /// The fact in the row conflicts with another fact: it repeats or overlaps that fact, or would
    /// give a function two holders.
    Overlap,
    /// The dates of the fact in the row contradict each other, or the dates of other facts.
    DateAgainstDate,
    /// The register holds a fact of the same subject as the row, but with another value.
    Differs,
    /// The register's rules refuse the fact in the row for a reason that no other kind of finding
    /// covers.
    Refused,
    /// The file has no row that can be recorded.
    NotRecorded,
}

impl FindingKind {
    /// The word for this kind of finding in reports.
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

/// One thing wrong with one field of one row of a data file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The name of the data file.
    pub file: String,
    /// The line number of the row, from 1.
    pub row: u64,
    /// The column of the field; empty if the finding is about the whole row.
    pub field: String,
    /// The kind of the finding.
    pub kind: FindingKind,
    /// What is wrong with the field or the row.
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

/// Counts that state what became of the rows of one file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// The number of rows that were read from the file.
    pub rows: usize,
    /// The number of facts in the file that are to be recorded.
    pub recorded: usize,
    /// The number of facts in the file that the register already holds. A fact that the register
    /// holds with a different detail counts too.
    pub held: usize,
    /// The number of facts and rows without legal effect: applications, approvals, expectations and
    /// undated rows.
    pub without_effect: usize,
    /// The number of rows that are left out by design, because they are not facts of this register.
    pub passed_over: usize,
    /// The number of findings about the file.
    pub findings: usize,
}

/// A plan: commands for the facts that a register still lacks, in order, and the findings made
/// while reading the rows.
pub struct Plan {
    register: Register,
    before: Position,
    commands: Vec<Command>,
    findings: Vec<Finding>,
    tallies: BTreeMap<String, Tally>,
    order: Vec<String>,
    notes: Vec<String>,
    passed_over: BTreeMap<(String, &'static str), usize>,
    far_ends: BTreeMap<String, usize>,
    evidence: HashMap<String, Evidence>,
    last: Option<Arc<Evidence>>,
}

/// One row of a table with named columns.
pub struct Row<'a> {
    /// The name of the data file.
    pub file: &'a str,
    /// The line number of the row, from 1.
    pub line: u64,
    columns: &'a HashMap<String, usize>,
    record: &'a csv::StringRecord,
}

impl<'a> Row<'a> {
    /// The text of the field in `column`; empty if there is no such field.
    #[must_use]
    pub fn text(&self, column: &str) -> &'a str {
        let index = self.columns.get(column);
        index.and_then(|index| self.record.get(*index)).unwrap_or_default()
    }
}

impl Plan {
    /// Makes an empty plan against `register`, the fold of everything recorded so far.
    #[must_use]
    pub fn new(register: Register) -> Self {
        Self {
            before: register.tail(),
            register,
            commands: Vec::new(),
            findings: Vec::new(),
            tallies: BTreeMap::new(),
            order: Vec::new(),
            notes: Vec::new(),
            passed_over: BTreeMap::new(),
            far_ends: BTreeMap::new(),
            evidence: HashMap::new(),
            last: None,
        }
    }

    /// The position of the last event that was recorded before the plan.
    #[must_use]
    pub fn before(&self) -> Position {
        self.before
    }

    /// The register as it will be once the commands of the plan are recorded.
    #[must_use]
    pub fn register(&self) -> &Register {
        &self.register
    }

    /// The register as it will be once the commands of the plan are recorded, and nothing else of
    /// the plan.
    #[must_use]
    pub fn into_register(self) -> Register {
        self.register
    }

    /// The commands of the plan, in the order in which they must be recorded.
    #[must_use]
    pub fn commands(&self) -> &[Command] {
        &self.commands
    }

    /// The findings, in the order in which they were made.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// The counts for each file, in the order in which the files were read.
    pub fn tallies(&self) -> impl Iterator<Item = (&str, Tally)> {
        self.order
            .iter()
            .map(|file| (file.as_str(), self.tallies.get(file).copied().unwrap_or_default()))
    }

    /// The notes to show in the summary of the plan.
    #[must_use]
    pub fn notes(&self) -> Vec<String> {
        let far = self.far_ends.iter().map(|(file, ends)| {
            format!("{file}: {ends} ends after the year 2199 are read as no end")
        });
        self.notes.iter().cloned().chain(far).collect()
    }

    /// Adds a note to the summary of the plan.
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

    /// Reads a table as `table` does. If `order` names a column, calls `each` in the order of that
    /// column.
    pub fn table_by(
        &mut self,
        file: &str,
        text: &str,
        needed: &[&str],
        order: Option<&str>,
        mut each: impl FnMut(&mut Self, &Row<'_>),
    ) {
        let nothing = |(): &mut (), _: &Row<'_>| {};
        self.table_with(file, text, (needed, order), nothing, |plan, row, ()| each(plan, row));
    }

    /// Reads a table as `table` does, but calls `look` for every row before it calls `each` for the
    /// first: what a row says can depend on every other row, whatever their order.
    pub fn table_seen<Seen: Default>(
        &mut self,
        file: &str,
        text: &str,
        needed: &[&str],
        look: impl FnMut(&mut Seen, &Row<'_>),
        each: impl FnMut(&mut Self, &Row<'_>, &Seen),
    ) {
        self.table_with(file, text, (needed, None), look, each);
    }

    fn table_with<Seen: Default>(
        &mut self,
        file: &str,
        text: &str,
        (needed, order): (&[&str], Option<&str>),
        look: impl FnMut(&mut Seen, &Row<'_>),
        each: impl FnMut(&mut Self, &Row<'_>, &Seen),
    ) {
        let (mut records, first_fault) = self.records(file, text);
        let header = match records.first() {
            Some(_) => records.remove(0),
            None => (1, csv::StringRecord::new()),
        };
        if first_fault.is_some_and(|fault| fault <= header.0) {
            // The header row cannot be read, so nothing is known of the columns.
            return;
        }
        self.tally(file).rows -= usize::from(!header.1.is_empty());
        let named = header.1.iter().enumerate().map(|(i, name)| (name.trim().to_owned(), i));
        let columns: HashMap<String, usize> = named.collect();
        let missing = needed.iter().filter(|name| !columns.contains_key(**name));
        let missing: Vec<_> = missing.copied().collect();
        if !missing.is_empty() {
            let reason = format!("the header has no column {}", missing.join(", "));
            self.find_at(file, header.0, missing[0], FindingKind::Malformed, reason);
            return;
        }
        let width = header.1.len();
        let order = order.and_then(|column| columns.get(column)).copied();
        self.rows(file, records, &columns, (width, order), look, each);
    }

    /// Reads a table as ODS publishes it, and calls `each` for every row. Such a table has no
    /// header row, so `columns` gives the place of each column, and `width` the number of fields in
    /// a row. A copy of the table may have a header row: its columns are found by their titles.
    pub fn headless_table(
        &mut self,
        file: &str,
        text: &str,
        columns: &[Column],
        width: usize,
        mut each: impl FnMut(&mut Self, &Row<'_>),
    ) {
        let (mut records, _) = self.records(file, text);
        let mut places: HashMap<String, usize> =
            columns.iter().map(|column| (column.name.to_owned(), column.at)).collect();
        let mut width = width;
        if let Some((line, header)) = records.first()
            && let Some(found) = by_title(columns, header)
        {
            let missing = columns.iter().find(|column| !found.contains_key(column.name));
            if let Some(Column { name, titles, .. }) = missing {
                let reason = format!("the header has no column {:?}", titles[0]);
                self.find_at(file, *line, name, FindingKind::Malformed, reason);
                return;
            }
            (places, width) = (found, header.len());
            records.remove(0);
            self.tally(file).rows -= 1;
        }
        let nothing = |(): &mut (), _: &Row<'_>| {};
        let each = |plan: &mut Self, row: &Row<'_>, (): &()| each(plan, row);
        self.rows(file, records, &places, (width, None), nothing, each);
    }

    /// Splits the text of a table into rows, each with its line. A row that cannot be read becomes
    /// a finding. Also returns the line of the first such row.
    fn records(&mut self, file: &str, text: &str) -> (Vec<Record>, Option<u64>) {
        self.begin(file);
        let rows = rows::split(text);
        self.tally(file).rows += rows.lines.len() + rows.faults.len();
        let first_fault = rows.faults.first().map(|(line, _)| *line);
        for (line, why) in rows.faults {
            self.find_at(file, line, "", FindingKind::Malformed, why.to_owned());
        }
        let mut builder = csv::ReaderBuilder::new();
        let reader = builder.flexible(true).has_headers(false).from_reader(rows.text.as_bytes());
        let read = rows.lines.into_iter().zip(reader.into_records());
        // The rows were checked when they were split, and the text is UTF-8: each can be read.
        (read.filter_map(|(line, record)| Some((line, record.ok()?))).collect(), first_fault)
    }

    fn rows<Seen: Default>(
        &mut self,
        file: &str,
        mut records: Vec<Record>,
        columns: &HashMap<String, usize>,
        (width, order): (usize, Option<usize>),
        mut look: impl FnMut(&mut Seen, &Row<'_>),
        mut each: impl FnMut(&mut Self, &Row<'_>, &Seen),
    ) {
        records.retain(|(line, record)| {
            let is_whole = record.len() == width;
            if !is_whole {
                let reason = format!("{} fields where there should be {width}", record.len());
                self.find_at(file, *line, "", FindingKind::Malformed, reason);
            }
            is_whole
        });
        if let Some(order) = order {
            // The sort is stable, so rows with the same value in the sort column stay in file
            // order.
            records.sort_by(|(_, a), (_, b)| a.get(order).cmp(&b.get(order)));
        }
        let mut seen = Seen::default();
        for (line, record) in &records {
            look(&mut seen, &Row { file, line: *line, columns, record });
        }
        for (line, record) in &records {
            each(self, &Row { file, line: *line, columns, record }, &seen);
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

    /// Counts a row that is left out by design, because it is not a fact of this register. `why` is
    /// the reason.
    pub fn pass_over(&mut self, row: &Row<'_>, why: &'static str) {
        self.tally(row.file).passed_over += 1;
        *self.passed_over.entry((row.file.to_owned(), why)).or_default() += 1;
    }

    /// The rows that were left out by design: for each file and reason, the number of rows.
    pub fn passed_over(&self) -> impl Iterator<Item = (&str, &'static str, usize)> {
        self.passed_over.iter().map(|((file, why), rows)| (file.as_str(), *why, *rows))
    }

    /// Adds a finding about a file of `rows` rows that no importer reads. `near` is the name of the
    /// layout that was probably meant.
    pub(crate) fn unread(&mut self, file: &str, rows: usize, near: Option<&str>) {
        self.begin(file);
        self.tally(file).rows = rows;
        let meant = near.map(|near| format!("; is it {near}?")).unwrap_or_default();
        let reason =
            format!("its {rows} rows are not read: no file of the layout has this name{meant}");
        self.find_at(file, 1, "", FindingKind::NotRecorded, reason);
    }

    /// Adds a finding about the field `field` of a row.
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

    /// Parses the required code, id or text in `column`. If the field is not valid, adds a finding
    /// and returns `None`.
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

    /// Parses the required day in `column`. If the field is not valid, adds a finding and returns
    /// `None`.
    pub fn day(&mut self, row: &Row<'_>, column: &str) -> Option<Day> {
        match row.text(column).parse() {
            Ok(day) => Some(day),
            Err(error) => {
                self.find(row, column, FindingKind::Malformed, error.to_string());
                None
            }
        }
    }

    /// Reads the period from the day in the column `from` to the day in the column `to`, inclusive.
    /// An empty `to` means no end. If the days are not valid, adds a finding and returns `None`.
    pub fn period(&mut self, row: &Row<'_>, from: &str, to: &str) -> Option<Period> {
        let first = self.day(row, from)?;
        let until = match row.text(to) {
            "" => None,
            far if is_far(far) => {
                self.far_end(row);
                None
            }
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

    /// Reads the period from the day in the column `from` until the day in the column `until`,
    /// which is the first day after the period. An empty `until` means no end. If the days are not
    /// valid, adds a finding and returns `None`.
    pub fn period_until(&mut self, row: &Row<'_>, from: &str, until: &str) -> Option<Period> {
        let first = self.day(row, from)?;
        let after = match row.text(until) {
            "" => None,
            _ => Some(self.day(row, until)?),
        };
        let period = Period::new(first, after);
        if let Err(error) = &period {
            self.find(row, until, FindingKind::DateAgainstDate, error.to_string());
        }
        period.ok()
    }

    /// Counts a row whose end date is so far in the future that it means "no end".
    pub(crate) fn far_end(&mut self, row: &Row<'_>) {
        *self.far_ends.entry(row.file.to_owned()).or_default() += 1;
    }

    /// Makes the evidence for a row. `url` and `note` may be empty. If a text is not valid or
    /// `source` is empty, adds a finding and returns `None`.
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
            self.find(
                row,
                "source",
                FindingKind::Malformed,
                "has no source; every row must say where its fact comes from".into(),
            );
            return None;
        };
        let evidence = Evidence { source, url, made_on: None, confidence, note };
        self.evidence.insert(key, evidence.clone());
        Some(evidence)
    }

    /// Plans a command for `fact` if the register's rules accept the fact after everything planned
    /// so far. Otherwise each refusal becomes a finding. Returns whether the fact was accepted.
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
            // Consecutive rows mostly rest on the same document, so their commands share one
            // `Evidence`.
            Some(last) if **last == evidence => Arc::clone(last),
            _ => Arc::new(evidence),
        };
        self.last = Some(Arc::clone(&evidence));
        let command = Command { act: Act::State(fact), evidence };
        if self.register.repeats(&command).is_some() {
            self.held(file);
            return true;
        }
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

    /// Whether the body `code` exists in any role on the day `on`.
    #[must_use]
    pub fn in_being(&self, code: BodyCode, on: Day) -> bool {
        self.register.roles(code).iter().any(|held| held.effective.contains(on))
    }

    /// Whether the register knows the body `code` in any role or period. Adds a finding if the body
    /// is not known.
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
        | Reason::PredecessorLivesOn
        | Reason::PeriodReversed
        | Reason::MadeLater
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
        | Reason::NamedTwice
        | Reason::ActorMayNot
        | Reason::ActorMissing
        | Reason::ConsentMissing
        | Reason::WindowClosed
        | Reason::StartForbidden
        | Reason::GiverMayNotGive
        | Reason::TitleMissing
        | Reason::OnwardForbidden
        | Reason::ReachForbidden
        | Reason::VariationForbidden
        | Reason::ConditionUnknown
        | Reason::SightingWithoutEnd
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
        | Reason::RedactionStands
        | Reason::NotDisputable
        | Reason::CorrectedTooOften => FindingKind::Refused,
    }
}
