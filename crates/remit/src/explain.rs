//! Implements `remit explain`: prints an answer and the reasoning for it as a tree, in which the
//! reasons for each line stand below that line.

use std::process::ExitCode;

use remit_grpc::pb;
use remit_wording::answer::sentence;

use crate::args::{Output, Question};
use crate::client::Client;
use crate::failure::Failure;
use crate::plain;
use crate::print::{self, say};
use crate::questions::{request, sure};

pub async fn explain(
    client: &Client,
    question: &Question,
    output: Output,
) -> Result<ExitCode, Failure> {
    let request = pb::ExplainRequest { question: Some(request(question)) };
    let reply = client.responsibility().explain(request).await?.into_inner();
    if output == Output::Json {
        print::json("ExplainResponse", &reply)?;
        return Ok(ExitCode::SUCCESS);
    }
    let (Some(answer), Some(tree)) = (&reply.answer, &reply.tree) else {
        return Err(Failure::software("the server sent an empty reply"));
    };
    say!("{}\n", sentence(&plain::answer(answer)));
    say!("{}, because", tree.says);
    print_below(&below(tree, &reply), "");
    say!(
        "\nWithout any one of these events the answer would read otherwise; no other event is \
         needed for it."
    );
    say!("as known at {}", print::known(answer.known_at.as_ref()));
    Ok(ExitCode::SUCCESS)
}

/// A line of the printed tree, and the branches below that line.
struct Branch {
    line: String,
    below: Vec<Branch>,
}

/// Returns the branches below one step of the reasoning: the further steps, the events and the
/// rules of law from which that step follows.
fn below(step: &pb::ExplainStep, reply: &pb::ExplainResponse) -> Vec<Branch> {
    let steps = step
        .because
        .iter()
        .map(|other| Branch { line: other.says.clone(), below: below(other, reply) });
    let leaf = |line| Branch { line, below: Vec::new() };
    let of = |position: &u64| {
        let found = reply
            .grounds
            .iter()
            .find(|ground| ground.ground.is_some_and(|ground| ground.position == *position));
        found.map(event)
    };
    let law = |id: &String| {
        let rule = reply.rules.iter().find(|rule| rule.id == *id)?;
        let against = match rule.counter_argument.as_str() {
            "" => Vec::new(),
            text => vec![leaf(format!("against it: {text}"))],
        };
        let line = format!("rule {id}: {} [{}]", rule.text, rule.citation);
        Some(Branch { line, below: against })
    };
    let events = step.events.iter().filter_map(of).map(leaf);
    steps.chain(events).chain(step.rules.iter().filter_map(law)).collect()
}

fn event(ground: &pb::ExplainedGround) -> String {
    let at = ground.ground.unwrap_or_default();
    let what = print::event(&ground.event_type).replace('-', " ");
    let (position, about) = (at.position, &ground.subject);
    let evidence = ground.evidence.clone().unwrap_or_default();
    // Of what is disputed, the note says who says otherwise.
    let disputed = evidence.confidence() == pb::Confidence::Disputed && !evidence.note.is_empty();
    let note = if disputed { format!(": {}", evidence.note) } else { String::new() };
    format!("event {position}: {what} {about}; {} ({}{note})", evidence.source, sure(ground))
}

fn print_below(branches: &[Branch], before: &str) {
    for (number, branch) in branches.iter().enumerate() {
        let (fork, down) = match number + 1 == branches.len() {
            true => ("└─ ", "   "),
            false => ("├─ ", "│  "),
        };
        say!("{before}{fork}{}", branch.line);
        print_below(&branch.below, &format!("{before}{down}"));
    }
}
