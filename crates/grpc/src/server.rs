//! Serves the gRPC services, health, reflection and the log's static files on one listener.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::middleware::from_fn_with_state;
use remit_engine::Desk;
use remit_ledger::{KeyRing, WitnessKey};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tonic::codec::CompressionEncoding;
use tonic::service::Routes;
use tonic::transport::server::TcpIncoming;
use tonic_health::server::HealthReporter;
use tonic_reflection::server::{v1, v1alpha};

use crate::reflection::Reflection;
use crate::services::{Api, StreamLimits};
use crate::{files, gate, pb};

/// The maximum size of a request, in bytes: enough for 5,000 commands of about 3,000 bytes each.
const REQUEST_BYTES_MAX: usize = 16 << 20;
const STREAM_WINDOW: u32 = 4 << 20;
const CONNECTION_WINDOW: u32 = 16 << 20;
/// The maximum time that the server, when it shuts down, waits for open calls to finish.
const DRAIN_MAX: Duration = Duration::from_secs(10);

/// Why the server could not start, or why it stopped.
#[derive(Debug)]
pub enum ServeError {
    /// The address is not loopback, so other machines could reach the server.
    NotLoopback(SocketAddr),
    /// The server cannot listen on the address.
    Listen(SocketAddr, std::io::Error),
    /// The services could not be assembled, or the transport failed.
    Transport(String),
}

impl std::fmt::Display for ServeError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotLoopback(address) => write!(
                f,
                "{address} can be reached from other machines, and callers are not authenticated \
                 yet: listen on 127.0.0.1 or [::1]"
            ),
            Self::Listen(address, error) => write!(
                f,
                "cannot listen on {address}: {error}; choose another address with --listen"
            ),
            Self::Transport(error) => write!(f, "the server failed: {error}"),
        }
    }
}

impl std::error::Error for ServeError {}

/// A server that listens on its address but does not answer calls yet.
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    desk: Desk,
    limits: StreamLimits,
    keys: KeyRing,
    witnesses: Vec<WitnessKey>,
}

impl Server {
    /// Creates a server that listens on a loopback address. The server signs checkpoints with every
    /// key in `keys`.
    ///
    /// # Errors
    /// [`ServeError`] if `address` is not loopback, or if the server cannot listen on it.
    pub async fn bind(desk: Desk, keys: KeyRing, address: SocketAddr) -> Result<Self, ServeError> {
        if !address.ip().is_loopback() {
            return Err(ServeError::NotLoopback(address));
        }
        let failed = |error| ServeError::Listen(address, error);
        let listener = TcpListener::bind(address).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        Ok(Self {
            listener,
            address,
            desk,
            limits: StreamLimits::default(),
            keys,
            witnesses: Vec::new(),
        })
    }

    /// Sets how many long streams may be open at once.
    #[must_use]
    pub fn with_limits(self, limits: StreamLimits) -> Self {
        Self { limits, ..self }
    }

    /// Sets the witnesses whose cosignatures the server accepts and keeps.
    #[must_use]
    pub fn with_witnesses(self, witnesses: Vec<WitnessKey>) -> Self {
        Self { witnesses, ..self }
    }

    /// Returns the address that the server listens on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers calls until `stop` resolves. Then ends the long streams, and waits at most 10 s for
    /// other calls to finish.
    ///
    /// # Errors
    /// [`ServeError::Transport`] if the services cannot be assembled or the transport fails.
    pub async fn serve(self, stop: impl Future<Output = ()> + Send) -> Result<(), ServeError> {
        self.serve_once_whole(std::future::ready(()), stop).await
    }

