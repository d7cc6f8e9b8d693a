//! Reads the requests of `IssueStatement`, and makes the proof that `Record` returns.

use std::time::Duration;

use remit_domain::Position;
use remit_log::{Damage, LogError};
use remit_statement::{Asked, IssueError};
use tonic::Status;

use super::audit::bytes;
use super::{Api, resolve};
use crate::fields::{AskedKnown, Fields};
use crate::{pb, status};

impl Api {
    /// Reads from a request what the statement must state, and resolves the instants in the request
    /// to positions.
    pub(super) async fn to_state(
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
                let question = fields.finish(|| question)?;
                self.reach(question.at_least, wait).await?;
                let known_at = self.view(question.known, |_, position| Ok(position))?;
                Ok(Asked::WhoHolds {
                    function: asked.function,
                    place: asked.place,
                    effective_on: question.effective_on.to_string(),
                    known_at: known_at.get(),
                    answers_on: question.answers_on.map(|day| day.to_string()),
                })
            }
            Some(A::Nothing(asked)) => {
                let (after, until) = fields.within("nothing", |fields| {
                    if asked.key.is_empty() || asked.key.len() > 200 {
                        fields.bad("key", "is required, at most 200 bytes");
                    }
                    let begins = asked.after.is_some().then(|| {
                        fields.within("after", |fields| fields.known(asked.after.as_ref()))
                    });
                    (begins, fields.within("until", |fields| fields.known(asked.until.as_ref())))
                });
                let now = self.node.log().now();
                if let Some(AskedKnown::Instant(until)) = until
                    && until > now
                {
                    let why =
                        format_args!("is in the future: leave it out to ask up to now, {now}");
                    fields.bad("nothing.until", why);
                }
                let until = fields.finish(|| until)?;
                let at = |known, field| {
                    self.node.view(|register, head| resolve(register, known, head, field))
                };
                let after = after.flatten().map(|after| at(after, "nothing.after.position"));
                let after = after.transpose()?.unwrap_or_default().get();
                let until = at(until, "nothing.until.position")?.get();
                Ok(Asked::Nothing { key: asked.key, after, until })
            }
            None => {
                fields.bad(
                    "asked",
                    "must have either the field `who_holds` or the field \
                     `nothing`",
                );
                Err(fields.refused())
            }
        }
    }

    /// Returns the proof that the events from `first` to `last` are in the log.
    pub(super) async fn recorded(
        &self,
        first: Position,
        last: Position,
    ) -> Result<pb::RecordProof, Status> {
        let (checkpoint, note) = self.checkpoint(Position::ZERO).await?;
        let size = Position::new(checkpoint.size);
        let hashes = self.prover.prove_several(first, last, size).await;
        let hashes = hashes.map_err(|error| status::log(&error))?;
        let events = Position::new(last.next().since(first)).as_usize();
        let mut cloud_events = Vec::with_capacity(events);
        while cloud_events.len() < events {
            let after = first.prev().plus(cloud_events.len() as u64);
            let page = self.stored(after, events - cloud_events.len()).await?;
            if page.is_empty() {
                return Err(status::out_of_range(
                    "the log is missing an event that the statement needs",
                ));
            }
            cloud_events.extend(page.into_iter().map(|stored| stored.bytes.to_vec()));
        }
        Ok(pb::RecordProof { checkpoint: note, cloud_events, hashes: bytes(&hashes) })
    }
}

pub(super) fn not_issued(error: IssueError<LogError>) -> Status {
    let mut fields = Fields::default();
    match error {
        IssueError::Asked(refused) => fields.bad(refused.field, refused.why),
        IssueError::NotNothing(position) => return status::not_nothing(position),
        IssueError::Source(error) => return status::log(&error),
        IssueError::Missing(position) => {
            return status::log(&LogError::Damaged(Damage::Missing(position)));
        }
        IssueError::Shape(error) => return status::unreadable(&error),
        IssueError::Proof(error) => return status::unreadable(&error),
    }
    fields.refused()
}
