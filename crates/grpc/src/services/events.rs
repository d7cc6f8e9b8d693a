//! `EventService`.

use std::pin::Pin;

use remit_domain::Position;
use tokio::sync::mpsc;
use tokio_stream::Stream;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status};

use super::Api;
use crate::pb::event_service_server::EventService;
use crate::{pb, render, status};

/// Events that one read takes from the log, and that wait at most for a slow reader.
const PAGE: usize = 512;

type Events = mpsc::Sender<Result<pb::ReadResponse, Status>>;

impl Api {
    /// Sends events after a position until the limit, the head or, following, the end of the server.
    async fn send(
        &self,
        mut after: Position,
        limit: u64,
        follow: bool,
        events: &Events,
    ) -> Result<(), Status> {
        let mut left = if limit == 0 { u64::MAX } else { limit };
        let mut head = self.node.head();
        let mut draining = self.draining.clone();
        loop {
            let known = *head.borrow_and_update();
            while after < known && left > 0 {
                let most = usize::try_from((known - after).min(left)).unwrap_or(PAGE).min(PAGE);
                let log = self.node.log().clone();
                let page = tokio::task::spawn_blocking(move || log.read(after, most)).await;
                let page = page.map_err(|_| status::draining())?;
                let page = page.map_err(|error| status::log(&error))?;
                for stored in page {
                    (after, left) = (stored.position, left - 1);
                    let event = pb::ReadResponse {
                        position: stored.position,
                        recorded_at: Some(render::timestamp(stored.recorded_at)),
                        cloud_event: stored.bytes,
                    };
                    if events.send(Ok(event)).await.is_err() {
                        return Ok(());
                    }
                }
            }
            if !follow || left == 0 {
                return Ok(());
            }
            tokio::select! {
                moved = head.changed() => if moved.is_err() { return Err(status::draining()) },
                _ = draining.wait_for(|draining| *draining) => return Err(status::draining()),
                () = events.closed() => return Ok(()),
            }
        }
    }
}

#[tonic::async_trait]
impl EventService for Api {
    type ReadStream = Pin<Box<dyn Stream<Item = Result<pb::ReadResponse, Status>> + Send>>;

    async fn read(
        &self,
        request: Request<pb::ReadRequest>,
    ) -> Result<Response<Self::ReadStream>, Status> {
        let pb::ReadRequest { after_position, limit, follow } = request.into_inner();
        let head = *self.node.head().borrow();
        if after_position > head {
            return Err(status::beyond_head("after_position", after_position, head));
        }
        let permit = std::sync::Arc::clone(&self.followers).try_acquire_owned();
        let permit = permit.map_err(|_| status::too_many_streams())?;
        let (events, received) = mpsc::channel(PAGE);
        let api = self.clone();
        tokio::spawn(async move {
            if let Err(error) = api.send(after_position, limit, follow, &events).await {
                let _ = events.send(Err(error)).await;
            }
            drop(permit);
        });
        Ok(Response::new(Box::pin(ReceiverStream::new(received))))
    }
}
