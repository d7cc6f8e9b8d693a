//! Reads `Record` requests, and writes commands as messages.

use std::sync::Arc;

use remit_domain::{
    Act, BodyCode, BodyFact, BodyFactKind, Command, CommitteeFact, CommitteeFactKind, DisputeFact,
    DisputeFactKind, Evidence, Fact, FactKind, InstrumentFact, InstrumentFactKind, LawFact,
    LawFactKind, MoneyFact, MoneyFactKind, Text, Word,
};
use remit_engine::Request;
use sha2::{Digest, Sha256};
use tonic::Status;

use crate::facts::{Message, each_fact, read_correct, write_correct};
use crate::fields::Fields;
use crate::value::Value;
use crate::{pb, render};

/// The maximum number of commands in one request.
pub const COMMANDS_MAX: usize = 5_000;
/// The maximum length of the field `actor` of a request, in characters.
const ACTOR_CHARS_MAX: usize = 200;

/// Reads a `Record` request. If `validate_only` is true, the request id may be empty.
///
/// # Errors
/// `INVALID_ARGUMENT`, with every bad field (at most 30 are listed).
pub fn record(mut request: pb::RecordRequest) -> Result<Request, Status> {
    let mut fields = Fields::default();
    let digest = digest(&mut request);
    let request_id = if request.validate_only && request.request_id.is_empty() {
        fields.parse("request_id", "validate-only")
    } else {
        fields.parse("request_id", &request.request_id)
    };
    let actor = fields.parse::<Text>("actor", &request.actor);
    if request.actor.chars().count() > ACTOR_CHARS_MAX {
        fields.bad("actor", format_args!("must be at most {ACTOR_CHARS_MAX} characters"));
    }
    let acting_for = fields.parse::<BodyCode>("acting_for", &request.acting_for);
    let default = match &request.evidence {
        Some(evidence) => Default::Given(fields.within("evidence", |f| read_evidence(f, evidence))),
        None => Default::Absent,
    };
    fields.not_empty("commands", &request.commands);
    if request.commands.len() > COMMANDS_MAX {
        let description = format!("at most {COMMANDS_MAX}; send more requests");
        fields.bad("commands", description);
        return Err(fields.refused());
    }
    let mut commands = Vec::with_capacity(request.commands.len());
    for (index, command) in request.commands.iter().enumerate() {
        let field = format!("commands[{index}]");
        commands.extend(fields.within(&field, |fields| read_command(fields, command, &default)));
    }
    let request = || {
        let (request_id, actor, acting_for) = (request_id?, actor?, acting_for?);
        let (principal, trace) = (None, None);
        Some(Request { request_id, digest, actor, acting_for, principal, trace, commands })
    };
    fields.finish(request)
}

/// The evidence of the whole request, used for each command that has none of its own. `Absent` if
/// the request has none; `Given(None)` if its evidence is invalid.
enum Default {
    Absent,
    Given(Option<Arc<Evidence>>),
}

fn read_command(fields: &mut Fields, wire: &pb::Command, default: &Default) -> Option<Command> {
    let evidence = match (&wire.evidence, default) {
        (Some(evidence), _) => fields.within("evidence", |f| read_evidence(f, evidence)),
        (None, Default::Given(evidence)) => evidence.clone(),
        (None, Default::Absent) => {
            fields.bad("evidence", "is required, here or for the whole request");
            None
        }
    };
    let act = read_act(fields, wire.act.as_ref());
    Some(Command { act: act?, evidence: evidence? })
}

fn read_evidence(fields: &mut Fields, wire: &pb::Evidence) -> Option<Arc<Evidence>> {
    let source = fields.value("source", &wire.source);
    let url = fields.value("url", &wire.url);
    let made_on = fields.value("made_on", &wire.made_on);
    let confidence = fields.value("confidence", &wire.confidence);
    let note = fields.value("note", &wire.note);
    let (source, url, made_on) = (source?, url?, made_on?);
    Some(Arc::new(Evidence { source, url, made_on, confidence: confidence?, note: note? }))
}

/// Returns the SHA-256 of a request, computed without its `request_id` and `prove`. Sets `prove` to
/// false in `request`.
fn digest(request: &mut pb::RecordRequest) -> [u8; 32] {
    use prost::Message;
    let id = std::mem::take(&mut request.request_id);
    request.prove = false;
    let bytes = request.encode_to_vec();
    request.request_id = id;
    Sha256::digest(bytes).into()
}

