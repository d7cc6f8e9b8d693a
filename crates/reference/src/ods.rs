//! Files as the Organisation Data Service (ODS) publishes them: no header row, all fields quoted,
//! dates as `YYYYMMDD`, and an empty field for no value.
//!
//! Each file is compared with the register: new facts are planned, and differences are findings.
//! Known quirks of these files: a membership of a closed commissioner has no end date; some closed
//! CCGs are still marked active (the dates are trusted, not the status); commissioners from before
//! April 2013 are primary care trusts, which the register does not hold; files after 2025 use role
//! codes such as `RO76`.

use remit_domain::{
    BodyCode, BodyRole, Confidence, Day, Evidence, Known, Member, Membership, MembershipEnded,
    Period, Relation, Text,
};

use crate::plan::{Column, FindingKind, HEAD, Plan, Row, is_far};

/// The kinds of file that ODS publishes and that an import reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OdsKind {
    /// The file of clinical commissioning groups (CCGs) and of the organisations that came after
    /// them.
    Eccg,
    /// The file of practices with their current commissioner.
    Epraccur,
    /// The file of practices with their commissioners over time.
    Epcmem,
    /// The file of practices in primary care networks.
    Epcncorepartnerdetails,
    /// The file of regions and local offices of NHS England.
    Eauth,
}

/// The first day of the register's records. Before that day, primary care trusts held the
/// functions.
fn records_begin() -> Day {
    Day::new(2013, 4, 1).unwrap_or(Day::MIN)
}

const fn column(name: &'static str, at: usize, titles: &'static [&'static str]) -> Column {
    Column { name, at, titles }
}

const CODE: Column = column("code", 0, &["Organisation Code", "Org Code", "Code"]);
const NAME: Column = column("name", 1, &["Name", "Organisation Name"]);
const OPEN: Column = column("open_date", 10, &["Open Date"]);
const CLOSE: Column = column("close_date", 11, &["Close Date"]);
const STATUS: Column = column("status", 12, &["Status Code", "Status"]);

const ORGANISATION: &[Column] =
    &[CODE, NAME, OPEN, CLOSE, column("sub_type", 13, &["Organisation Sub-Type Code", "Sub Type"])];
const PRACTICE: &[Column] = &[
    CODE,
    NAME,
    OPEN,
    CLOSE,
    STATUS,
    column("commissioner", 14, &["Commissioner", "Provider/Purchaser", "Parent Organisation Code"]),
    column("join_date", 15, &["Join Provider/Purchaser Date", "Join Parent Date", "Join Date"]),
    column("left_date", 16, &["Left Provider/Purchaser Date", "Left Parent Date", "Left Date"]),
    column("prescribing_setting", 25, &["Prescribing Setting"]),
];
const MEMBER: &[Column] = &[
    CODE,
    column("commissioner", 1, &["Parent Organisation Code", "Commissioner"]),
    column("join_date", 3, &["Join Parent Date", "Join Date"]),
    column("left_date", 4, &["Left Parent Date", "Left Date"]),
];
const NETWORK: &[Column] = &[
    column("code", 0, &["Partner Organisation Code", "Practice Code"]),
    column("pcn", 4, &["PCN Code"]),
    column("join_date", 8, &["Practice to PCN Relationship Start Date", "Relationship Start Date"]),
    column("left_date", 9, &["Practice to PCN Relationship End Date", "Relationship End Date"]),
];

/// A file to import, and how.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The name of the file.
    pub file: &'a str,
    /// The text of the file.
    pub text: &'a str,
    /// The day on which the file was published, if known.
    pub extracted_on: Option<Day>,
    /// Whether a practice that moved is recorded as moved.
    pub accept_moves: bool,
}

