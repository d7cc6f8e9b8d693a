//! Reads the tables of bodies, and of the names, successions and memberships of bodies.

use remit_domain::{
    Body, BodyCode, BodyDissolved, BodyRole, Confidence, Evidence, Known, Member, Membership,
    MembershipEnded, Period, Relation, Succession, SuccessionKind, SuccessorKnown, Text,
};

use crate::plan::{FindingKind, HEAD, Plan, Row};

use super::claims::Claims;

/// Plans a body in a role, and the end of the body if the period has one. If the register already
/// holds the body in that role, plans only a missing end; any other difference is a finding.
pub(crate) fn body(
    plan: &mut Plan,
    row: &Row<'_>,
    (code, role): (BodyCode, BodyRole),
    name: Text,
    effective: Period,
    (start, end): (Evidence, Evidence),
) {
    let held = plan.register().roles(code);
    let held = held
        .iter()
        .find(|held| held.role == role && held.effective.from() == effective.from())
        .map(|held| held.effective);
    if let Some(period) = held {
        plan.held(row.file);
        let register = plan.register();
        let known: Vec<_> = register
            .body_view(code, None, HEAD)
            .iter()
            .map(|view| view.name.clone())
            .chain(register.names(code, HEAD).into_iter().map(|view| view.name.clone()))
            .collect();
        if !known.contains(&name) {
            let held: Vec<_> = known.iter().map(|name| format!("{:?}", name.as_str())).collect();
            let reason =
                format!("{:?} here; the register holds {}", name.as_str(), held.join(", "));
            plan.find(row, "name", FindingKind::Differs, reason);
        }
        match (period.until(), effective.until()) {
            (a, b) if a == b => {}
            (None, Some(until)) => {
                let fact = BodyDissolved { code, role, effective_until: until };
                plan.offer(row, "valid_to", fact, end);
            }
            (Some(until), other) => {
                let other = other.map_or("no end".to_owned(), |day| format!("until {day}"));
                let reason = format!("{other} here; the register holds until {until}");
                plan.find(row, "valid_to", FindingKind::Differs, reason);
            }
            (None, None) => {}
        }
        return;
    }
    let open = Period::open(effective.from());
    let fact = Body { code, role, name, legal_form: None, effective: open };
    // The end of a body is a separate fact from its start, because the end rests on other evidence
    // and became known later.
    if plan.offer(row, "valid_from", fact, start)
        && let Some(effective_until) = effective.until()
    {
        plan.offer(row, "valid_to", BodyDissolved { code, role, effective_until }, end);
    }
}

/// Plans a membership. If the register already holds the membership, plans only a missing end; any
/// other difference is a finding.
pub(crate) fn membership(
    plan: &mut Plan,
    row: &Row<'_>,
    (member, group): (BodyCode, BodyCode),
    relation: Relation,
    effective: Period,
    evidence: Evidence,
) {
    let member = Member::Body(member);
    let groups = plan.register().groups(&member, relation);
    let held = groups
        .iter()
        .find(|held| held.group == group && held.effective.from() == effective.from())
        .map(|held| held.effective);
    match held.map(|period| (period.until(), effective.until())) {
        None => {
            let fact = Membership { member, group, relation, effective };
            plan.offer(row, "valid_from", fact, evidence);
        }
        Some((held, said)) if held == said => plan.held(row.file),
        Some((None, Some(effective_until))) => {
            let effective_from = effective.from();
            let fact = MembershipEnded { member, group, relation, effective_from, effective_until };
            plan.offer(row, "valid_to", fact, evidence);
        }
        Some((held, said)) => {
            plan.held(row.file);
            let show = |day: Option<remit_domain::Day>| {
                day.map_or("no end".to_owned(), |day| format!("until {day}"))
            };
            let reason = format!("{} here; the register holds {}", show(said), show(held));
            plan.find(row, "valid_to", FindingKind::Differs, reason);
        }
    }
}

