//! Implements `RegisterService`: records requests, makes previews, marks loads as begun or ended,
//! and checks the fold.

use prost::Message;
use remit_domain::decide::doubles;
use remit_domain::{
    Act, Command, Day, EndReason, Fact, FunctionCode, InstrumentFact, InstrumentId, Position, Text,
};
use remit_engine::RecordError;
use remit_register::Register;
use remit_shape::{DeskName, event_type};
use tonic::{Request, Response, Status};

use super::{Api, count};
use crate::command;
use crate::fields::{self, Fields};
use crate::pb::register_service_server::RegisterService;
use crate::{pb, render, status};

/// The maximum number of changes in one preview.
const CHANGES_MAX: usize = 10_000;
/// The maximum number of bytes of the changes in one preview: most clients take 4 MiB in a message.
const CHANGES_BYTES_MAX: usize = 3 << 20;

impl Api {
    /// Returns what a batch of commands would change, without recording it: the answers that would
    /// differ, the refusals, and the notices due.
    async fn preview(
        &self,
        request: remit_engine::Request,
        acts: &[String],
    ) -> Result<pb::RecordResponse, RecordError> {
        let ends: Vec<_> = request
            .commands
            .iter()
            .enumerate()
            .filter_map(|(at, command)| wanted_end(at, command))
            .collect();
        let today = Some(self.node.today());
        let begun: Vec<_> = request
            .commands
            .iter()
            .enumerate()
            .filter_map(|(at, command)| Some((at, put_in_force(command)?)))
            .collect();
        let read = move |register: &Register, before, after| {
            let changes = register.changes((before, after), (None, None), today);
            let mut bytes = 0;
            let shown: Vec<_> = changes
                .iter()
                .take(CHANGES_MAX)
                .map(|change| render::change(register, change))
                .take_while(|change| {
                    bytes += change.encoded_len();
                    bytes <= CHANGES_BYTES_MAX
                })
                .collect();
            pb::Preview {
                changes_left_out: count(changes.len() - shown.len()),
                changes: shown,
                broken: Vec::new(),
                notices_due: ends
                    .iter()
                    .filter_map(|(at, id, day)| {
                        Some(render::notice_due(*at, register.notice_due(id, *day)?))
                    })
                    .collect(),
                doubled: begun.iter().flat_map(|(at, id)| doubled(register, *at, id)).collect(),
            }
        };
        let previewed = self.node.preview(request, read).await?;
        let mut preview = previewed.read;
        preview.broken =
            previewed.refusals.iter().map(|refusal| status::broken(refusal, acts)).collect();
        // No notice is needed to end an instrument if both sides agree to the end. So keep only the
        // notices for ends that are refused because consent is missing.
        let needs = |due: &pb::NoticeDue| {
            preview.broken.iter().any(|broken| {
                broken.command == due.command && broken.reason() == pb::ErrorReason::ConsentMissing
            })
        };
        preview.notices_due.retain(needs);
        Ok(pb::RecordResponse {
            event_types: previewed.events.iter().map(event_type).collect(),
            repeated: repeated(&previewed.repeated),
            preview: Some(preview),
            ..pb::RecordResponse::default()
        })
    }
}

/// The commands that repeat events, as messages.
fn repeated(all: &[(usize, Position)]) -> Vec<pb::RepeatedCommand> {
    let one = |(command, position): &(usize, Position)| pb::RepeatedCommand {
        command: count(*command),
        position: position.get(),
    };
    all.iter().map(one).collect()
}

/// Reads the name of a load, and the actor that begins or ends the load.
fn named(load: &str, actor: &str) -> Result<(DeskName, Text), Status> {
    let mut fields = Fields::default();
    let load = fields.parse("load", load);
    let actor = fields.parse("actor", actor);
    fields.finish(|| Some((load?, actor?)))
}

/// If `command` would terminate an instrument, returns `at` (the index of the command), the
/// instrument, and the day from which the instrument is no longer in force. Otherwise returns
/// `None`.
fn wanted_end(at: usize, command: &Command) -> Option<(usize, InstrumentId, Day)> {
    let Act::State(Fact::Instruments(InstrumentFact::InstrumentEnded(ended))) = &command.act else {
        return None;
    };
    let by_the_parties = ended.reason == EndReason::Terminated;
    by_the_parties.then(|| (at, ended.instrument.clone(), ended.effective_until))
}

