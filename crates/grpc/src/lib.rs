//! The gRPC interface: generated types, and services that read requests, call the node and render
//! replies. The services decide nothing.
//!
//! Lives here: [`pb`], generated from `proto/`; [`fields`], which reads messages and collects every
//! bad field; `value` and `facts`, which convert values and facts of the domain to and from
//! messages; [`command`], which reads and writes commands; [`render`], which turns answers into
//! messages; the services, and `gate`, which checks every call before a service receives it;
//! [`server`], which serves the services on a listener; `files`, which serves the log as static
//! files on the same listener; and [`json`], which converts any message to and from canonical
//! protobuf JSON.
//!
//! Must not live here: rules, SQL, or the logic that finds answers.

mod codec;
pub mod command;
mod facts;
pub mod fields;
mod files;
mod gate;
pub mod json;
pub mod pb;
mod reflection;
pub mod render;
pub mod server;
mod services;
pub mod status;
mod value;

pub use gate::LOADS_UNDER_WAY;
pub use server::{ServeError, Server};
pub use services::StreamLimits;