    /// Like `serve`, but answers calls only after `whole` resolves. Until then, the health service
    /// reports that the server is not serving, and calls to the services fail because the register
    /// is loading.
    ///
    /// # Errors
    /// [`ServeError::Transport`] if the services cannot be assembled or the transport fails.
    pub async fn serve_once_whole(
        self,
        whole: impl Future<Output = ()> + Send,
        stop: impl Future<Output = ()> + Send,
    ) -> Result<(), ServeError> {
        use tonic_health::ServingStatus::{NotServing, Serving};
        let (drain, draining) = watch::channel(false);
        let open = Arc::new(AtomicBool::new(false));
        let (health, health_service) = tonic_health::server::health_reporter();
        set_health(&health, NotServing).await;
        let mut node_stopped = self.desk.node().stopped();
        let api = Api::new(
            self.desk,
            (Arc::clone(&open), draining),
            self.limits,
            (self.keys, self.witnesses),
        );
        let failed = |error: &dyn std::fmt::Display| ServeError::Transport(error.to_string());
        let services = services(&api).map_err(|error| failed(&error))?.add_service(health_service);
        // The gate's state is cloned twice in each call. A clone of the `Arc` changes one counter,
        // but a clone of `Api` changes many.
        let gate = from_fn_with_state(Arc::new(api.clone()), gate::services);
        let guarded = services.into_axum_router().layer(gate);
        let routes: Routes = guarded.merge(files::files(api)).into();
        let (stopped, mut stopping) = watch::channel(());
        let server = tonic::transport::Server::builder()
            .initial_stream_window_size(STREAM_WINDOW)
            .initial_connection_window_size(CONNECTION_WINDOW)
            .http2_keepalive_interval(Some(Duration::from_secs(20)))
            .http2_keepalive_timeout(Some(Duration::from_secs(20)))
            // HTTP/1.1 is accepted because the static files are served over HTTP/1.1 too: see
            // `files`.
            .accept_http1(true)
            .add_routes(routes)
            .serve_with_incoming_shutdown(
                TcpIncoming::from(self.listener).with_nodelay(Some(true)),
                async move {
                    let _ = stopping.changed().await;
                },
            );
        tokio::pin!(server);
        let until_stopped = async {
            let whole = async {
                whole.await;
                open.store(true, Ordering::Release);
                set_health(&health, Serving).await;
                // Wait until the node stops, which happens only if the node cannot follow its log.
                let _ = node_stopped.wait_for(Option::is_some).await;
                set_health(&health, NotServing).await;
                std::future::pending().await
            };
            tokio::select! {
                () = whole => {}
                () = stop => {}
            }
        };
        tokio::select! {
            ended = &mut server => return ended.map_err(|error| failed(&error)),
            () = until_stopped => {}
        }
        set_health(&health, NotServing).await;
        drain.send_replace(true);
        stopped.send_replace(());
        match tokio::time::timeout(DRAIN_MAX, server).await {
            Ok(ended) => ended.map_err(|error| failed(&error)),
            // A call that is still open after `DRAIN_MAX` is cut off.
            Err(_) => Ok(()),
        }
    }
}

/// Builds the routes of all services, and of reflection, which describes the services and the
/// health service. A request may be compressed with gzip; unpacked, it has the same limits.
fn services(api: &Api) -> Result<Routes, prost_reflect::DescriptorError> {
    macro_rules! server {
        ($module:ident::$server:ident) => {
            pb::$module::$server::new(api.clone()).accept_compressed(CompressionEncoding::Gzip)
        };
    }
    let reflection = Reflection::new()?;
    let register = server!(register_service_server::RegisterServiceServer)
        .max_decoding_message_size(REQUEST_BYTES_MAX);
    Ok(Routes::new(v1::ServerReflectionServer::new(reflection.clone()))
        .add_service(v1alpha::ServerReflectionServer::new(reflection))
        .add_service(register)
        .add_service(server!(responsibility_service_server::ResponsibilityServiceServer))
        .add_service(server!(directory_service_server::DirectoryServiceServer))
        .add_service(server!(event_service_server::EventServiceServer))
        .add_service(server!(audit_service_server::AuditServiceServer))
        .add_service(server!(funding_service_server::FundingServiceServer)))
}

/// Sets the health status of every service and, under the empty name, of the server as a whole.
async fn set_health(health: &HealthReporter, status: tonic_health::ServingStatus) {
    for service in [
        "remit.v1.RegisterService",
        "remit.v1.ResponsibilityService",
        "remit.v1.DirectoryService",
        "remit.v1.EventService",
        "remit.v1.AuditService",
        "remit.v1.FundingService",
        "",
    ] {
        health.set_service_status(service, status).await;
    }
}
