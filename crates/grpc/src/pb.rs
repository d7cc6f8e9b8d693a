//! The types generated from `proto/`, and the descriptors of all proto files.

#![allow(
    missing_docs,
    clippy::all,
    clippy::too_many_lines,
    unused_qualifications,
    reason = "generated; documented in proto/"
)]

/// The generated packages of this product.
pub mod remit {
    /// The generated types of package `remit.v1`.
    pub mod v1 {
        tonic::include_proto!("remit.v1");
    }
}

/// Google's common types that the messages use.
pub mod google {
    pub mod r#type {
        tonic::include_proto!("google.r#type");
    }
}

pub use google::r#type::Date;
pub use remit::v1::*;

/// The encoded descriptors of every proto file, used for reflection and JSON.
pub const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptor.bin"));
