//! An explanation as a tree: what is so, because of what.

use crate::pb;

/// The steps of an answer, each with the events it rests on, in the order of the resolution
/// procedure.
pub(super) fn tree(answer: &pb::Answer, grounds: &[pb::ExplainedGround]) -> pb::ExplainStep {
    use pb::GroundKind as K;
    let mut left: Vec<&pb::ExplainedGround> = grounds.iter().collect();
    let mut take = |wanted: &dyn Fn(K, &pb::ExplainedGround) -> bool| {
        let mut events = Vec::new();
        left.retain(|ground| {
            let at = ground.ground.unwrap_or_default();
            let taken = wanted(at.kind(), ground);
            if taken && !events.contains(&at.position) {
                events.push(at.position);
            }
            !taken
        });
        events
    };
    let step = |says: String, events: Vec<u64>, rules: Vec<String>, because| pb::ExplainStep {
        says,
        events,
        rules,
        because,
    };
    let mut because = Vec::new();
    let mut add = |says: String, events: Vec<u64>, rules: Vec<String>| {
        if !events.is_empty() || !rules.is_empty() {
            because.push(step(says, events, rules, Vec::new()));
        }
    };
    let of_instrument = |id: &str, ground: &pb::ExplainedGround, kind: K| {
        ground.subject == id
            && matches!(
                kind,
                K::Instrument | K::InForce | K::Variation | K::Stage | K::Notice | K::Work
            )
    };
    let mut instruments = Vec::new();
    let named = [
        (&answer.instruments, "is in force"),
        (&answer.links, "is in force, and its receiver passed the function on"),
        (&answer.predecessor_instruments, "was in force when the commissioner before ended"),
    ];
    for (ids, what) in named {
        for id in ids {
            let events = take(&|kind, ground| of_instrument(id, ground, kind));
            instruments.push((format!("{id} {what}"), events));
        }
    }
    let parties = take(&|kind, _| kind == K::Party);
    // Whoever would answer today does not make the answer what it is: apart, if that is all they do.
    let now = &answer.answering_now;
    let successor = |code: &str| now.iter().any(|now| now.successors.iter().any(|s| s == code));
    let today = take(&|kind, ground| {
        let at_place = ground.subject == answer.place || ground.subject == answer.area;
        kind == K::Body && successor(&ground.subject) && !at_place
            || kind == K::Rule && now.iter().any(|now| now.read_across == ground.subject)
    });
    let place = take(&|kind, _| matches!(kind, K::Body | K::Membership | K::Contract));
    let successions = take(&|kind, _| matches!(kind, K::Succession | K::End));
    let function = take(&|kind, _| kind == K::Function);
    let rules = take(&|kind, _| kind == K::Rule);
    let not_held = take(&|kind, _| kind == K::NotHeld);
    let rest = take(&|_, _| true);
    let area = match answer.area.as_str() {
        "" => format!("what is known of {}", answer.place),
        area if area == answer.place => format!("{area} is the commissioner of its area"),
        area => format!("{} lies in the area of {area}", answer.place),
    };
    add(area, place, Vec::new());
    add("bodies ended, and others succeeded them".to_owned(), successions, Vec::new());
    let holder = match answer.holder.as_str() {
        "" => format!("what the catalogue says of {}", answer.function),
        holder => format!("statute places {} on {holder}", answer.function),
    };
    add(holder, function, Vec::new());
    for (says, events) in instruments {
        add(says, events, Vec::new());
    }
    add("the parties, and those to whom they answer, are in being".to_owned(), parties, Vec::new());
    add("it was not held on these bases".to_owned(), not_held, Vec::new());
    let liable = answer.liable.clone().unwrap_or_default();
    let says = match liable.bodies.as_slice() {
        [] => "what the law says of liability".to_owned(),
        bodies => format!("{} is liable", bodies.join(" and ")),
    };
    add(says, rules, liable.rules);
    let mut whom: Vec<_> = now.iter().flat_map(|now| &now.successors).cloned().collect();
    whom.sort_unstable();
    whom.dedup();
    add(format!("{} would answer today", whom.join(" and ")), today, Vec::new());
    add("what stands beside the answer".to_owned(), rest, Vec::new());
    let kind = answer.kind().as_str_name().trim_start_matches("RESULT_KIND_").to_lowercase();
    let who = match answer.exercisers.as_slice() {
        [] => String::new(),
        some => format!(": {} exercises {}", some.join(" and "), answer.function),
    };
    step(format!("{}{who}", kind.replace('_', "-")), Vec::new(), Vec::new(), because)
}
