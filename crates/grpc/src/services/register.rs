//! `RegisterService`.

use remit_engine::{OpenError, Outcome};
use remit_log::shape;
use tonic::{Request, Response, Status};

use super::Api;
use crate::parse::{self, Fields};
use crate::pb::register_service_server::RegisterService;
use crate::{pb, render, status};

#[tonic::async_trait]
impl RegisterService for Api {
    async fn record(
        &self,
        request: Request<pb::RecordRequest>,
    ) -> Result<Response<pb::RecordResponse>, Status> {
        let request = request.into_inner();
        let acts: Vec<_> = request.commands.iter().map(parse::act_name).collect();
        let request = parse::record(request)?;
        let outcome = self.node.record(request).await;
        let outcome = outcome.map_err(|error| status::record(error, &acts))?;
        Ok(Response::new(match outcome {
            Outcome::Recorded(receipt) => pb::RecordResponse {
                first_position: receipt.appended.first,
                last_position: receipt.appended.last,
                recorded_at: Some(render::timestamp(receipt.appended.recorded_at)),
                recorded_earlier: receipt.earlier,
                token: parse::token(receipt.appended.last, self.node.log().id()),
                event_types: Vec::new(),
            },
            Outcome::Valid(events) => pb::RecordResponse {
                event_types: events.iter().map(shape::event_type).collect(),
                ..pb::RecordResponse::default()
            },
        }))
    }

    async fn get_request(
        &self,
        request: Request<pb::GetRequestRequest>,
    ) -> Result<Response<pb::GetRequestResponse>, Status> {
        let mut fields = Fields::default();
        let id = fields.parse("request_id", &request.get_ref().request_id);
        let id = fields.finish(id)?;
        let record = self.node.request(&id).map_err(|error| status::log(&error))?;
        let record =
            record.ok_or_else(|| status::not_found(format!("nothing is recorded under {id}")))?;
        Ok(Response::new(pb::GetRequestResponse {
            first_position: record.appended.first,
            last_position: record.appended.last,
            recorded_at: Some(render::timestamp(record.appended.recorded_at)),
        }))
    }

    async fn check_fold(
        &self,
        _: Request<pb::CheckFoldRequest>,
    ) -> Result<Response<pb::CheckFoldResponse>, Status> {
        let (position, fingerprint, fresh_fingerprint) =
            self.node.fingerprints().await.map_err(|error| match error {
                OpenError::Log(error) => status::log(&error),
                error @ (OpenError::Shape(_) | OpenError::Hole { .. }) => {
                    status::unreadable(&error)
                }
            })?;
        let response = pb::CheckFoldResponse { position, fingerprint, fresh_fingerprint };
        Ok(Response::new(response))
    }
}
