//! Compiles the proto files: generates the types for the services, and writes the descriptor set
//! for reflection.

use std::error::Error;
use std::path::PathBuf;

use prost::Message;

const FILES: &[&str] = &[
    "remit/v1/audit_service.proto",
    "remit/v1/register_service.proto",
    "remit/v1/responsibility_service.proto",
    "remit/v1/directory_service.proto",
    "remit/v1/event_service.proto",
    "remit/v1/funding_service.proto",
];

fn main() -> Result<(), Box<dyn Error>> {
    let proto = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR")?).join("../../proto");
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    println!("cargo:rerun-if-changed={}", proto.display());
    let descriptors = protox::compile(FILES, [&proto])?;
    std::fs::write(out.join("descriptor.bin"), descriptors.encode_to_vec())?;
    tonic_prost_build::configure()
        .codec_path("crate::codec::Codec")
        // Generate these fields as shared buffers, so that all readers of an event share its stored
        // bytes.
        .bytes(".remit.v1.ReadResponse.cloud_event")
        .bytes(".remit.v1.RecordedEvent.cloud_event")
        .bytes(".remit.v1.ExportedEvents.cloud_events")
        .compile_fds(descriptors)?;
    Ok(())
}
