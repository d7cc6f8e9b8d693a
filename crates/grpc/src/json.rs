//! The canonical protobuf JSON of any message of this product.

use std::sync::OnceLock;

use prost::Message;
use prost_reflect::{DescriptorPool, DeserializeOptions, DynamicMessage, SerializeOptions};

use crate::pb::DESCRIPTORS;

/// Why a message could not be read or written as JSON.
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

/// A message as canonical JSON. `name` is its name in package `remit.v1`.
///
/// # Errors
/// [`JsonError`] if there is no message of that name, or it does not decode.
pub fn to_json(name: &str, message: &impl Message) -> Result<serde_json::Value, JsonError> {
    let bytes = message.encode_to_vec();
    let dynamic = DynamicMessage::decode(descriptor(name)?, bytes.as_slice());
    let dynamic = dynamic.map_err(|error| JsonError(error.to_string()))?;
    let options = SerializeOptions::new();
    dynamic
        .serialize_with_options(serde_json::value::Serializer, &options)
        .map_err(|error| JsonError(error.to_string()))
}

/// A message from canonical JSON. `name` is its name in package `remit.v1`. Unknown fields are
/// errors.
///
/// # Errors
/// [`JsonError`] if there is no message of that name; or, with line and column, if the text is not
/// JSON or does not fit the message.
pub fn from_json<M: Message + Default>(name: &str, text: &str) -> Result<M, JsonError> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let options = DeserializeOptions::new().deny_unknown_fields(true);
    let dynamic =
        DynamicMessage::deserialize_with_options(descriptor(name)?, &mut deserializer, &options);
    let dynamic = dynamic.map_err(|error| JsonError(error.to_string()))?;
    deserializer.end().map_err(|error| JsonError(error.to_string()))?;
    M::decode(dynamic.encode_to_vec().as_slice()).map_err(|error| JsonError(error.to_string()))
}