/// The role that a word in the data files stands for.
fn role(word: &str) -> Option<BodyRole> {
    Some(match word {
        "SECRETARY_OF_STATE" => BodyRole::SecretaryOfState,
        "NHS_ENGLAND" => BodyRole::NhsEngland,
        "NHSE_REGION" => BodyRole::NhsEnglandRegion,
        "NHSE_AREA_TEAM" => BodyRole::NhsEnglandAreaTeam,
        "NHSE_LOCAL_OFFICE" => BodyRole::NhsEnglandLocalOffice,
        "COMMISSIONING_HUB" => BodyRole::CommissioningHub,
        "CCG" => BodyRole::Ccg,
        "STP" => BodyRole::Stp,
        "ICB" => BodyRole::Icb,
        "SUB_ICB_LOCATION" => BodyRole::SubIcbLocation,
        "SUB_ICB_REPORTING_ENTITY" => BodyRole::SubIcbReportingEntity,
        "FEDERATION" => BodyRole::Federation,
        "PCT" => BodyRole::PrimaryCareTrust,
        _ => return None,
    })
}

/// The confidence in the start date and in the end date of a body, taken from `quality`, the data's
/// remark on these dates.
fn date_confidence(quality: &str) -> (Confidence, Confidence) {
    let derived = |is: bool| if is { Confidence::Derived } else { Confidence::Confirmed };
    let whole = quality.starts_with("derived") || quality.starts_with("well-known");
    (
        derived(whole || quality.contains("start derived")),
        derived(whole || quality.contains("end derived")),
    )
}

pub(super) fn organisations(plan: &mut Plan, file: &str, text: &str) {
    let needed = ["ods_code", "role", "name", "valid_from", "valid_to", "date_quality", "source"];
    plan.table(file, text, &needed, |plan, row| {
        let Some(role) = role(row.text("role")) else {
            let reason = format!("no such role: {:?}", row.text("role"));
            plan.find(row, "role", FindingKind::Malformed, reason);
            return;
        };
        let quality = row.text("date_quality");
        let (start, end) = date_confidence(quality);
        let source = row.text("source");
        let code = plan.parse::<BodyCode>(row, "ods_code");
        let name = plan.parse::<Text>(row, "name");
        let effective = plan.period(row, "valid_from", "valid_to");
        let start = plan.evidence(row, source, "", start, quality);
        if let (Some(code), Some(name), Some(effective), Some(start)) =
            (code, name, effective, start)
        {
            let end = Evidence { confidence: end, ..start.clone() };
            body(plan, row, (code, role), name, effective, (start, end));
        }
    });
}

pub(super) fn successions(plan: &mut Plan, file: &str, text: &str) {
    let needed = ["predecessor_code", "successor_code", "effective_date", "type", "source"];
    plan.table(file, text, &needed, |plan, row| {
        use Confidence::{Confirmed, Derived, Unconfirmed};
        let predecessor = plan.parse::<BodyCode>(row, "predecessor_code");
        let successor = plan.parse::<BodyCode>(row, "successor_code");
        let day = plan.day(row, "effective_date");
        let (Some(predecessor), Some(successor), Some(day)) = (predecessor, successor, day) else {
            return;
        };
        let legal_person = day.eve().is_some_and(|eve| {
            let roles = plan.register().roles(predecessor);
            roles.iter().any(|held| held.effective.contains(eve) && held.role.is_commissioner())
        });
        // Section 5.6 of the domain reference: when CCGs were abolished in 2022, and when an ICB is
        // abolished, every liability must pass by a scheme. When CCGs merged, schemes could be
        // made, and the data does not say which were made.
        let (kind, by_liability) = match row.text("type") {
            "CCG_TO_ICB" => (SuccessionKind::CcgToIcb, Some(Derived)),
            "MERGER" if day.to_string().as_str() >= "2022-07-01" => {
                (SuccessionKind::Merger, Some(Derived))
            }
            "MERGER" => (SuccessionKind::Merger, Some(Unconfirmed)),
            "SPLIT" => (SuccessionKind::Split, Some(Unconfirmed)),
            "ACQUISITION" => (SuccessionKind::Acquisition, Some(Unconfirmed)),
            other => {
                let reason = format!(
                    "no such succession: {other:?}; it is MERGER, SPLIT, ACQUISITION or CCG_TO_ICB"
                );
                plan.find(row, "type", FindingKind::Malformed, reason);
                return;
            }
        };
        let share = row.text("share");
        let share_millionths = match share.parse::<f64>() {
            Ok(share) if (0.0..=1.0).contains(&share) => Some((share * 1e6).round() as u32),
            Err(_) if share.is_empty() => None,
            _ => {
                let reason = format!("not a share of one: {share:?}");
                plan.find(row, "share", FindingKind::Malformed, reason);
                return;
            }
        };
        let Some(evidence) =
            plan.evidence(row, row.text("source"), "", Confirmed, row.text("note"))
        else {
            return;
        };
        let fact = Succession {
            predecessor,
            successor,
            effective_on: day,
            kind,
            by_area: Some(Confirmed),
            by_liability: by_liability.filter(|_| legal_person),
            share_millionths,
        };
        succession(plan, row, fact, evidence);
    });
}

