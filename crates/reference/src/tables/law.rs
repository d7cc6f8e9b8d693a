//! Reads the catalogue of functions and the rules of law.

use remit_domain::{
    BodyCode, Capacity, Confidence, Day, DayOfYear, Function, FunctionCode, HolderRule, Known,
    LegalBasis, Part, Party, RoleInAnswer, Route, Rule, RuleContent, RuleId, State, Step, Text,
    Word,
};

use super::{confidence, word};
use crate::plan::{FindingKind, Plan, Row};

pub(super) fn functions(plan: &mut Plan, file: &str, text: &str) {
    let needed = [
        "function",
        "name",
        "valid_from",
        "valid_until",
        "holder",
        "basis",
        "routes",
        "part",
        "confidence",
        "reserved",
        "citation",
    ];
    plan.table(file, text, &needed, |plan, row| {
        if let Some(function) = function(plan, row) {
            offer_function(plan, row, function);
        }
    });
}

/// Reads a row of the catalogue of functions. If a field is not valid, adds a finding and returns
/// `None`.
fn function(plan: &mut Plan, row: &Row<'_>) -> Option<Function> {
    // In this table `valid_until` is the first day after the period, as in the machine-readable
    // table of the domain reference.
    let code = plan.parse::<FunctionCode>(row, "function");
    let name = plan.parse::<Text>(row, "name");
    let effective = plan.period_until(row, "valid_from", "valid_until");
    let holder = match row.text("holder") {
        "commissioner" => Some(HolderRule::Commissioner),
        holder => match holder.strip_prefix("outside the records: ") {
            Some(who) => who.parse().ok().map(HolderRule::OutsideRecords),
            None => plan.parse::<BodyCode>(row, "holder").map(HolderRule::Body),
        },
    };
    let basis = plan.parse::<Text>(row, "basis");
    let routes = routes(plan, row);
    let part = word::<Part>(plan, row, "part", row.text("part"));
    let sure = confidence(plan, row, "confidence");
    let citation = plan.parse::<Text>(row, "citation");
    let note = match row.text("note") {
        "" => Some(None),
        _ => plan.parse::<Text>(row, "note").map(Some),
    };
    Some(Function {
        code: code?,
        name: name?,
        effective: effective?,
        holder: holder?,
        basis: basis?,
        reserved: row.text("reserved") == "yes",
        routes: routes?,
        part: part?,
        confidence: sure?,
        citation: citation?,
        note: note?,
    })
}

fn offer_function(plan: &mut Plan, row: &Row<'_>, function: Function) {
    let held = plan
        .register()
        .segments(&function.code)
        .iter()
        .find(|held| held.effective.from() == function.effective.from())
        .map(|held| *held.function == function);
    match held {
        Some(true) => plan.held(row.file),
        Some(false) => {
            plan.held(row.file);
            let reason = format!("the register holds another row for {}", function.code);
            plan.find(row, "function", FindingKind::Differs, reason);
        }
        None => {
            let citation = function.citation.as_str().to_owned();
            let sure = function.confidence;
            if let Some(evidence) = plan.evidence(row, &citation, "", sure, "") {
                plan.offer(row, "function", function, evidence);
            }
        }
    }
}

/// Reads the routes of a function: `basis:confidence` pairs, separated by spaces.
fn routes(plan: &mut Plan, row: &Row<'_>) -> Option<Vec<Route>> {
    let mut routes = Vec::new();
    for pair in row.text("routes").split_whitespace() {
        let (basis, sure) = pair.split_once(':').unwrap_or((pair, ""));
        let basis = word::<LegalBasis>(plan, row, "routes", basis)?;
        let confidence = word::<Confidence>(plan, row, "routes", sure)?;
        routes.push(Route { basis, confidence });
    }
    Some(routes)
}

