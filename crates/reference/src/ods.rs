//! Files as the Organisation Data Service (ODS) publishes them: no header row, all fields quoted,
//! dates as `YYYYMMDD`, and an empty field for no value.
//!
//! Each file is compared with the register: new facts are planned, and differences are findings.
//! Known quirks of these files: a membership of a closed commissioner has no end date; some closed
//! CCGs are still marked active (the dates are trusted, not the status); commissioners from before
//! April 2013 are primary care trusts, which the register does not hold; files after 2025 use role
//! codes such as `RO76`.

use remit_domain::{
    BodyCode, BodyRole, Confidence, Day, Evidence, Known, Member, Membership, Period, Relation,
    Text,
};

use crate::plan::{FindingKind, HEAD, Plan, Row};

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

const ORGANISATION: &[(&str, usize)] =
    &[("code", 0), ("name", 1), ("open_date", 10), ("close_date", 11), ("sub_type", 13)];
const PRACTICE: &[(&str, usize)] = &[
    ("code", 0),
    ("name", 1),
    ("open_date", 10),
    ("close_date", 11),
    ("commissioner", 14),
    ("join_date", 15),
    ("left_date", 16),
    ("prescribing_setting", 25),
];
const MEMBER: &[(&str, usize)] =
    &[("code", 0), ("commissioner", 1), ("join_date", 3), ("left_date", 4)];
const NETWORK: &[(&str, usize)] = &[("code", 0), ("pcn", 4), ("join_date", 8), ("left_date", 9)];

/// Plans the facts of an ODS file that the register does not hold yet.
///
/// `extracted_on` is the day on which the file was published, if known. If a body or membership has
/// no end in the file, but ended on or before that day in the register, the difference is a
/// finding.
pub fn plan(plan: &mut Plan, kind: OdsKind, file: &str, text: &str, extracted_on: Option<Day>) {
    let import = Import { file, extracted_on };
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
}

impl Import<'_> {
    fn evidence(&self, plan: &mut Plan, row: &Row<'_>) -> Option<Evidence> {
        let name = self.file.rsplit(['/', '\\']).next().unwrap_or(self.file);
        let source = format!("ODS {name}");
        plan.evidence(row, &source, "", Confidence::Confirmed, "")
    }

    /// Parses the date in `column`, in the form `YYYYMMDD`. Returns `Some(None)` if the field is
    /// empty. If the field is not a date, adds a finding and returns `None`.
    fn day(&self, plan: &mut Plan, row: &Row<'_>, column: &str) -> Option<Option<Day>> {
        let text = row.text(column);
        if text.is_empty() {
            return Some(None);
        }
        let dashed = (text.len() == 8 && text.is_ascii())
            .then(|| format!("{}-{}-{}", &text[..4], &text[4..6], &text[6..]));
        match dashed.and_then(|text| text.parse::<Day>().ok()) {
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
        let (first, last) = (self.day(plan, row, from), self.day(plan, row, to));
        let Some(first) = first? else {
            plan.find(row, from, FindingKind::Malformed, "no date".into());
            return None;
        };
        let until = last?.and_then(|last| last.next());
        match Period::new(first, until) {
            Ok(period) => Some(period),
            Err(error) => {
                plan.find(row, to, FindingKind::DateAgainstDate, error.to_string());
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
    fn body(&self, plan: &mut Plan, row: &Row<'_>, role: Option<BodyRole>) {
        let code = plan.parse::<BodyCode>(row, "code");
        let name = plan.parse::<Text>(row, "name");
        let effective = self.period(plan, row, "open_date", "close_date");
        let (Some(code), Some(name), Some(effective)) = (code, name, effective) else { return };
        let held = plan.register().roles(code);
        let Some(first) = held.iter().map(|held| held.effective.from()).min() else {
            let Some(role) = role else {
                let reason = format!("the register knows no body {code} ({name})");
                plan.find(row, "code", FindingKind::UnknownCode, reason);
                return;
            };
            let Some(evidence) = self.evidence(plan, row) else { return };
            let body = remit_domain::Body { code, role, name, legal_form: None, effective };
            plan.offer(row, "code", body, evidence);
            return;
        };
        plan.held(row.file);
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
        let ends = self.day(plan, row, "close_date").flatten();
        if ends.is_some_and(|end| end < records_begin()) {
            plan.pass_over(row, "closed before the records begin, 1 April 2013");
            return;
        }
        self.body(plan, row, Some(BodyRole::Practice));
        if !row.text("commissioner").is_empty() {
            self.link(plan, row, "commissioner", Relation::PracticeOfCommissioner);
        }
    }

    fn link(&self, plan: &mut Plan, row: &Row<'_>, column: &str, relation: Relation) {
        let effective = self.period(plan, row, "join_date", "left_date");
        let Some(effective) = effective else { return };
        let begin = records_begin();
        if effective.until().is_some_and(|until| until <= begin) {
            // The practice belonged to a primary care trust or an earlier kind of body, which the
            // register does not hold.
            plan.pass_over(row, "a link that ended before the records begin, 1 April 2013");
            return;
        }
        let practice = plan.parse::<BodyCode>(row, "code");
        let group = plan.parse::<BodyCode>(row, column);
        let (Some(practice), Some(group)) = (practice, group) else { return };
        if !plan.known_body(row, "code", practice) | !plan.known_body(row, column, group) {
            return;
        }
        let member = Member::Body(practice);
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
        let Some(held) = same else {
            let Some(evidence) = self.evidence(plan, row) else { return };
            let fact = Membership { member, group, relation, effective };
            plan.offer(row, "join_date", fact, evidence);
            return;
        };
        plan.held(row.file);
        if held.from() != effective.from() {
            let reason = format!("{} here; the register holds {}", effective.from(), held.from());
            plan.find(row, "join_date", FindingKind::Differs, reason);
        }
        let agree = held.until() == effective.until()
            || effective.until().is_none() && !self.left_before_extract(plan, group, held.until());
        if !agree {
            let (said, known) = (show(effective.until()), show(held.until()));
            let reason = format!("{said}; the register holds {known}");
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

fn show(until: Option<Day>) -> String {
    match until.and_then(|until| until.eve()) {
        Some(last) => format!("last day {last}"),
        None => "no end".to_owned(),
    }
}
