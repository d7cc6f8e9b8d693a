//! The bare transport: a tonic server that answers every `WhoHolds` with bytes made once.

use std::iter::Repeat;
use std::task::{Context, Poll};

use tonic::codegen::{Body, BoxFuture, Service, StdError, http};
use tonic::server::{Grpc, NamedService, ServerStreamingService, UnaryService};
use tonic::{Request, Response, Status};

/// Bytes as they are, on both sides: neither the floor nor the load generator decodes a message.
#[derive(Clone, Copy, Default)]
pub struct Raw;

pub struct RawEncoder;
pub struct RawDecoder;

impl tonic::codec::Codec for Raw {
    type Encode = Vec<u8>;
    type Decode = Vec<u8>;
    type Encoder = RawEncoder;
    type Decoder = RawDecoder;
    fn encoder(&mut self) -> RawEncoder {
        RawEncoder
    }
    fn decoder(&mut self) -> RawDecoder {
        RawDecoder
    }
}

impl tonic::codec::Encoder for RawEncoder {
    type Item = Vec<u8>;
    type Error = Status;
    fn encode(
        &mut self,
        item: Vec<u8>,
        to: &mut tonic::codec::EncodeBuf<'_>,
    ) -> Result<(), Status> {
        prost::bytes::BufMut::put_slice(to, &item);
        Ok(())
    }
}

impl tonic::codec::Decoder for RawDecoder {
    type Item = Vec<u8>;
    type Error = Status;
    fn decode(
        &mut self,
        from: &mut tonic::codec::DecodeBuf<'_>,
    ) -> Result<Option<Vec<u8>>, Status> {
        let mut item = vec![0; prost::bytes::Buf::remaining(from)];
        prost::bytes::Buf::copy_to_slice(from, &mut item);
        Ok(Some(item))
    }
}

#[derive(Clone)]
struct Echo(Vec<u8>);

impl UnaryService<Vec<u8>> for Echo {
    type Response = Vec<u8>;
    type Future = std::future::Ready<Result<Response<Vec<u8>>, Status>>;
    fn call(&mut self, _: Request<Vec<u8>>) -> Self::Future {
        std::future::ready(Ok(Response::new(self.0.clone())))
    }
}

impl NamedService for Echo {
    const NAME: &'static str = "remit.v1.ResponsibilityService";
}

impl<B> Service<http::Request<B>> for Echo
where
    B: Body + Send + 'static,
    B::Error: Into<StdError> + Send + 'static,
{
    type Response = http::Response<tonic::body::Body>;
    type Error = std::convert::Infallible;
    type Future = BoxFuture<Self::Response, Self::Error>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<B>) -> Self::Future {
        let echo = self.clone();
        Box::pin(async move { Ok(Grpc::new(Raw).unary(echo, request).await) })
    }
}

/// A stream of the same bytes for ever, told as events are.
#[derive(Clone)]
struct Same(Vec<u8>);

impl ServerStreamingService<Vec<u8>> for Same {
    type Response = Vec<u8>;
    type ResponseStream = tokio_stream::Iter<std::iter::Map<Repeat<Vec<u8>>, Whole>>;
    type Future = std::future::Ready<Result<Response<Self::ResponseStream>, Status>>;
    fn call(&mut self, _: Request<Vec<u8>>) -> Self::Future {
        let whole: Whole = Ok;
        let endless = std::iter::repeat(self.0.clone()).map(whole);
        std::future::ready(Ok(Response::new(tokio_stream::iter(endless))))
    }
}

type Whole = fn(Vec<u8>) -> Result<Vec<u8>, Status>;

impl NamedService for Same {
    const NAME: &'static str = "remit.v1.EventService";
}

impl<B> Service<http::Request<B>> for Same
where
    B: Body + Send + 'static,
    B::Error: Into<StdError> + Send + 'static,
{
    type Response = http::Response<tonic::body::Body>;
    type Error = std::convert::Infallible;
    type Future = BoxFuture<Self::Response, Self::Error>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<B>) -> Self::Future {
        let same = self.clone();
        Box::pin(async move { Ok(Grpc::new(Raw).server_streaming(same, request).await) })
    }
}

/// Serves until killed. Reads the size of its answer from the environment; prints where it serves.
pub fn serve() {
    let bytes = std::env::var("ECHO_BYTES").expect("a size").parse().expect("a number");
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        println!("serving on http://{}", listener.local_addr().expect("an address"));
        tonic::transport::Server::builder()
            .initial_stream_window_size(4 << 20)
            .initial_connection_window_size(16 << 20)
            .add_service(Echo(vec![7; bytes]))
            // The first byte is that of a message that holds an event.
            .add_service(Same(vec![0x0a; bytes]))
            .serve_with_incoming(
                tonic::transport::server::TcpIncoming::from(listener).with_nodelay(Some(true)),
            )
            .await
            .expect("served");
    });
}