/// Plans a succession. If the register already holds it, each difference is a finding.
fn succession(plan: &mut Plan, row: &Row<'_>, said: Succession, evidence: Evidence) {
    let all = plan.register().successors(said.predecessor);
    let is_it = |held: &&SuccessorKnown| {
        (held.successor, held.effective_on) == (said.successor, said.effective_on)
    };
    let Some(held) = all.iter().find(is_it) else {
        plan.offer(row, "effective_date", said, evidence);
        return;
    };
    plan.held(row.file);
    if held.kind != said.kind {
        let reason = format!("{} here; the register holds {}", said.kind, held.kind);
        plan.find(row, "type", FindingKind::Differs, reason);
    }
    if held.share_millionths != said.share_millionths {
        let show = |share: Option<u32>| {
            share.map_or("no share".to_owned(), |share| format!("{share} millionths"))
        };
        let (said, held) = (show(said.share_millionths), show(held.share_millionths));
        let reason = format!("{said} here; the register holds {held}");
        plan.find(row, "share", FindingKind::Differs, reason);
    }
}

pub(super) fn parents(plan: &mut Plan, file: &str, text: &str) {
    let needed = ["child_code", "parent_code", "relation", "valid_from", "valid_to", "source"];
    let look = |claims: &mut Claims, row: &Row<'_>| claims.look(row, ("child_code", "parent_code"));
    plan.table_seen(file, text, &needed, look, |plan, row, claims| {
        let relation = match row.text("relation") {
            "SUB_ICB_OF_ICB" => Relation::SubIcbOfIcb,
            "CCG_OF_STP" => Relation::CcgOfStp,
            "STP_OF_REGION" => Relation::StpOfRegion,
            "ICB_OF_REGION" => Relation::IcbOfRegion,
            "CCG_OF_AREA_TEAM" => Relation::CcgOfAreaTeam,
            "CCG_OF_LOCAL_OFFICE_OBSERVED" => Relation::CcgOfLocalOffice,
            "CCG_OF_REGION_OBSERVED" => Relation::CcgOfRegion,
            other => {
                let reason = format!("no such relation: {other:?}");
                plan.find(row, "relation", FindingKind::Malformed, reason);
                return;
            }
        };
        let child = plan.parse::<BodyCode>(row, "child_code");
        let parent = plan.parse::<BodyCode>(row, "parent_code");
        let effective = plan.period(row, "valid_from", "valid_to");
        let quality = row.text("date_quality");
        let derived = quality.contains("derived") || quality.contains("assumed");
        let confidence = if derived { Confidence::Derived } else { Confidence::Confirmed };
        let evidence = plan.evidence(row, row.text("source"), "", confidence, quality);
        if let (Some(child), Some(parent), Some(effective), Some(evidence)) =
            (child, parent, effective, evidence)
            && !claims.contradict(plan, row, "child_code")
        {
            membership(plan, row, (child, parent), relation, effective, evidence);
        }
    });
}

pub(super) fn practices(plan: &mut Plan, file: &str, text: &str) {
    let needed = ["practice_code", "name", "open_date", "close_date", "status"];
    plan.table(file, text, &needed, |plan, row| {
        let code = plan.parse::<BodyCode>(row, "practice_code");
        let name = plan.parse::<Text>(row, "name");
        let effective = plan.period(row, "open_date", "close_date");
        let source = "ODS epraccur.csv, public extracts of 2015-09 to 2026-03";
        let evidence = plan.evidence(row, source, "", Confidence::Confirmed, "");
        if let (Some(code), Some(name), Some(effective), Some(evidence)) =
            (code, name, effective, evidence)
        {
            let evidence = (evidence.clone(), evidence);
            body(plan, row, (code, BodyRole::Practice), name, effective, evidence);
        }
    });
}

