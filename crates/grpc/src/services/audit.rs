//! `AuditService`: checkpoints and proofs.

use std::sync::Arc;
use std::time::Duration;

use remit_domain::Position;
use remit_ledger::{Checkpoint, Cosigned};
use remit_log::LogError;
use remit_statement::{Asked, IssueError};
use tonic::{Request, Response, Status};

use super::{Api, patience, resolve};
use crate::parse::Fields;
use crate::pb::audit_service_server::AuditService;
use crate::status::Violation;
use crate::{pb, status};

/// The longest note that is read.
const NOTE_BYTES_MAX: usize = 65_536;

impl Api {
    /// The signed root over the first so many events; 0: all.
    pub(crate) async fn checkpoint(&self, size: Position) -> Result<(Checkpoint, String), Status> {
        // What is durable and folded in: nobody is shown a root over events that cannot be asked for.
        let head = *self.node.head().borrow();
        let size = if size == 0 { head } else { size };
        if size > head {
            return Err(status::beyond_head("size", size, head));
        }
        let root = self.node.root(size).await.map_err(|error| status::log(&error))?;
        let origin = self.keys.name().to_owned();
        let checkpoint = Checkpoint { origin, size, root, index: None };
        let note = self.keys.sign(&checkpoint);
        Ok((checkpoint, note))
    }

    /// A note with cosignatures, if it is of a checkpoint that this register can sign.
    async fn cosigned(&self, note: &str) -> Result<Cosigned, Status> {
        if note.is_empty() {
            return Err(bad_checkpoint("is required"));
        }
        if note.len() > NOTE_BYTES_MAX {
            return Err(bad_checkpoint(format_args!("at most {NOTE_BYTES_MAX} bytes")));
        }
        if self.witnesses.is_empty() {
            return Err(bad_checkpoint("no witness is known here: serve with --witnesses"));
        }
        let cosigned = Cosigned::verify(note, &self.witnesses).map_err(bad_checkpoint)?;
        let Checkpoint { origin, size, root, index } = &cosigned.checkpoint;
        if index.is_some() {
            return Err(bad_checkpoint("is that of a statement: cosign those of GetCheckpoint"));
        }
        if origin != self.keys.name() {
            let own = self.keys.name();
            return Err(bad_checkpoint(format_args!("is of {origin}, and this is {own}")));
        }
        let head = *self.node.head().borrow();
        if *size > head {
            return Err(status::beyond_head("checkpoint", *size, head));
        }
        let own = self.node.root(*size).await.map_err(|error| status::log(&error))?;
        if own != *root {
            let why = format_args!("its root is not that of the first {size} events here");
            return Err(bad_checkpoint(why));
        }
        Ok(cosigned)
    }

    /// The newest cosigned checkpoint, and its note. It is signed only if it is of the log that is
    /// there: whoever can write to the data must not get a signature for what they like.
    async fn newest_cosigned(&self) -> Result<(Cosigned, String), Status> {
        let newest = self.node.cosigned().await;
        let newest = newest.filter(|newest| newest.checkpoint.origin == self.keys.name());
        let newest = newest.ok_or_else(|| {
            status::not_found("no witness has cosigned a checkpoint of this register")
        })?;
        let Checkpoint { size, root, .. } = &newest.checkpoint;
        let own = self.node.root(*size).await;
        if own != Ok(*root) {
            let what =
                format!("the checkpoint of {size} events that is kept cosigned is not of them");
            return Err(status::log(&own.err().unwrap_or(LogError::Damaged(what))));
        }
        let note = newest.note(&self.keys);
        Ok((newest, note))
    }
}

fn bad_checkpoint(why: impl std::fmt::Display) -> Status {
    let (field, description) = ("checkpoint".to_owned(), why.to_string());
    status::invalid(vec![Violation { field, description }])
}

