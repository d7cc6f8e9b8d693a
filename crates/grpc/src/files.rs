//! Serves the log as static files over plain HTTP, laid out as in C2SP tlog-tiles: `/checkpoint`,
//! `/tile/<L>/<N>[.p/<W>]` and `/tile/entries/<N>[.p/<W>]`.
//!
//! From these files a reader can compute every proof without asking the server. A copy of all the
//! files is a copy of the log.

use axum::Router;
use axum::extract::State;
use axum::http::Uri;
use axum::http::header::CACHE_CONTROL;
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use remit_domain::Position;
use remit_ledger::tiles::{self, Holds, Tile};
use tonic::Status;

use crate::gate::{self, NO_CACHE, not_found, unavailable};
use crate::services::Api;
use crate::status;

/// The `Cache-Control` header of tiles and entry bundles. The content at one path never changes.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// Returns the routes of the static files. The caller merges them into the router of the services.
pub(crate) fn files(api: Api) -> Router {
    Router::new()
        .route("/checkpoint", get(checkpoint))
        .route("/tile/{*path}", get(tile))
        .layer(from_fn_with_state(api.clone(), gate::files))
        .with_state(api)
}

async fn checkpoint(State(api): State<Api>) -> Response {
    match api.checkpoint(Position::ZERO).await {
        Ok((_, note)) => ([(CACHE_CONTROL, NO_CACHE)], note).into_response(),
        Err(status) => unavailable(&status),
    }
}

async fn tile(State(api): State<Api>, uri: Uri) -> Response {
    let path = uri.path().strip_prefix('/').unwrap_or_default();
    let tile = match path.parse::<Tile>() {
        Ok(tile) => tile,
        Err(error) => return not_found(error),
    };
    let head = *api.node.head().borrow();
    if !tile.is_in(head.get()) {
        return not_found(format_args!("the log has {head} events"));
    }
    let bytes = match tile.holds {
        Holds::Hashes { level } => {
            let hashes = api.prover.hashes(8 * level, tile.first(), tile.width).await;
            hashes.map(|hashes| hashes.concat()).map_err(|error| status::log(&error))
        }
        Holds::Entries => match entries(&api, tile).await {
            Ok(entries) => match tiles::bundle(&entries) {
                Ok(bytes) => Ok(bytes),
                // The bundle cannot be made: one event is too long for it, because that event was
                // recorded before events had a maximum length.
                Err(error) => return not_found(error),
            },
            Err(status) => Err(status),
        },
    };
    match bytes {
        Ok(bytes) => ([(CACHE_CONTROL, FOR_EVER)], bytes).into_response(),
        Err(status) => unavailable(&status),
    }
}

async fn entries(api: &Api, tile: Tile) -> Result<Vec<bytes::Bytes>, Status> {
    let wanted = usize::try_from(tile.width).unwrap_or(usize::MAX);
    let mut entries = Vec::new();
    // One read may return fewer events than asked for, so read again until there are enough.
    while entries.len() < wanted {
        let after = Position::new(tile.first()).plus(entries.len() as u64);
        let stored = api.stored(after, wanted - entries.len()).await?;
        if stored.is_empty() {
            return Err(Status::unavailable("the event log is unavailable"));
        }
        entries.extend(stored.into_iter().map(|stored| stored.bytes));
    }
    Ok(entries)
}
