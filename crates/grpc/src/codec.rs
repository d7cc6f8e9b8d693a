//! The codec of the services: that of prost, except that bytes which do not decode are a bad
//! request of the caller, and not a fault of the server.

use prost::Message;
use tonic::Status;
use tonic::codec::{self, DecodeBuf};
use tonic_prost::ProstCodec;

use crate::status::{Violation, invalid};

/// The codec for messages `T` that are sent and messages `U` that are received.
pub struct Codec<T, U>(ProstCodec<T, U>);

/// The decoder of received messages.
pub struct Decoder<D>(D);

impl<T, U> Default for Codec<T, U> {
    fn default() -> Self {
        Self(ProstCodec::new())
    }
}

impl<T, U> codec::Codec for Codec<T, U>
where
    T: Message + Send + 'static,
    U: Message + Default + Send + 'static,
{
    type Encode = T;
    type Decode = U;
    type Encoder = <ProstCodec<T, U> as codec::Codec>::Encoder;
    type Decoder = Decoder<<ProstCodec<T, U> as codec::Codec>::Decoder>;

    fn encoder(&mut self) -> Self::Encoder {
        self.0.encoder()
    }

    fn decoder(&mut self) -> Self::Decoder {
        Decoder(self.0.decoder())
    }
}

impl<D: codec::Decoder<Error = Status>> codec::Decoder for Decoder<D> {
    type Item = D::Item;
    type Error = Status;

    fn decode(&mut self, bytes: &mut DecodeBuf<'_>) -> Result<Option<Self::Item>, Status> {
        self.0.decode(bytes).map_err(|status| undecodable(status.message()))
    }
}

/// The status for bytes that do not decode. Where prost says in which field, as in
/// `Command.body_established: BodyEstablished.code: invalid string value`, so does the status.
fn undecodable(says: &str) -> Status {
    let (mut fields, mut why) = (Vec::new(), says);
    while let Some((part, rest)) = why.split_once(": ") {
        if let Some((message, field)) = part.split_once('.')
            && !message.contains(' ')
        {
            fields.push(field);
        }
        why = rest;
    }
    let field = if fields.is_empty() { "request".to_owned() } else { fields.join(".") };
    let description = format!("the bytes do not decode as this message: {why}");
    invalid(vec![Violation { field, description }])
}

#[cfg(test)]
mod tests {
    use super::*;
    use tonic_types::StatusExt;

    #[test]
    fn bytes_that_do_not_decode_name_their_field() {
        for (says, field) in [
            ("failed to decode Protobuf message: unexpected end group tag", "request"),
            ("failed to decode Protobuf message: WhoHoldsRequest.place: not UTF-8", "place"),
            (
                "failed to decode Protobuf message: RecordRequest.commands: BodyNamed.name: cut",
                "commands.name",
            ),
        ] {
            let status = undecodable(says);
            assert_eq!(status.code(), tonic::Code::InvalidArgument);
            let violations = status.get_details_bad_request().expect("fields").field_violations;
            assert_eq!(violations[0].field, field, "{says}");
        }
    }
}