fn cosignatures(cosigned: &Cosigned) -> Vec<pb::Cosignature> {
    let one = |cosignature: &remit_ledger::Cosignature| pb::Cosignature {
        witness: cosignature.witness.clone(),
        cosigned_at: Some(prost_types::Timestamp {
            seconds: i64::try_from(cosignature.time).unwrap_or(i64::MAX),
            nanos: 0,
        }),
    };
    cosigned.cosignatures.iter().map(one).collect()
}

impl Api {
    /// What is asked, with instants turned into positions.
    async fn to_state(
        &self,
        request: pb::IssueStatementRequest,
        wait: Duration,
    ) -> Result<Asked, Status> {
        use pb::issue_statement_request::Asked as A;
        let mut fields = Fields::default();
        match request.asked {
            Some(A::WhoHolds(asked)) => {
                let question =
                    fields.within("who_holds", |fields| fields.question(&asked, &self.node));
                let question = fields.finish(question)?;
                self.reach(question.at_least, wait).await?;
                let known_at = self.view(question.known, |_, position| Ok(position))?;
                Ok(Asked::WhoHolds {
                    function: asked.function,
                    place: asked.place,
                    effective_on: question.effective_on.to_string(),
                    known_at,
                })
            }
            Some(A::Nothing(asked)) => {
                let (after, until) = fields.within("nothing", |fields| {
                    if asked.key.is_empty() {
                        fields.bad("key", "is required");
                    }
                    let begins = asked.after.is_some().then(|| {
                        fields.within("after", |fields| fields.known(asked.after.as_ref()))
                    });
                    (begins, fields.within("until", |fields| fields.known(asked.until.as_ref())))
                });
                let until = fields.finish(until)?;
                let at = |known, field| {
                    self.node.view(|register, head| resolve(register, known, head, field))
                };
                let after =
                    after.flatten().map_or(Ok(0), |after| at(after, "nothing.after.position"))?;
                let until = at(until, "nothing.until.position")?;
                Ok(Asked::Nothing { key: asked.key, after, until })
            }
            None => {
                fields.bad("asked", "holds neither who_holds nor nothing");
                fields.finish(None)
            }
        }
    }
}

impl Api {
    /// That the events from one position to another are in the log.
    pub(super) async fn recorded(
        &self,
        first: Position,
        last: Position,
    ) -> Result<pb::RecordProof, Status> {
        let (checkpoint, note) = self.checkpoint(0).await?;
        let hashes = self.node.prove_several(first, last, checkpoint.size).await;
        let hashes = hashes.map_err(|error| status::log(&error))?;
        let events = usize::try_from(last + 1 - first).unwrap_or(usize::MAX);
        let mut cloud_events = Vec::with_capacity(events);
        while cloud_events.len() < events {
            let after = first - 1 + cloud_events.len() as Position;
            let page = self.stored(after, events - cloud_events.len()).await?;
            if page.is_empty() {
                return Err(status::out_of_range("an event is missing"));
            }
            cloud_events.extend(page.into_iter().map(|stored| stored.bytes.to_vec()));
        }
        Ok(pb::RecordProof { checkpoint: note, cloud_events, hashes: bytes(&hashes) })
    }
}

fn not_issued(error: IssueError) -> Status {
    let mut fields = Fields::default();
    match error {
        IssueError::Asked(refused) => fields.bad(refused.field, refused.why),
        IssueError::NotNothing(position) => return status::not_nothing(position),
        IssueError::Log(error) => return status::log(&error),
        IssueError::Shape(error) => return status::unreadable(&error),
        IssueError::Proof(error) => return status::unreadable(&error),
    }
    fields.finish::<()>(None).err().unwrap_or_else(|| Status::internal("no statement"))
}

fn bytes(hashes: &[remit_ledger::Hash]) -> Vec<Vec<u8>> {
    hashes.iter().map(|hash| hash.to_vec()).collect()
}

