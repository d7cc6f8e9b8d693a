//! The wire: generated types, and services that parse, call and render. They decide nothing.
//!
//! Lives here: [`pb`], generated from `proto/`; [`parse`], the one way in, which collects every bad
//! field; [`render`], the one way out; the services, and `gate`, what stands before them; [`server`], which
//! puts them on a listener; `files`, the log as static files on the same listener; and [`json`], the canonical protobuf JSON of any
//! message.
//!
//! Must not live here: rules, SQL, or how answers are found.

mod files;
mod gate;
pub mod json;
pub mod parse;
pub mod pb;
pub mod render;
pub mod server;
mod services;
pub mod status;

pub use gate::LOADS_UNDER_WAY;
pub use server::{ServeError, Server};
pub use services::StreamLimits;
