//! Names of bodies: those that documents date, and those that were seen in dated lists.
//!
//! A sighting is of one day, or of the days between a first and a last. It bounds a name's life: a
//! body bears a name from the day on which the name was first seen until the day before another
//! was. Before the first sighting of all, it bears the first. All this is derived.

use std::collections::BTreeMap;

use remit_domain::{BodyCode, BodyNamed, Confidence, Day, Known, Period, Text};

use crate::plan::{HEAD, Plan, Row};

const OF_ODS: &str = "ODS eccg.csv";

/// Names as lists spell them, without what differs from list to list: `NHS Cumbria` and `NHS
/// CUMBRIA CCG` are one name.
fn plain(name: &str) -> String {
    let name = name.to_uppercase().replace('&', " AND ");
    let words = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.filter(|word| !["NHS", "CCG"].contains(word)).collect::<Vec<_>>().join(" ")
}

/// The days on which names of each body were first seen, as `plain` has them.
type FirstSeen = BTreeMap<(BodyCode, String), Vec<(Day, Day)>>;

fn first_seen(text: &str) -> FirstSeen {
    let mut found = FirstSeen::new();
    let mut table = csv::Reader::from_reader(text.as_bytes());
    let Ok(header) = table.headers().cloned() else { return found };
    for record in table.records().flatten() {
        let field = |column: &str| {
            let index = header.iter().position(|name| name.trim() == column);
            index.and_then(|index| record.get(index)).unwrap_or_default()
        };
        let days = (field("first_seen").parse::<Day>(), field("last_seen").parse::<Day>());
        if let (Ok(code), (Ok(first), Ok(last))) = (field("ods_code").parse::<BodyCode>(), days) {
            found.entry((code, plain(field("name")))).or_default().push((first, last));
        }
    }
    found
}

/// Reads names that documents give with their first and last days.
pub(super) fn dated(plan: &mut Plan, file: &str, text: &str) {
    let needed = ["ods_code", "name", "valid_from", "valid_to", "source"];
    plan.table(file, text, &needed, |plan, row| {
        let Some((code, name)) = named(plan, row) else { return };
        let Some(effective) = plan.period(row, "valid_from", "valid_to") else { return };
        offer(plan, row, BodyNamed { code, name, effective }, (Confidence::Confirmed, ""));
    });
}

/// Reads names that were seen in dated lists.
pub(super) fn sighted(plan: &mut Plan, file: &str, text: &str) {
    let needed = ["ods_code", "name", "first_seen", "last_seen", "source"];
    let seen = first_seen(text);
    plan.table(file, text, &needed, |plan, row| {
        // The label of a statistical list, such as "NHS Darlington", is shorter than the name.
        if row.text("source") != OF_ODS {
            plan.pass_over(row, "a label of a statistical list: it only bounds a name's life");
            return;
        }
        let Some((code, name)) = named(plan, row) else { return };
        let Some(sighting) = plan.period(row, "first_seen", "last_seen") else { return };
        let lives = plan.register().roles(code);
        let life = lives.iter().find(|life| life.effective.contains(sighting.from()));
        let Some(life) = life.map(|life| life.effective) else {
            let of_role = plan.register().body_view(code, None, HEAD);
            let known = of_role.iter().any(|view| *view.name == name);
            let why = (Confidence::Derived, "seen on days on which the body is not in being");
            match known {
                true => plan.held(row.file),
                false => offer(plan, row, BodyNamed { code, name, effective: sighting }, why),
            }
            return;
        };
        match borne(plan, &seen, code, &name, life) {
            None => plan.held(row.file),
            Some(effective) => {
                let why = "from its first sighting until another's; what lies between is derived";
                offer(plan, row, BodyNamed { code, name, effective }, (Confidence::Derived, why));
            }
        }
    });
}

/// The days on which the body bore `name` in `life`, if that is not the name recorded with its
/// role.
fn borne(
    plan: &Plan,
    seen: &FirstSeen,
    code: BodyCode,
    name: &Text,
    life: Period,
) -> Option<Period> {
    let own = plan.register().body_view(code, None, HEAD);
    let own = own.iter().find(|view| view.effective == life).map(|view| plain(view.name.as_str()));
    let this = plain(name.as_str());
    if own.as_ref() == Some(&this) {
        return None;
    }
    // Labels of other lists count where they spell a name that the body is known to have borne.
    let within = |(first, last): &(Day, Day)| {
        life.until().is_none_or(|until| *first < until) && *last >= life.from()
    };
    let first = |name: &String| {
        let days = seen.get(&(code, name.clone()))?;
        days.iter().filter(|days| within(days)).map(|(first, _)| *first).min()
    };
    let others: Vec<Day> = own.iter().filter_map(first).collect();
    let from = first(&this)?;
    let earliest = others.iter().all(|other| from <= *other);
    let from = if earliest { life.from() } else { from };
    let until = others.into_iter().filter(|other| *other > from).min();
    Period::new(from, until.or(life.until())).ok()
}

fn named(plan: &mut Plan, row: &Row<'_>) -> Option<(BodyCode, Text)> {
    let code = plan.parse::<BodyCode>(row, "ods_code");
    let name = plan.parse::<Text>(row, "name");
    Some((code?, name?))
}

/// Plans a name, unless the register holds it for just these days.
fn offer(plan: &mut Plan, row: &Row<'_>, fact: BodyNamed, (sure, note): (Confidence, &str)) {
    let held = plan.register().names(fact.code, HEAD);
    if held.iter().any(|view| *view.name == fact.name && view.effective == fact.effective) {
        plan.held(row.file);
        return;
    }
    if let Some(evidence) = plan.evidence(row, row.text("source"), "", sure, note) {
        plan.offer(row, "name", fact, evidence);
    }
}