#[tonic::async_trait]
impl AuditService for Api {
    async fn get_checkpoint(
        &self,
        request: Request<pb::GetCheckpointRequest>,
    ) -> Result<Response<pb::GetCheckpointResponse>, Status> {
        let pb::GetCheckpointRequest { size, cosigned } = request.into_inner();
        if cosigned && size != 0 {
            let mut fields = Fields::default();
            fields.bad("size", "must be 0 with `cosigned`: there is only the newest");
            return fields.finish(None);
        }
        let (checkpoint, note, cosignatures) = match cosigned {
            true => {
                let (newest, note) = self.newest_cosigned().await?;
                (newest.checkpoint.clone(), note, cosignatures(&newest))
            }
            false => {
                let (checkpoint, note) = self.checkpoint(size).await?;
                (checkpoint, note, Vec::new())
            }
        };
        let mut public_keys = self.keys.public().map(ToString::to_string);
        Ok(Response::new(pb::GetCheckpointResponse {
            checkpoint: note,
            size: checkpoint.size,
            root: checkpoint.root.to_vec(),
            public_key: public_keys.next().unwrap_or_default(),
            former_public_keys: public_keys.collect(),
            cosignatures,
        }))
    }

    async fn prove_inclusion(
        &self,
        request: Request<pb::ProveInclusionRequest>,
    ) -> Result<Response<pb::ProveInclusionResponse>, Status> {
        let pb::ProveInclusionRequest { position, size } = request.into_inner();
        let (checkpoint, note) = self.checkpoint(size).await?;
        if position == 0 {
            let mut fields = Fields::default();
            fields.bad("position", "is required");
            return fields.finish(None);
        }
        if position > checkpoint.size {
            return Err(status::beyond_head("position", position, checkpoint.size));
        }
        let proof = self.node.prove_inclusion(position, checkpoint.size).await;
        let proof = proof.map_err(|error| status::log(&error))?;
        let stored = self.stored(position - 1, 1).await?;
        Ok(Response::new(pb::ProveInclusionResponse {
            checkpoint: note,
            cloud_event: stored.into_iter().next().map(|s| s.bytes.to_vec()).unwrap_or_default(),
            proof: bytes(&proof),
        }))
    }

    async fn prove_consistency(
        &self,
        request: Request<pb::ProveConsistencyRequest>,
    ) -> Result<Response<pb::ProveConsistencyResponse>, Status> {
        let pb::ProveConsistencyRequest { earlier_size, size } = request.into_inner();
        let (checkpoint, note) = self.checkpoint(size).await?;
        if earlier_size == 0 {
            let mut fields = Fields::default();
            fields.bad("earlier_size", "must be at least 1: every tree begins with the empty one");
            return fields.finish(None);
        }
        if earlier_size > checkpoint.size {
            return Err(status::beyond_head("earlier_size", earlier_size, checkpoint.size));
        }
        let proof = self.node.prove_consistency(earlier_size, checkpoint.size).await;
        let proof = proof.map_err(|error| status::log(&error))?;
        Ok(Response::new(pb::ProveConsistencyResponse { checkpoint: note, proof: bytes(&proof) }))
    }

    async fn issue_statement(
        &self,
        request: Request<pb::IssueStatementRequest>,
    ) -> Result<Response<pb::IssueStatementResponse>, Status> {
        let wait = patience(&request);
        let asked = self.to_state(request.into_inner(), wait).await?;
        let keys = Arc::clone(&self.keys);
        let origin = keys.name().to_owned();
        let sign = move |text: &str| keys.sign_text(text);
        let issued = self.node.statement(asked, origin, sign).await.map_err(not_issued)?;
        Ok(Response::new(pb::IssueStatementResponse { statement: issued.text() }))
    }

    async fn add_cosignatures(
        &self,
        request: Request<pb::AddCosignaturesRequest>,
    ) -> Result<Response<pb::AddCosignaturesResponse>, Status> {
        let cosigned = self.cosigned(&request.get_ref().checkpoint).await?;
        let kept = self.node.keep_cosigned(cosigned, &self.witnesses).await;
        let kept = kept.map_err(|error| status::log(&error))?;
        Ok(Response::new(pb::AddCosignaturesResponse {
            size: kept.checkpoint.size,
            cosignatures: cosignatures(&kept),
        }))
    }
}
