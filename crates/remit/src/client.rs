//! The gRPC client with which the command line calls a server.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use remit_domain::Position;
use remit_grpc::{LOADS_UNDER_WAY, pb};
use remit_register::Register;
use remit_shape::decode;
use tokio_stream::StreamExt;
use tonic::body::Body;
use tonic::codegen::http::{self, HeaderMap};
use tonic::codegen::{BoxFuture, Service};
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Status};
use tonic_types::StatusExt;

use crate::failure::{DATA, Failure, UNAVAILABLE, USAGE};

type Responsibility = pb::responsibility_service_client::ResponsibilityServiceClient<Attentive>;
type Audit = pb::audit_service_client::AuditServiceClient<Attentive>;
type Directory = pb::directory_service_client::DirectoryServiceClient<Attentive>;
type Events = pb::event_service_client::EventServiceClient<Attentive>;
type Recorder = pb::register_service_client::RegisterServiceClient<Attentive>;

/// The maximum size of a reply, 64 MiB: room for a whole catalogue or a page of long rows.
const REPLY_BYTES_MAX: usize = 64 << 20;

/// A connection to a server.
pub struct Client {
    channel: Attentive,
}

/// A channel that prints one warning if a reply says that a load is under way.
#[derive(Clone)]
pub struct Attentive {
    channel: Channel,
    warned: Arc<AtomicBool>,
}

impl Attentive {
    fn read(&self, headers: &HeaderMap) {
        let loads = headers.get(LOADS_UNDER_WAY).and_then(|names| names.to_str().ok());
        if let Some(loads) = loads
            && !self.warned.swap(true, Ordering::Relaxed)
        {
            eprintln!(
                "remit: a load into this register is under way or was interrupted ({loads}): what \
                 it has not recorded yet is missing here; `remit load` finishes it"
            );
        }
    }
}

impl Service<http::Request<Body>> for Attentive {
    type Response = http::Response<Body>;
    type Error = tonic::transport::Error;
    type Future = BoxFuture<Self::Response, Self::Error>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Service::poll_ready(&mut self.channel, context)
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let (reply, own) = (self.channel.call(request), self.clone());
        Box::pin(async move {
            let reply = reply.await?;
            own.read(reply.headers());
            Ok(reply)
        })
    }
}

impl Client {
    /// Connects to the server at the URL `server`, whose scheme must be `http`.
    pub async fn connect(server: &str) -> Result<Self, Failure> {
        let usage = |why: &str| Failure::new(USAGE, format!("--server: {why}: {server}"));
        let wrong = || usage("not a URL such as http://127.0.0.1:7711");
        let (scheme, _) = server.split_once("://").ok_or_else(wrong)?;
        match scheme.to_ascii_lowercase().as_str() {
            "http" => {}
            "https" => {
                return Err(usage(
                    "the command line does not speak TLS yet; use http, on loopback",
                ));
            }
            _ => return Err(usage("the scheme must be http, as in http://127.0.0.1:7711")),
        }
        let endpoint = Endpoint::from_shared(server.to_owned()).map_err(|_| wrong())?;
        let endpoint = endpoint.connect_timeout(Duration::from_secs(5)).tcp_nodelay(true);
        let channel = endpoint.connect().await.map_err(|_| {
            let message = format!(
                "no server answers at {server}; start one with `remit serve`, or name another with \
                 --server or REMIT_SERVER"
            );
            Failure::new(UNAVAILABLE, message)
        })?;
        Ok(Self { channel: Attentive { channel, warned: Arc::default() } })
    }

    pub fn responsibility(&self) -> Responsibility {
        Responsibility::new(self.channel.clone()).max_decoding_message_size(REPLY_BYTES_MAX)
    }

    pub fn directory(&self) -> Directory {
        Directory::new(self.channel.clone()).max_decoding_message_size(REPLY_BYTES_MAX)
    }

    pub fn audit(&self) -> Audit {
        Audit::new(self.channel.clone()).max_decoding_message_size(REPLY_BYTES_MAX)
    }

    pub fn events(&self) -> Events {
        Events::new(self.channel.clone())
    }

    pub fn recorder(&self) -> Recorder {
        Recorder::new(self.channel.clone())
    }

    /// Reads the server's whole log, and builds the fold of that log in this process. An import
    /// compares its rows with this fold.
    pub async fn register(&self) -> Result<Register, Failure> {
        let mut register = Register::new();
        let request = pb::ReadRequest::default();
        let mut events = self.events().read(request).await?.into_inner();
        while let Some(event) = events.next().await {
            let event = event?;
            let recorded = decode(Position::new(event.position), &event.cloud_event)
                .map_err(|error| Failure::caused(DATA, &error))?;
            register.apply(&recorded.event);
            register.stamp(recorded.position, recorded.recorded_at);
        }
        Ok(register)
    }
}

/// The maximum number of attempts to reconnect to a server, one second apart.
const TRIES_MAX: u32 = 60;

/// Counts the attempts to reconnect to a server that went away, so that an interrupted stream can
/// continue.
#[derive(Default)]
pub struct Patience {
    tries: u32,
}

impl Patience {
    /// Resets the count of attempts, because the server has answered.
    pub fn heard(&mut self) {
        self.tries = 0;
    }

    /// Waits one second before the caller starts the interrupted stream again.
    ///
    /// # Errors
    /// The failure that the status `gone` describes, if another attempt cannot help or there were
    /// too many attempts.
    pub async fn after(&mut self, gone: Status) -> Result<(), Failure> {
        // The lease of a member of a group can expire because this machine was asleep. It is then
        // enough to join the group again.
        let silent =
            gone.get_error_details().error_info().is_some_and(|i| i.reason == "LEASE_ENDED");
        let away = matches!(gone.code(), Code::Unavailable | Code::Unknown | Code::Cancelled);
        self.tries += 1;
        if !(away || silent) || self.tries > TRIES_MAX {
            return Err(gone.into());
        }
        if self.tries == 1 {
            eprintln!("remit: the stream ended; reading on after the last event received");
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
        Ok(())
    }
}
