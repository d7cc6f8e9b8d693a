//! Converts any message of this product to and from canonical protobuf JSON.

use std::sync::OnceLock;

use prost::Message;
use prost_reflect::{DescriptorPool, DeserializeOptions, DynamicMessage, SerializeOptions};

use crate::pb::DESCRIPTORS;

/// The reason why a message could not be read from JSON or written as JSON.
#[derive(Debug)]
pub struct JsonError(String);

impl std::fmt::Display for JsonError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for JsonError {}

fn pool() -> Option<&'static DescriptorPool> {
    static POOL: OnceLock<Option<DescriptorPool>> = OnceLock::new();
    POOL.get_or_init(|| DescriptorPool::decode(DESCRIPTORS).ok()).as_ref()
}

fn descriptor(name: &str) -> Result<prost_reflect::MessageDescriptor, JsonError> {
    let found = pool().and_then(|pool| pool.get_message_by_name(&format!("remit.v1.{name}")));
    found.ok_or_else(|| JsonError(format!("no message {name}")))
}

/// Converts a message to canonical JSON. `name` is the name of the message in package `remit.v1`.
///
/// # Errors
/// [`JsonError`] if package `remit.v1` has no message `name`, or if `message` does not decode as
/// that message.
pub fn to_json(name: &str, message: &impl Message) -> Result<serde_json::Value, JsonError> {
    let bytes = message.encode_to_vec();
    let dynamic = DynamicMessage::decode(descriptor(name)?, bytes.as_slice());
    let dynamic = dynamic.map_err(|error| JsonError(error.to_string()))?;
    let options = SerializeOptions::new();
    dynamic
        .serialize_with_options(serde_json::value::Serializer, &options)
        .map_err(|error| JsonError(error.to_string()))
}

/// Reads a message from canonical JSON. `name` is the name of the message in package `remit.v1`.
/// Unknown fields are errors.
///
/// # Errors
/// [`JsonError`] if package `remit.v1` has no message `name`, or if `text` is not JSON or does not
/// fit the message. For an error in `text`, the error gives the line and column.
pub fn from_json<M: Message + Default>(name: &str, text: &str) -> Result<M, JsonError> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let options = DeserializeOptions::new().deny_unknown_fields(true);
    let dynamic =
        DynamicMessage::deserialize_with_options(descriptor(name)?, &mut deserializer, &options);
    let dynamic = dynamic.map_err(|error| JsonError(error.to_string()))?;
    deserializer.end().map_err(|error| JsonError(error.to_string()))?;
    M::decode(dynamic.encode_to_vec().as_slice()).map_err(|error| JsonError(error.to_string()))
}
