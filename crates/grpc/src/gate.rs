//! Checks every call before it reaches a service. Only gRPC over HTTP/2 is let in. Calls fail while
//! the register is loading, and after the node has stopped because it cannot follow its log. While
//! loads are under way, a header of every service reply names the loads.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode, Version};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use remit_shape::DeskName;

use crate::services::Api;
use crate::status;

/// The name of the header that lists the loads under way, separated by commas.
pub const LOADS_UNDER_WAY: &str = "remit-loads-under-way";

/// The `Cache-Control` header of replies that may change at any moment.
pub(crate) const NO_CACHE: &str = "no-cache";

/// Passes gRPC calls over HTTP/2 on to the services, and refuses other requests. A web page in a
/// local browser can send a form to a loopback address, but it can use neither HTTP/2 without TLS
/// nor the gRPC content type.
pub(crate) async fn services(
    State(api): State<Arc<Api>>,
    request: Request,
    next: Next,
) -> Response {
    let kind = request.headers().get(CONTENT_TYPE).map(HeaderValue::as_bytes);
    let grpc = kind.is_some_and(|kind| kind.starts_with(b"application/grpc"));
    if !grpc || request.version() != Version::HTTP_2 {
        return not_found(
            "this server has /checkpoint, /tile/ and, over HTTP/2, the gRPC services",
        );
    }
    // Health and reflection describe the server, not the register, so they are always answered.
    let of_the_server = request.uri().path().starts_with("/grpc.");
    if !api.is_whole() && !of_the_server {
        return status::loading().into_http::<axum::body::Body>();
    }
    if !of_the_server && let Some(stopped) = api.stopped() {
        return status::node_stopped(&stopped).into_http::<axum::body::Body>();
    }
    let mut response = next.run(request).await;
    if let Some(names) = under_way(&api.desk.loads_under_way()) {
        response.headers_mut().insert(LOADS_UNDER_WAY, names);
    }
    response
}

/// Passes requests on to the log's static files, unless the register is loading or the node has
/// stopped.
pub(crate) async fn files(State(api): State<Api>, request: Request, next: Next) -> Response {
    match api.stopped() {
        _ if !api.is_whole() => unavailable(&status::loading()),
        Some(stopped) => unavailable(&status::node_stopped(&stopped)),
        None => next.run(request).await,
    }
}

fn under_way(loads: &[DeskName]) -> Option<HeaderValue> {
    if loads.is_empty() {
        return None;
    }
    let names: Vec<_> = loads.iter().map(DeskName::as_str).collect();
    HeaderValue::try_from(names.join(",")).ok()
}

pub(crate) fn not_found(why: impl std::fmt::Display) -> Response {
    let head = [(CACHE_CONTROL, NO_CACHE)];
    (StatusCode::NOT_FOUND, head, format!("not found: {why}\n")).into_response()
}

pub(crate) fn unavailable(status: &tonic::Status) -> Response {
    let text = format!("{}\n", status.message());
    (StatusCode::SERVICE_UNAVAILABLE, [(CACHE_CONTROL, NO_CACHE)], text).into_response()
}
