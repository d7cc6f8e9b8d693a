//! The client side of the wire.

use std::time::Duration;

use remit_grpc::pb;
use remit_log::shape;
use remit_register::Register;
use tokio_stream::StreamExt;
use tonic::transport::{Channel, Endpoint};

use crate::failure::{DATA, Failure, UNAVAILABLE, USAGE};

type Responsibility = pb::responsibility_service_client::ResponsibilityServiceClient<Channel>;
type Audit = pb::audit_service_client::AuditServiceClient<Channel>;
type Directory = pb::directory_service_client::DirectoryServiceClient<Channel>;
type Events = pb::event_service_client::EventServiceClient<Channel>;
type Recorder = pb::register_service_client::RegisterServiceClient<Channel>;

/// The largest reply that is read: a whole catalogue or a page of long rows.
const REPLY_BYTES_MAX: usize = 64 << 20;

/// A connection to a server.
pub struct Client {
    channel: Channel,
}

impl Client {
    /// Connects to a server.
    pub async fn connect(server: &str) -> Result<Self, Failure> {
        let wrong = || {
            let message = format!("--server: not a URL such as http://127.0.0.1:7711: {server}");
            Failure::new(USAGE, message)
        };
        if !server.starts_with("http://") {
            return Err(wrong());
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
        Ok(Self { channel })
    }

    pub fn responsibility(&self) -> Responsibility {
        Responsibility::new(self.channel.clone()).max_decoding_message_size(REPLY_BYTES_MAX)
    }

    pub fn directory(&self) -> Directory {
        Directory::new(self.channel.clone()).max_decoding_message_size(REPLY_BYTES_MAX)
    }

    pub fn audit(&self) -> Audit {
        Audit::new(self.channel.clone())
    }

    pub fn events(&self) -> Events {
        Events::new(self.channel.clone())
    }

    pub fn recorder(&self) -> Recorder {
        Recorder::new(self.channel.clone())
    }

    /// The fold of everything the server holds, made here: what an import compares its rows with.
    pub async fn register(&self) -> Result<Register, Failure> {
        let mut register = Register::new();
        let request = pb::ReadRequest::default();
        let mut events = self.events().read(request).await?.into_inner();
        while let Some(event) = events.next().await {
            let event = event?;
            let recorded = shape::decode(event.position, &event.cloud_event)
                .map_err(|error| Failure::new(DATA, error.to_string()))?;
            register.apply(&recorded.event);
            register.stamp(recorded.position, recorded.recorded_at);
        }
        Ok(register)
    }
}