pub(super) fn rules(plan: &mut Plan, file: &str, text: &str) {
    let needed = [
        "rule",
        "valid_from",
        "valid_until",
        "says",
        "bases",
        "value",
        "text",
        "citation",
        "confidence",
    ];
    plan.table(file, text, &needed, |plan, row| {
        let id = plan.parse::<RuleId>(row, "rule");
        let effective = match row.text("valid_from") {
            "" => Some(None),
            _ => plan.period_until(row, "valid_from", "valid_until").map(Some),
        };
        let content = content(plan, row);
        let text = plan.parse::<Text>(row, "text");
        let counter_argument = match row.text("counter_argument") {
            "" => Some(None),
            _ => plan.parse::<Text>(row, "counter_argument").map(Some),
        };
        let citation = plan.parse::<Text>(row, "citation");
        let sure = confidence(plan, row, "confidence");
        let build = || {
            Some(Rule {
                id: id?,
                effective: effective?,
                content: content?,
                text: text?,
                counter_argument: counter_argument?,
                citation: citation?,
                confidence: sure?,
            })
        };
        let Some(rule) = build() else { return };
        let held = plan
            .register()
            .rules()
            .iter()
            .find(|held| held.rule.id == rule.id && held.rule.effective == rule.effective)
            .map(|held| *held.rule == rule);
        match held {
            Some(true) => plan.held(row.file),
            Some(false) => {
                plan.held(row.file);
                let reason = format!("the register holds another row for {}", rule.id);
                plan.find(row, "rule", FindingKind::Differs, reason);
            }
            None => {
                let citation = rule.citation.as_str().to_owned();
                let sure = rule.confidence;
                if let Some(evidence) = plan.evidence(row, &citation, "", sure, "") {
                    plan.offer(row, "rule", rule, evidence);
                }
            }
        }
    });
}

/// Reads a month and a day of the column `value`, such as 03-31. If the text is not one, adds a
/// finding and returns `None`.
fn month_day(plan: &mut Plan, row: &Row<'_>, text: &str) -> Option<DayOfYear> {
    // A day that every year has: one of 2015, which was no leap year.
    let month = value(plan, row, format!("2015-{text}").parse::<Day>())?.month();
    let day = value(plan, row, text.rsplit('-').next().unwrap_or_default().parse::<u32>())?;
    Some(DayOfYear { month, day })
}

/// The value read from the column `value`. If it is an error, adds a finding and returns `None`.
fn value<T, E: std::fmt::Display>(plan: &mut Plan, row: &Row<'_>, read: Result<T, E>) -> Option<T> {
    read.map_err(|error| plan.find(row, "value", FindingKind::Malformed, error.to_string())).ok()
}