/// Plans the facts of an ODS file that the register does not hold yet.
///
/// `extracted_on` is the day on which the file was published, if known. If a body or membership has
/// no end in the file, but ended on or before that day in the register, the difference is a
/// finding.
///
/// With `accept_moves`, a practice that moved to another body is recorded as moved: its membership
/// that the register holds without an end ends where the file says so, or where the next begins.
pub fn plan(plan: &mut Plan, kind: OdsKind, asked: Asked<'_>) {
    let Asked { file, text, extracted_on, accept_moves } = asked;
    let import = Import { file, extracted_on, accept_moves };
    import.read(plan, kind, text);
    let tally = *plan.tally(file);
    if tally.recorded + tally.held + tally.findings == 0 {
        let reason = match tally.rows {
            0 => "the file holds no rows".to_owned(),
            rows => format!("none of the {rows} rows is of this kind of file; is --kind right?"),
        };
        plan.find_at(file, 1, "", FindingKind::NotRecorded, reason);
    }
}

impl Import<'_> {
    fn read(&self, plan: &mut Plan, kind: OdsKind, text: &str) {
        let (file, import) = (self.file, self);
        match kind {
            OdsKind::Eccg => plan.headless_table(file, text, ORGANISATION, 27, |plan, row| {
                import.commissioner(plan, row);
            }),
            OdsKind::Eauth => plan.headless_table(file, text, ORGANISATION, 27, |plan, row| {
                import.authority(plan, row);
            }),
            OdsKind::Epraccur => plan.headless_table(file, text, PRACTICE, 27, |plan, row| {
                import.practice(plan, row);
            }),
            OdsKind::Epcmem => plan.headless_table(file, text, MEMBER, 6, |plan, row| {
                import.link(plan, row, "commissioner", Relation::PracticeOfCommissioner);
            }),
            OdsKind::Epcncorepartnerdetails => {
                plan.headless_table(file, text, NETWORK, 11, |plan, row| {
                    import.link(plan, row, "pcn", Relation::PracticeOfPcn);
                });
            }
        }
    }
}

struct Import<'a> {
    file: &'a str,
    extracted_on: Option<Day>,
    accept_moves: bool,
}

