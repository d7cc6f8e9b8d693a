//! Server reflection, versions v1 and v1alpha: describes the services to tools such as grpcurl.
//!
//! The service of `tonic-reflection` ends the stream after a question that it cannot answer. This
//! one answers such a question with an error, as the protocol has it, and goes on to the next. The
//! messages and the transport are those of `tonic-reflection`.

use std::pin::Pin;
use std::sync::Arc;

use prost_reflect::{DescriptorError, DescriptorPool, FileDescriptor};
use tokio_stream::{Stream, StreamExt};
use tonic::{Code, Request, Response, Status, Streaming};

use crate::pb;

/// The descriptors of every service of the server.
#[derive(Clone)]
pub struct Reflection(Arc<DescriptorPool>);

impl Reflection {
    /// Reflection on the services of this product, on health and on reflection itself.
    ///
    /// # Errors
    /// [`DescriptorError`] if the descriptors contradict each other.
    pub fn new() -> Result<Self, DescriptorError> {
        let mut pool = DescriptorPool::decode(pb::DESCRIPTORS)?;
        for set in [
            tonic_health::pb::FILE_DESCRIPTOR_SET,
            tonic_reflection::pb::v1::FILE_DESCRIPTOR_SET,
            tonic_reflection::pb::v1alpha::FILE_DESCRIPTOR_SET,
        ] {
            pool.decode_file_descriptor_set(set)?;
        }
        Ok(Self(Arc::new(pool)))
    }

    /// The file that declares a symbol: a message, a field, an enum, a service or a method.
    fn file_of(&self, symbol: &str) -> Option<FileDescriptor> {
        let pool = &self.0;
        let whole = |name: &str| {
            let message = pool.get_message_by_name(name).map(|found| found.parent_file());
            let other = || pool.get_enum_by_name(name).map(|found| found.parent_file());
            message.or_else(other)
        };
        let service = |name: &str| pool.get_service_by_name(name);
        whole(symbol).or_else(|| service(symbol).map(|found| found.parent_file())).or_else(|| {
            let (parent, part) = symbol.rsplit_once('.')?;
            let field = pool.get_message_by_name(parent);
            let field = field.filter(|message| message.get_field_by_name(part).is_some());
            let method = || service(parent).filter(|s| s.methods().any(|m| m.name() == part));
            field.map(|message| message.parent_file()).or_else(|| Some(method()?.parent_file()))
        })
    }
}

/// Implements reflection for one version of the protocol, whose messages are the same by name.
macro_rules! version {
    ($version:ident) => {
        const _: () = {
            use tonic_reflection::pb::$version as wire;
            use tonic_reflection::server::$version::ServerReflection;
            use wire::server_reflection_request::MessageRequest as Asked;
            use wire::server_reflection_response::MessageResponse as Said;

            impl Reflection {
                fn $version(&self, asked: Option<&Asked>) -> Said {
                    let file = |found: Option<FileDescriptor>, what: &str| match found {
                        Some(file) => Said::FileDescriptorResponse(wire::FileDescriptorResponse {
                            file_descriptor_proto: vec![file.encode_to_vec()],
                        }),
                        None => refused(Code::NotFound, &format!("there is no {what}")),
                    };
                    let refuse = |why: &str| refused(Code::InvalidArgument, why);
                    match asked {
                        Some(Asked::FileByFilename(name)) => {
                            file(self.0.get_file_by_name(name), &format!("file {name}"))
                        }
                        Some(Asked::FileContainingSymbol(name)) => {
                            file(self.file_of(name), &format!("symbol {name}"))
                        }
                        Some(Asked::FileContainingExtension(_)) => {
                            refused(Code::NotFound, "the services use no extensions")
                        }
                        Some(Asked::AllExtensionNumbersOfType(_)) => {
                            Said::AllExtensionNumbersResponse(Default::default())
                        }
                        Some(Asked::ListServices(_)) => {
                            let services = self.0.services();
                            let service = services.map(|service| wire::ServiceResponse {
                                name: service.full_name().to_owned(),
                            });
                            Said::ListServicesResponse(wire::ListServiceResponse {
                                service: service.collect(),
                            })
                        }
                        None => refuse("message_request: is required"),
                    }
                }
            }

            fn refused(code: Code, why: &str) -> Said {
                Said::ErrorResponse(wire::ErrorResponse {
                    error_code: code.into(),
                    error_message: why.to_owned(),
                })
            }

            #[tonic::async_trait]
            impl ServerReflection for Reflection {
                type ServerReflectionInfoStream = Pin<
                    Box<dyn Stream<Item = Result<wire::ServerReflectionResponse, Status>> + Send>,
                >;

                async fn server_reflection_info(
                    &self,
                    request: Request<Streaming<wire::ServerReflectionRequest>>,
                ) -> Result<Response<Self::ServerReflectionInfoStream>, Status> {
                    let own = self.clone();
                    let replies = request.into_inner().map(move |asked| {
                        let asked = asked?;
                        Ok(wire::ServerReflectionResponse {
                            valid_host: asked.host.clone(),
                            message_response: Some(own.$version(asked.message_request.as_ref())),
                            original_request: Some(asked),
                        })
                    });
                    Ok(Response::new(Box::pin(replies)))
                }
            }
        };
    };
}

version!(v1);
version!(v1alpha);