/// Returns the wire name of a kind of fact, such as `body_established`.
fn name(kind: FactKind) -> String {
    kind.word().replace('-', "_")
}

const GIVE_NOTICE: &str = "give_notice";
const CORRECT: &str = "correct";

macro_rules! acts {
    ($($topic:ident($facts:ident, $kinds:ident): $($kind:ident)+ $(, told $told:ident)?;)+) => {
        fn read_act(fields: &mut Fields, act: Option<&pb::command::Act>) -> Option<Act> {
            use pb::command::Act as A;
            let Some(act) = act else {
                fields.bad("act", "is required: one of the facts that can be recorded");
                return None;
            };
            let field = act_name(Some(act));
            match act {
                $($(A::$kind(wire) => {
                    let content = fields.within(&field, |fields| Message::read(fields, wire));
                    content.map(|content| Act::State($facts::$kind(content).into()))
                })+)+
                A::GiveNotice(wire) => fields.within(&field, |fields| read_notice(fields, wire)),
                A::Correct(wire) => fields.within(&field, |fields| {
                    read_correct(fields, wire, |fields, command| {
                        read_act(fields, command.act.as_ref())
                    })
                }),
                A::FieldRedacted(wire) => {
                    let redacted = fields.within(&field, |fields| Message::read(fields, wire));
                    redacted.map(|redacted| Act::State(Fact::Redacted(redacted)))
                }
            }
        }

        /// Returns the wire name of what a command asks to record, such as `body_established`;
        /// `act` if the command's field `act` is empty.
        fn act_name(act: Option<&pb::command::Act>) -> String {
            use pb::command::Act as A;
            match act {
                None => "act".to_owned(),
                $($(Some(A::$kind(_)) => {
                    name(FactKind::$topic($kinds::$kind))
                })+)+
                Some(A::GiveNotice(_)) => GIVE_NOTICE.to_owned(),
                Some(A::Correct(_)) => CORRECT.to_owned(),
                Some(A::FieldRedacted(_)) => name(FactKind::Redacted),
            }
        }

        /// Returns the field `act` of the command that states `fact`. `None` if no command states
        /// facts of that kind: they are recorded only as the result of `GiveNotice` or `Correct`.
        fn write_stated(fact: &Fact) -> Option<pb::command::Act> {
            use pb::command::Act as A;
            match fact {
                $(Fact::$topic(fact) => match fact {
                    $($facts::$kind(content) => Some(A::$kind(Message::write(content))),)+
                    $($facts::$told(_) => None,)?
                },)+
                Fact::Redacted(redacted) => Some(A::FieldRedacted(redacted.write())),
                Fact::Corrected(_) => None,
            }
        }
    };
}
each_fact!(acts);

fn read_notice(fields: &mut Fields, wire: &pb::GiveNotice) -> Option<Act> {
    let instrument = fields.value("instrument", &wire.instrument);
    let given_by = fields.value("given_by", &wire.given_by);
    let given_on = fields.value("given_on", &wire.given_on);
    Some(Act::GiveNotice { instrument: instrument?, given_by: given_by?, given_on: given_on? })
}

/// Returns the wire name of what each command asks to record, in the order of the commands.
#[must_use]
pub fn act_names(commands: &[pb::Command]) -> Vec<String> {
    commands.iter().map(|command| act_name(command.act.as_ref())).collect()
}

/// Converts a command to the message that a client sends.
#[must_use]
pub fn write(command: &Command) -> pb::Command {
    pb::Command {
        act: write_act(&command.act),
        evidence: Some(render::evidence(&command.evidence)),
    }
}

fn write_act(act: &Act) -> Option<pb::command::Act> {
    use pb::command::Act as A;
    match act {
        Act::GiveNotice { instrument, given_by, given_on } => Some(A::GiveNotice(pb::GiveNotice {
            instrument: Value::write(instrument),
            given_by: Value::write(given_by),
            given_on: Value::write(given_on),
        })),
        Act::Correct { correction, instead } => {
            let instead = instead.as_ref().and_then(|act| write_act(act));
            Some(A::Correct(Box::new(write_correct(correction, instead))))
        }
        Act::State(fact) => write_stated(fact),
    }
}