impl Import<'_> {
    fn evidence(&self, plan: &mut Plan, row: &Row<'_>) -> Option<Evidence> {
        let name = self.file.rsplit(['/', '\\']).next().unwrap_or(self.file);
        let source = format!("ODS {name}");
        match ended_on_no_day(row) {
            None => plan.evidence(row, &source, "", Confidence::Confirmed, ""),
            Some(ended) => {
                let note = format!("the file calls the practice {ended}, and gives no day for it");
                plan.evidence(row, &source, "", Confidence::Unconfirmed, &note)
            }
        }
    }

    /// Parses the date in `column`, in the form `YYYYMMDD`. Returns `Some(None)` if the field is
    /// empty. If the field is not a date, adds a finding and returns `None`.
    fn day(&self, plan: &mut Plan, row: &Row<'_>, column: &str) -> Option<Option<Day>> {
        let text = row.text(column);
        if text.is_empty() {
            return Some(None);
        }
        match day(text) {
            Some(day) => Some(Some(day)),
            None => {
                let reason = format!("not a date of the form YYYYMMDD: {text:?}");
                plan.find(row, column, FindingKind::Malformed, reason);
                None
            }
        }
    }

    /// Reads the period from the date in the column `from` to the date in the column `to`,
    /// inclusive. If the dates are not valid or `from` is empty, adds a finding and returns `None`.
    fn period(&self, plan: &mut Plan, row: &Row<'_>, from: &str, to: &str) -> Option<Period> {
        let far = is_far(row.text(to));
        if far {
            plan.far_end(row);
        }
        let first = self.day(plan, row, from);
        let last = if far { Some(None) } else { self.day(plan, row, to) };
        let Some(first) = first? else {
            plan.find(row, from, FindingKind::Malformed, "no date".into());
            return None;
        };
        let until = last?.and_then(|last| last.next());
        match Period::new(first, until) {
            Ok(period) => Some(period),
            Err(_) => {
                let reason = format!("{} is before {from} {}", row.text(to), row.text(from));
                plan.find(row, to, FindingKind::DateAgainstDate, reason);
                None
            }
        }
    }

    /// Compares the body in a row with what the register holds under the body's code. If the
    /// register holds nothing under that code, plans the fact that a body with that code exists in
    /// `role`.
    ///
    /// An ODS file has one row per code, which covers all roles that the body ever had; the
    /// register holds each role separately.
    ///
    /// Returns whether the row is about a body that the register now holds. If not, nothing else of
    /// the row may be recorded.
    fn body(&self, plan: &mut Plan, row: &Row<'_>, role: Option<BodyRole>) -> bool {
        let code = plan.parse::<BodyCode>(row, "code");
        let name = plan.parse::<Text>(row, "name");
        let effective = self.period(plan, row, "open_date", "close_date");
        let (Some(code), Some(name), Some(effective)) = (code, name, effective) else {
            return false;
        };
        let held = plan.register().roles(code);
        let Some(first) = held.iter().map(|held| held.effective.from()).min() else {
            let Some(role) = role else {
                let reason = format!("the register knows no body {code} ({name})");
                plan.find(row, "code", FindingKind::UnknownCode, reason);
                return false;
            };
            let Some(evidence) = self.evidence(plan, row) else { return false };
            let body = remit_domain::Body { code, role, name, legal_form: None, effective };
            return plan.offer(row, "code", body, evidence);
        };
        plan.held(row.file);
        let is_another = !held.iter().any(|held| held.effective.overlaps(&effective));
        if is_another {
            let reason = format!(
                "{} here, after the body with this code ended; one code cannot stand for two \
                 bodies, \
                 so nothing of this row is recorded",
                effective.from()
            );
            plan.find(row, "open_date", FindingKind::Differs, reason);
            return false;
        }
        if first != effective.from() {
            let reason = format!("{} here; the register holds {first}", effective.from());
            plan.find(row, "open_date", FindingKind::Differs, reason);
        }
        let ends: Vec<_> = held.iter().map(|held| held.effective.until()).collect();
        let end = if ends.contains(&None) { None } else { ends.into_iter().flatten().max() };
        let agree =
            end == effective.until() || effective.until().is_none() && !self.after_extract(end);
        if !agree {
            let reason = format!("{}; the register holds {}", show(effective.until()), show(end));
            plan.find(row, "close_date", FindingKind::Differs, reason);
        }
        let names = plan.register().names(code, HEAD);
        let known = names.iter().any(|view| *view.name == name)
            || plan.register().body_view(code, None, HEAD).iter().any(|v| *v.name == name);
        if !known {
            let held = plan.register().name_of(code, effective.from(), HEAD);
            let held = held.map(ToString::to_string).unwrap_or_default();
            let reason = format!("{:?} here; the register holds {held:?}", name.as_str());
            plan.find(row, "name", FindingKind::Differs, reason);
        }
        true
    }

    /// Whether the file should show `held`, an end date in the register: that is, whether the end
    /// came no later than the day on which the file was published.
    fn after_extract(&self, held: Option<Day>) -> bool {
        match (held, self.extracted_on) {
            (Some(held), Some(extracted_on)) => held <= extracted_on,
            _ => false,
        }
    }

    fn commissioner(&self, plan: &mut Plan, row: &Row<'_>) {
        let role = match row.text("sub_type") {
            "C" => Some(BodyRole::Ccg),
            "H" | "RO218" => Some(BodyRole::CommissioningHub),
            "RO327" => Some(BodyRole::SubIcbReportingEntity),
            // No role is planned for any other body. The body may once have been a CCG, but the
            // file does not give the day on which that role ended.
            _ => None,
        };
        self.body(plan, row, role);
    }

    fn authority(&self, plan: &mut Plan, row: &Row<'_>) {
        // Leave out government office regions and Wales, whose codes have fewer than three
        // characters or begin with W.
        let code = row.text("code");
        if code.len() < 3 || code.starts_with('W') {
            plan.pass_over(row, "no body of the register: a region of government, or of Wales");
            return;
        }
        let role = match (row.text("sub_type"), code.as_bytes().first()) {
            ("S", _) => Some(BodyRole::NhsEnglandLocalOffice),
            (_, Some(b'Y')) => Some(BodyRole::NhsEnglandRegion),
            _ => None,
        };
        self.body(plan, row, role);
    }

    fn practice(&self, plan: &mut Plan, row: &Row<'_>) {
        // `4`, or `RO76` in later files, means a GP practice. All other rows are prescribers in
        // other settings.
        if !matches!(row.text("prescribing_setting"), "4" | "RO76") {
            plan.pass_over(row, "no GP practice: another prescribing setting");
            return;
        }
        // A practice under a Welsh health board has a commissioner that the register does not hold.
        let welsh = row.text("commissioner").starts_with("7A") || row.text("code").starts_with('W');
        if welsh
            && row
                .text("commissioner")
                .parse::<BodyCode>()
                .is_ok_and(|code| plan.register().roles(code).is_empty())
        {
            plan.pass_over(row, "under a Welsh health board");
            return;
        }
        let ends = day(row.text("close_date"));
        if ends.is_some_and(|end| end < records_begin()) {
            plan.pass_over(row, "closed before the records begin, 1 April 2013");
            return;
        }
        let is_new = row
            .text("code")
            .parse::<BodyCode>()
            .is_ok_and(|code| plan.register().roles(code).is_empty());
        // A row is recorded whole or not at all: a practice that is new needs a sound link.
        let link = match row.text("commissioner") {
            "" => Some(None),
            _ => self.read_link(plan, row, "commissioner", Relation::PracticeOfCommissioner),
        };
        if link.is_none() && is_new {
            return;
        }
        if let Some(ended) = ended_on_no_day(row) {
            let then = match is_new {
                true => "what the row says is recorded as unconfirmed, with a note of this",
                false => {
                    "the register holds the practice, and nothing of the row is recorded: record \
                     the day on which it ended"
                }
            };
            let reason = format!(
                "the status says that the practice is {ended}, but no day is given since when; \
                 {then}"
            );
            plan.find(row, "close_date", FindingKind::DateAgainstDate, reason);
            if !is_new {
                plan.held(row.file);
                return;
            }
        }
        if self.body(plan, row, Some(BodyRole::Practice))
            && let Some(Some(said)) = link
        {
            self.plan_link(plan, row, "commissioner", said);
        }
    }

    fn link(&self, plan: &mut Plan, row: &Row<'_>, column: &str, relation: Relation) {
        if let Some(Some(said)) = self.read_link(plan, row, column, relation) {
            self.plan_link(plan, row, column, said);
        }
    }

    /// The membership that a row states. `Some(None)` if it is not one for the register. If the
    /// row is not sound, adds a finding and returns `None`.
    fn read_link(
        &self,
        plan: &mut Plan,
        row: &Row<'_>,
        column: &str,
        relation: Relation,
    ) -> Option<Option<Membership>> {
        let effective = self.period(plan, row, "join_date", "left_date")?;
        let begin = records_begin();
        if effective.until().is_some_and(|until| until <= begin) {
            // The practice belonged to a primary care trust or an earlier kind of body, which the
            // register does not hold.
            plan.pass_over(row, "a link that ended before the records begin, 1 April 2013");
            return Some(None);
        }
        let practice = plan.parse::<BodyCode>(row, "code");
        let group = plan.parse::<BodyCode>(row, column);
        let (practice, group) = (practice?, group?);
        plan.known_body(row, column, group).then_some(())?;
        let member = Member::Body(practice);
        Some(Some(Membership { member, group, relation, effective }))
    }

    fn plan_link(&self, plan: &mut Plan, row: &Row<'_>, column: &str, said: Membership) {
        let Membership { member, group, relation, effective } = said;
        if let Member::Body(practice) = &member
            && !plan.known_body(row, "code", *practice)
        {
            return;
        }
        let groups = plan.register().groups(&member, relation);
        let same = groups
            .iter()
            .find(|held| held.group == group && held.effective.from() == effective.from())
            .or_else(|| {
                groups
                    .iter()
                    .find(|held| held.group == group && held.effective.overlaps(&effective))
            })
            .map(|held| held.effective);
        let said = Membership { member, group, relation, effective };
        match same {
            None => self.new_link(plan, row, column, said),
            Some(held) => self.held_link(plan, row, held, said),
        }
    }

    /// Plans a membership that the register does not hold. If the practice moved, the membership
    /// that it left must end first.
    fn new_link(&self, plan: &mut Plan, row: &Row<'_>, column: &str, said: Membership) {
        let Some(evidence) = self.evidence(plan, row) else { return };
        let from = said.effective.from();
        let groups = plan.register().groups(&said.member, said.relation);
        let left = groups
            .iter()
            .find(|held| held.effective.until().is_none() && held.effective.from() < from);
        match left {
            Some(left) if self.accept_moves => {
                let fact = MembershipEnded {
                    member: said.member.clone(),
                    group: left.group,
                    relation: said.relation,
                    effective_from: left.effective.from(),
                    effective_until: from,
                };
                plan.offer(row, "join_date", fact, evidence.clone());
            }
            Some(left) => {
                let reason = format!(
                    "moved from {} on {from}; the register holds no end of that membership; import \
                     again with --accept-moves to record the move",
                    left.group
                );
                plan.find(row, column, FindingKind::Overlap, reason);
                return;
            }
            None => {}
        }
        plan.offer(row, "join_date", said, evidence);
    }

    /// Compares a membership with `held`, the period of the same membership in the register.
    fn held_link(&self, plan: &mut Plan, row: &Row<'_>, held: Period, said: Membership) {
        let Membership { member, group, relation, effective } = said;
        if self.accept_moves
            && held.from() == effective.from()
            && held.until().is_none()
            && let Some(effective_until) = effective.until()
        {
            let Some(evidence) = self.evidence(plan, row) else { return };
            let effective_from = held.from();
            let fact = MembershipEnded { member, group, relation, effective_from, effective_until };
            plan.offer(row, "left_date", fact, evidence);
            return;
        }
        plan.held(row.file);
        if held.from() != effective.from() {
            let reason = format!("{} here; the register holds {}", effective.from(), held.from());
            plan.find(row, "join_date", FindingKind::Differs, reason);
        }
        let agree = held.until() == effective.until()
            || effective.until().is_none() && !self.left_before_extract(plan, group, held.until());
        if !agree {
            let (said, known) = (show(effective.until()), show(held.until()));
            let advice = match (effective.until(), held.until()) {
                (Some(_), None) => "; import again with --accept-moves to record it",
                _ => "",
            };
            let reason = format!("{said}; the register holds {known}{advice}");
            plan.find(row, "left_date", FindingKind::Differs, reason);
        }
    }

    /// Whether the file should show `held`, the end date of a membership in the register. If the
    /// group closed on that date, the file need not show the end, because ODS then gives no end
    /// date.
    fn left_before_extract(&self, plan: &Plan, group: BodyCode, held: Option<Day>) -> bool {
        let closed = plan.register().roles(group).iter().any(|r| r.effective.until() == held);
        !closed && self.after_extract(held)
    }
}

/// What the status says of a practice that has ended on a day that the file does not give.
fn ended_on_no_day(row: &Row<'_>) -> Option<&'static str> {
    let of_practice = matches!(row.text("prescribing_setting"), "4" | "RO76");
    match row.text("status") {
        "C" if of_practice && row.text("close_date").is_empty() => Some("closed"),
        "D" if of_practice && row.text("close_date").is_empty() => Some("dormant"),
        _ => None,
    }
}

/// Parses a date of the form `YYYYMMDD`.
fn day(text: &str) -> Option<Day> {
    let is_date = text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit());
    let dashed = is_date.then(|| format!("{}-{}-{}", &text[..4], &text[4..6], &text[6..]))?;
    dashed.parse().ok()
}

fn show(until: Option<Day>) -> String {
    match until.and_then(|until| until.eve()) {
        Some(last) => format!("last day {last}"),
        None => "no end".to_owned(),
    }
}