pub(super) fn commissioners(plan: &mut Plan, file: &str, text: &str) {
    let needed = ["practice_code", "commissioner_code", "valid_from", "valid_to", "source"];
    let columns = ("practice_code", "commissioner_code");
    let look = |claims: &mut Claims, row: &Row<'_>| claims.look(row, columns);
    plan.table_seen(file, text, &needed, look, |plan, row, claims| {
        let practice = plan.parse::<BodyCode>(row, "practice_code");
        let commissioner = plan.parse::<BodyCode>(row, "commissioner_code");
        let effective = plan.period(row, "valid_from", "valid_to");
        let (adjustment, other) = (row.text("adjustment"), row.text("also_claimed_by"));
        let (confidence, note) = match (other, adjustment) {
            ("", "") => (Confidence::Confirmed, String::new()),
            ("", adjustment) => (Confidence::Derived, adjustment.to_owned()),
            (other, _) => {
                let note = format!("ODS places it under {other} on the same days too");
                (Confidence::Disputed, note)
            }
        };
        let source = format!("ODS {}", row.text("source"));
        let evidence = plan.evidence(row, &source, "", confidence, &note);
        if let (Some(practice), Some(commissioner), Some(effective), Some(evidence)) =
            (practice, commissioner, effective, evidence)
            && plan.known_body(row, "practice_code", practice)
            && !claims.contradict(plan, row, "practice_code")
        {
            let relation = Relation::PracticeOfCommissioner;
            membership(plan, row, (practice, commissioner), relation, effective, evidence);
        }
    });
}

pub(super) fn networks(plan: &mut Plan, file: &str, text: &str) {
    let needed = ["pcn_code", "name", "commissioner_code", "open_date", "close_date"];
    plan.table(file, text, &needed, |plan, row| {
        let code = plan.parse::<BodyCode>(row, "pcn_code");
        let name = plan.parse::<Text>(row, "name");
        let effective = plan.period(row, "open_date", "close_date");
        let source = "ODS primary care network extracts of 2026-01 and 2026-03";
        let evidence = plan.evidence(row, source, "", Confidence::Confirmed, "");
        let (Some(code), Some(name), Some(effective), Some(evidence)) =
            (code, name, effective, evidence)
        else {
            return;
        };
        let both = (evidence.clone(), evidence);
        body(plan, row, (code, BodyRole::Pcn), name, effective, both);
        if row.text("commissioner_code").is_empty() {
            return;
        }
        let Some(commissioner) = plan.parse::<BodyCode>(row, "commissioner_code") else { return };
        // The extract gives only the current commissioner of a network. The membership begins on
        // the network's first day or the commissioner's first day, whichever is later.
        let begins = plan.register().roles(commissioner).iter().map(|h| h.effective.from()).min();
        let Some(begins) = begins else {
            plan.known_body(row, "commissioner_code", commissioner);
            return;
        };
        let since = Period::new(effective.from().max(begins), effective.until());
        let Ok(since) = since else {
            let reason = format!("{commissioner} begins on {begins}, after the network closed");
            plan.find(row, "commissioner_code", FindingKind::DateAgainstDate, reason);
            return;
        };
        let note = "the commissioner of the extract, from the later of the two first days";
        if let Some(evidence) = plan.evidence(row, source, "", Confidence::Derived, note) {
            let relation = Relation::PcnOfCommissioner;
            membership(plan, row, (code, commissioner), relation, since, evidence);
        }
    });
}

pub(super) fn practice_networks(plan: &mut Plan, file: &str, text: &str) {
    let needed = ["practice_code", "pcn_code", "valid_from", "valid_to"];
    plan.table(file, text, &needed, |plan, row| {
        let practice = plan.parse::<BodyCode>(row, "practice_code");
        let network = plan.parse::<BodyCode>(row, "pcn_code");
        let effective = plan.period(row, "valid_from", "valid_to");
        let source = "ODS primary care network extracts of 2026-01 and 2026-03";
        let evidence = plan.evidence(row, source, "", Confidence::Confirmed, "");
        if let (Some(practice), Some(network), Some(effective), Some(evidence)) =
            (practice, network, effective, evidence)
            && plan.known_body(row, "practice_code", practice)
        {
            let relation = Relation::PracticeOfPcn;
            membership(plan, row, (practice, network), relation, effective, evidence);
        }
    });
}