/// The instrument that `command` would put in force, if it would.
fn put_in_force(command: &Command) -> Option<InstrumentId> {
    match &command.act {
        Act::State(Fact::Instruments(InstrumentFact::InstrumentInForce(in_force))) => {
            Some(in_force.instrument.clone())
        }
        Act::State(_) | Act::GiveNotice { .. } | Act::Correct { .. } => None,
    }
}

/// The instruments beside which `id` would give the same functions to the same bodies.
fn doubled(register: &Register, at: usize, id: &InstrumentId) -> Vec<pb::Doubled> {
    let one = |(other, functions): (InstrumentId, Vec<FunctionCode>)| pb::Doubled {
        command: count(at),
        instrument: id.to_string(),
        other: other.to_string(),
        functions: functions.iter().map(ToString::to_string).collect(),
    };
    doubles(register, id).into_iter().map(one).collect()
}

#[tonic::async_trait]
impl RegisterService for Api {
    async fn record(
        &self,
        request: Request<pb::RecordRequest>,
    ) -> Result<Response<pb::RecordResponse>, Status> {
        let request = request.into_inner();
        let acts = command::act_names(&request.commands);
        let (validate_only, prove) = (request.validate_only, request.prove);
        let request = command::record(request)?;
        if validate_only {
            let previewed = self.preview(request, &acts).await;
            return previewed.map(Response::new).map_err(|error| status::record(error, &acts));
        }
        let receipt = self.node.record(request).await;
        let receipt = receipt.map_err(|error| status::record(error, &acts))?;
        let repeated = repeated(&receipt.repeated);
        let Some(appended) = receipt.appended else {
            let last = receipt.repeated.iter().map(|(_, position)| *position).max();
            let token = fields::token(last.unwrap_or_default(), self.node.log().id());
            return Ok(Response::new(pb::RecordResponse { repeated, token, ..Default::default() }));
        };
        let proof = match prove {
            true => self.recorded(appended.first, appended.last).await.ok(),
            false => None,
        };
        Ok(Response::new(pb::RecordResponse {
            proof,
            first_position: appended.first.get(),
            last_position: appended.last.get(),
            recorded_at: Some(render::timestamp(appended.recorded_at)),
            recorded_earlier: receipt.earlier,
            token: fields::token(appended.last, self.node.log().id()),
            repeated,
            ..pb::RecordResponse::default()
        }))
    }

    async fn get_request(
        &self,
        request: Request<pb::GetRequestRequest>,
    ) -> Result<Response<pb::GetRequestResponse>, Status> {
        let mut fields = Fields::default();
        let id = fields.parse("request_id", &request.get_ref().request_id);
        let id = fields.finish(|| id)?;
        let record = self.node.request(&id).await.map_err(|error| status::log(&error))?;
        let record =
            record.ok_or_else(|| status::not_found(format!("nothing is recorded under {id}")))?;
        Ok(Response::new(pb::GetRequestResponse {
            first_position: record.appended.first.get(),
            last_position: record.appended.last.get(),
            recorded_at: Some(render::timestamp(record.appended.recorded_at)),
        }))
    }

    async fn begin_load(
        &self,
        request: Request<pb::BeginLoadRequest>,
    ) -> Result<Response<pb::BeginLoadResponse>, Status> {
        let pb::BeginLoadRequest { load, actor } = request.into_inner();
        let (load, actor) = named(&load, &actor)?;
        let begun = self.desk.begin_load(load, actor).await;
        begun.map_err(|error| status::desk(&error))?;
        Ok(Response::new(pb::BeginLoadResponse {}))
    }

    async fn end_load(
        &self,
        request: Request<pb::EndLoadRequest>,
    ) -> Result<Response<pb::EndLoadResponse>, Status> {
        let pb::EndLoadRequest { load, actor } = request.into_inner();
        let (load, actor) = named(&load, &actor)?;
        let ended = self.desk.end_load(load, actor).await;
        ended.map_err(|error| status::desk(&error))?;
        Ok(Response::new(pb::EndLoadResponse {}))
    }

    async fn check_fold(
        &self,
        _: Request<pb::CheckFoldRequest>,
    ) -> Result<Response<pb::CheckFoldResponse>, Status> {
        let (position, fingerprint, fresh_fingerprint) =
            self.node.fingerprints().await.map_err(|error| status::log(&error))?;
        let position = position.get();
        let response = pb::CheckFoldResponse { position, fingerprint, fresh_fingerprint };
        Ok(Response::new(response))
    }
}