fn content(plan: &mut Plan, row: &Row<'_>) -> Option<RuleContent> {
    let mut bases = Vec::new();
    for basis in row.text("bases").split_whitespace() {
        bases.push(word::<LegalBasis>(plan, row, "bases", basis)?);
    }
    let values: Vec<_> = row.text("value").split_whitespace().collect();
    match (row.text("says"), values.as_slice()) {
        ("liability", [liable]) => {
            let liable = word(plan, row, "value", liable)?;
            Some(RuleContent::Liability { bases, liable })
        }
        ("receiving", roles @ [_, ..]) => {
            let roles = words(plan, row, roles)?;
            Some(RuleContent::Receiving { bases, roles })
        }
        ("notice", [last, ends]) => {
            let (last, ends) = (month_day(plan, row, last)?, month_day(plan, row, ends)?);
            Some(RuleContent::Notice { bases, last, ends })
        }
        ("continuity", [from, to]) => {
            let (from, to) = (word(plan, row, "value", from)?, word(plan, row, "value", to)?);
            let Some(basis) = bases.first().copied() else {
                let reason = "a rule of continuity needs a basis".to_owned();
                plan.find(row, "bases", FindingKind::Malformed, reason);
                return None;
            };
            Some(RuleContent::Continuity { basis, from, to })
        }
        ("giving", roles @ [_, ..]) => {
            let roles = words(plan, row, roles)?;
            Some(RuleContent::Giving { bases, roles })
        }
        ("onward", []) => Some(RuleContent::Onward { bases }),
        ("transition", [step, "from", rest @ ..]) => {
            let step = word::<Step>(plan, row, "value", step)?;
            let (from, by) = two_lists::<State, Party>(plan, row, rest, "by")?;
            Some(RuleContent::Transition { bases, step, from, by })
        }
        ("window", [step, last]) => {
            let step = word::<Step>(plan, row, "value", step)?;
            let last = value(plan, row, last.parse::<Day>())?;
            Some(RuleContent::Window { bases, step, last })
        }
        ("commencement", [giver, days @ ..]) => {
            let giver = word(plan, row, "value", giver)?;
            let days: Option<Vec<_>> = days.iter().map(|day| month_day(plan, row, day)).collect();
            Some(RuleContent::Commencement { bases, giver, days: days? })
        }
        ("capacity", [capacity, rest @ ..]) => of_capacity(plan, row, bases, capacity, rest),
        ("regime", codes) => {
            codes_of(plan, row, codes).map(|functions| RuleContent::Regime { bases, functions })
        }
        ("read-across", [from, to]) => {
            let (from, to) = (word(plan, row, "value", from)?, word(plan, row, "value", to)?);
            Some(RuleContent::ReadAcross { from, to })
        }
        ("succeeding", roles @ [_, .., _]) if divided(roles, "by") => {
            let (from, to) = two_lists(plan, row, roles, "by")?;
            Some(RuleContent::Succeeding { from, to })
        }
        ("joining", [relation, roles @ ..]) if divided(roles, "in") => {
            let relation = word(plan, row, "value", relation)?;
            let (members, groups) = two_lists(plan, row, roles, "in")?;
            Some(RuleContent::Joining { relation, members, groups })
        }
        (says, _) => {
            let reason = format!("no rule says {says:?} with these values");
            plan.find(row, "says", FindingKind::Malformed, reason);
            None
        }
    }
}

/// Reads what a rule of capacity says: the roles of the bodies and, after `for`, the functions. If
/// a word is not valid, adds a finding and returns `None`.
fn of_capacity(
    plan: &mut Plan,
    row: &Row<'_>,
    bases: Vec<LegalBasis>,
    capacity: &str,
    rest: &[&str],
) -> Option<RuleContent> {
    let capacity = word::<Capacity>(plan, row, "value", capacity)?;
    let mut halves = rest.split(|word| *word == "for");
    let bodies = words::<RoleInAnswer>(plan, row, halves.next().unwrap_or_default());
    let functions = codes_of(plan, row, halves.next().unwrap_or_default());
    Some(RuleContent::Capacity { bases, functions: functions?, capacity, bodies: bodies? })
}

/// The words of the column `value` as words of one vocabulary. If one is not, adds a finding and
/// returns `None`.
fn words<W: Word>(plan: &mut Plan, row: &Row<'_>, all: &[&str]) -> Option<Vec<W>> {
    all.iter().map(|one| word(plan, row, "value", one)).collect()
}

/// Whether there are words before and after the word `between`.
fn divided(all: &[&str], between: &str) -> bool {
    let at = all.iter().position(|word| *word == between);
    at.is_some_and(|at| at > 0 && at + 1 < all.len())
}

/// The words before and after the word `between`.
fn two_lists<A: Word, B: Word>(
    plan: &mut Plan,
    row: &Row<'_>,
    all: &[&str],
    between: &str,
) -> Option<(Vec<A>, Vec<B>)> {
    let mut halves = all.split(|word| *word == between);
    let first = words(plan, row, halves.next().unwrap_or_default());
    let second = words(plan, row, halves.next().unwrap_or_default());
    first.zip(second)
}

fn codes_of(plan: &mut Plan, row: &Row<'_>, codes: &[&str]) -> Option<Vec<FunctionCode>> {
    codes.iter().map(|code| value(plan, row, code.parse())).collect()
}
