//! `docs/law.md`: every rule and every row of the catalogue, in the order of the Acts. It is made
//! from the rows; `REMIT_BLESS=1` writes it anew.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use acceptance::law;
use remit_domain::{
    Act, Confidence, Fact, Function, FunctionCode, HolderRule, LawFact, Period, Rule, RuleContent,
    RuleId,
};

use super::law_answers;

/// For each rule, the functions of the questions that rest on it, by basis.
type Resting = BTreeMap<RuleId, BTreeMap<String, BTreeSet<FunctionCode>>>;

fn list<T: std::fmt::Display>(items: &[T]) -> String {
    let items: Vec<_> = items.iter().map(ToString::to_string).collect();
    if items.is_empty() { "none".to_owned() } else { items.join(", ") }
}

/// What a rule does to an answer, or to what may be recorded.
fn does(content: &RuleContent) -> String {
    use RuleContent as R;
    match content {
        R::Liability { bases, liable } => format!("Liable on {}: {liable}.", list(bases)),
        R::Capacity { bases, functions, capacity, bodies } => {
            let of = if functions.is_empty() {
                String::new()
            } else {
                format!(", for {}", list(functions))
            };
            format!("On {}{of}: {} {capacity}.", list(bases), list(bodies))
        }
        R::Regime { bases, functions } => {
            let of = if functions.is_empty() { "every function".into() } else { list(functions) };
            format!("Says how {of} is exercised on {}.", list(bases))
        }
        R::Receiving { bases, roles } => {
            format!("May receive on {}: {}.", list(bases), list(roles))
        }
        R::Giving { bases, roles } => format!("May give on {}: {}.", list(bases), list(roles)),
        R::Onward { bases } => format!("May be passed on by {}.", list(bases)),
        R::Notice { bases, last, ends } => {
            let (last, ends) = (
                format!("{:02}-{:02}", last.month, last.day),
                format!("{:02}-{:02}", ends.month, ends.day),
            );
            format!(
                "Notice on {}: by {last} of a year, it ends the instrument on {ends} of the next.",
                list(bases)
            )
        }
        R::Continuity { basis, from, to } => {
            format!(
                "An instrument on {basis} with a {from} goes on against the {to} that succeeds it."
            )
        }
        R::Transition { bases, step, from, by } => {
            format!("Step {step} on {}: from {}, by {}.", list(bases), list(from), list(by))
        }
        R::Window { bases, step, last } => format!("Step {step} on {}: by {last}.", list(bases)),
        R::Commencement { bases, giver, days } => {
            let days: Vec<_> =
                days.iter().map(|d| format!("{:02}-{:02}", d.month, d.day)).collect();
            format!("Instruments of {giver} on {} begin on {}.", list(bases), days.join(" or "))
        }
        R::Vesting { functions, role, ends } => {
            format!("{} become each {role}'s own; ends {}.", list(functions), list(ends))
        }
        R::Succeeding { from, to } => {
            format!("{} may be succeeded by {}.", list(from), list(to))
        }
        R::Joining { relation, members, groups } => {
            format!("As {relation}, {} may belong to {}.", list(members), list(groups))
        }
        R::ReadAcross { from, to } => {
            format!("What a {from} did is treated as done by the {to} that succeeds it.")
        }
    }
}

/// Where a citation stands: its Act by year, then its section, part by part; then its text.
fn place(citation: &str) -> (u32, Vec<(u32, String)>, String) {
    // "2006 Act", or "Health and Care Act 2022".
    let first = citation.split(';').next().unwrap_or_default();
    let year = first.split_once(" Act").and_then(|(before, after)| {
        let words = [before.split_whitespace().last(), after.split_whitespace().next()];
        words.into_iter().flatten().find_map(|year| year.parse().ok())
    });
    let section = first.split_once("s.").map(|(_, after)| after).unwrap_or_default();
    let section: String = section.chars().take_while(|c| c.is_alphanumeric()).collect();
    let mut parts: Vec<(u32, String)> = Vec::new();
    let mut rest = section.as_str();
    while !rest.is_empty() {
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let letters = rest[digits..].len()
            - rest[digits..].trim_start_matches(|c: char| c.is_alphabetic()).len();
        parts
            .push((rest[..digits].parse().unwrap_or(0), rest[digits..digits + letters].to_owned()));
        rest = &rest[digits + letters..];
    }
    (year.unwrap_or(u32::MAX), parts, citation.to_owned())
}

fn days(effective: Option<Period>) -> String {
    effective.map_or("not commenced".to_owned(), |period| period.to_string())
}

/// The days of a rule, which of some kinds of rule are days of successions.
fn of_successions(content: &RuleContent, days: String) -> String {
    match content {
        RuleContent::ReadAcross { .. }
        | RuleContent::Continuity { .. }
        | RuleContent::Succeeding { .. } => {
            format!("for successions from {days}")
        }
        RuleContent::Joining { .. } => format!("for memberships from {days}"),
        RuleContent::Liability { .. }
        | RuleContent::Receiving { .. }
        | RuleContent::Notice { .. }
        | RuleContent::Giving { .. }
        | RuleContent::Onward { .. }
        | RuleContent::Transition { .. }
        | RuleContent::Window { .. }
        | RuleContent::Commencement { .. }
        | RuleContent::Vesting { .. }
        | RuleContent::Capacity { .. }
        | RuleContent::Regime { .. } => days,
    }
}

fn sure(confidence: Confidence) -> String {
    match confidence == Confidence::Confirmed {
        true => String::new(),
        false => format!(" **{confidence}**"),
    }
}

