//! The wire: generated types, and services that parse, call and render. They decide nothing.
//!
//! Lives here: [`pb`], generated from `proto/`; [`fields`], which reads messages and collects every
//! bad field; `value` and `facts`, the values and facts of the domain as messages, in both
//! directions; [`command`], what a request asks; [`render`], the answers as messages; the services,
//! and `gate`, what stands before them; [`server`], which puts them on a listener; `files`, the log
//! as static files on the same listener; and [`json`], the canonical protobuf JSON of any message.
//!
//! Must not live here: rules, SQL, or how answers are found.

pub mod command;
mod facts;
pub mod fields;
mod files;
mod gate;
pub mod json;
pub mod pb;
pub mod render;
pub mod server;
mod services;
pub mod status;
mod value;

pub use gate::LOADS_UNDER_WAY;
pub use server::{ServeError, Server};
pub use services::StreamLimits;