/// The questions that rest on a rule, in a few words.
fn questions(rule: &Rule, resting: &Resting) -> String {
    use RuleContent as R;
    match &rule.content {
        R::Receiving { .. } => "who may receive on these bases".to_owned(),
        R::Giving { .. } => "who may give on these bases".to_owned(),
        R::Onward { .. } => "whether a receiver may pass a function on".to_owned(),
        R::Notice { .. } => "when an instrument ends to which notice was given".to_owned(),
        R::Transition { step, .. } => format!("who may {step}, and from which state"),
        R::Window { step, .. } => format!("until which day one may {step}"),
        R::Commencement { .. } => "on which day an instrument may begin".to_owned(),
        R::Succeeding { .. } => "which body may succeed which".to_owned(),
        R::Joining { .. } => "which body may belong to which".to_owned(),
        R::Continuity { .. } => "who exercises a function under it after the succession".to_owned(),
        R::Liability { .. }
        | R::Capacity { .. }
        | R::Regime { .. }
        | R::Vesting { .. }
        | R::ReadAcross { .. } => {
            let Some(by_basis) = resting.get(&rule.id) else { return "none".to_owned() };
            let each = by_basis.iter().map(|(basis, functions)| {
                let functions: Vec<_> = functions.iter().map(ToString::to_string).collect();
                let on = match basis.as_str() {
                    "no known basis" => "where it is not known on which basis".to_owned(),
                    basis => format!("on {basis}"),
                };
                match functions.as_slice() {
                    [first, second, third, rest @ ..] if rest.len() > 1 => {
                        format!("{first}, {second}, {third} and {} others {on}", rest.len())
                    }
                    few => format!("{} {on}", few.join(", ")),
                }
            });
            format!("who holds {}", each.collect::<Vec<_>>().join("; "))
        }
    }
}

fn page(mut rules: Vec<Rule>, mut functions: Vec<Function>) -> String {
    let resting = law_answers::resting();
    let mut page = format!("\n## Rules ({})\n\n", rules.len());
    rules.sort_by_key(|rule| (place(rule.citation.as_str()), rule.id.to_string()));
    for rule in rules {
        let questions = questions(&rule, &resting);
        let Rule { id, effective, content, text, counter_argument, citation, confidence } = rule;
        let against = counter_argument.map(|text| format!("\n  Against it: {text}"));
        let against = against.unwrap_or_default();
        let _ = writeln!(
            page,
            "- [ ] **{citation}** · {id} · {}{}\n  {}\n  {text}{against}\n  \
             Questions: {questions}.",
            of_successions(&content, days(effective)),
            sure(confidence),
            does(&content)
        );
    }
    functions
        .sort_by_key(|row| (place(row.basis.as_str()), row.code.to_string(), row.effective.from()));
    let _ = writeln!(page, "\n## Catalogue ({} rows)\n", functions.len());
    for row in functions {
        let holder = match &row.holder {
            HolderRule::Body(code) => code.to_string(),
            HolderRule::OutsideRecords(who) => format!("{who}, outside the records"),
            HolderRule::Commissioner => "each commissioner".to_owned(),
        };
        let routes: Vec<_> =
            row.routes.iter().map(|r| format!("{}{}", r.basis, sure(r.confidence))).collect();
        let routes = if routes.is_empty() { "none".to_owned() } else { routes.join(", ") };
        let reserved = if row.reserved { "; reserved" } else { "" };
        let note = row.note.as_ref().map(|note| format!("\n  {note}")).unwrap_or_default();
        let _ = writeln!(
            page,
            "- [ ] **{}** · {} · {}{}\n  {}: held by {holder}{reserved}; may go by {routes}.\n  \
             Source: {}.{note}",
            row.basis,
            row.code,
            row.effective,
            sure(row.confidence),
            row.name,
            row.citation,
        );
    }
    page
}

#[test]
fn the_page_of_law_says_what_the_rows_say() {
    let (mut rules, mut functions) = (Vec::new(), Vec::new());
    for command in law() {
        if let Act::State(Fact::Law(LawFact::RuleEnacted(rule))) = command.act {
            rules.push(rule);
        } else if let Act::State(Fact::Law(LawFact::FunctionCatalogued(row))) = command.act {
            functions.push(row);
        }
    }
    assert!(rules.len() > 70 && functions.len() > 100, "all of it");
    let without = rules.iter().filter(|rule| rule.counter_argument.is_none());
    let without: Vec<_> = without.map(|rule| rule.id.to_string()).collect();
    assert!(without.is_empty(), "rules that do not say what speaks against them: {without:?}");
    let made = page(rules, functions);
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/law.md");
    let found = std::fs::read_to_string(&path).expect("the page");
    let mark =
        "<!-- from here on written by `REMIT_BLESS=1 cargo test -p acceptance law_page` -->\n";
    let (head, rest) = found.split_once(mark).expect("a mark");
    if std::env::var_os("REMIT_BLESS").is_some() {
        std::fs::write(&path, format!("{head}{mark}{made}")).expect("written");
    } else {
        assert_eq!(rest, made, "docs/law.md says what the rows say");
    }
}

#[test]
fn sections_stand_in_the_order_of_the_acts() {
    let in_order = [
        "2006 Act s.6C(1)",
        "2006 Act s.7A(1), (4)",
        "2006 Act s.7B(9); SI 2022/734",
        "2006 Act s.13YB(1)",
        "2006 Act s.13Z(2)",
        "2006 Act s.14Z3(6)",
        "2006 Act s.14Z9, s.14Z3",
        "2006 Act s.14Z21",
        "2006 Act s.65Z5(6)",
        "2006 Act s.98A(4)",
        "Health and Care Act 2022 s.71",
        "SI 2022/734 reg.22; Interpretation Act 1978 s.16",
    ];
    assert!(in_order.is_sorted_by_key(|citation| place(citation)), "{in_order:?}");
}
