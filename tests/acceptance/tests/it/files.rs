//! The log as static files over plain HTTP: a hand-written GET, and the root computed from what
//! came.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use acceptance::*;
use remit_domain::{Act, Command, Fact, InstrumentFact, InstrumentKind, LegalBasis};
use remit_grpc::{command, pb};
use remit_ledger::tiles::{Holds, Tile, WIDTH};
use remit_ledger::tree::{self, Frontier, Hash};
use remit_ledger::{Checkpoint, VerifierKey};
use tonic::Code;

/// A reply of the server.
struct Reply {
    status: u16,
    head: String,
    body: Vec<u8>,
}

fn send(server: SocketAddr, request: &str) -> Reply {
    let mut stream = TcpStream::connect(server).expect("connected");
    stream.write_all(request.as_bytes()).expect("sent");
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).expect("read");
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").expect("a head") + 4;
    let head = String::from_utf8(bytes[..end].to_vec()).expect("text").to_lowercase();
    let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).expect("a status");
    Reply { status, head, body: bytes.split_off(end) }
}

fn ask(server: SocketAddr, method: &str, path: &str) -> Reply {
    let headers = "Host: register\r\nConnection: close\r\nContent-Length: 0\r\n";
    send(server, &format!("{method} {path} HTTP/1.1\r\n{headers}\r\n"))
}

/// A tile or bundle that must be there, immutable, and of the right type.
fn get(server: SocketAddr, tile: Tile) -> Vec<u8> {
    let reply = ask(server, "GET", &format!("/{tile}"));
    assert_eq!(reply.status, 200, "{tile}: {}", String::from_utf8_lossy(&reply.body));
    assert!(reply.head.contains("content-type: application/octet-stream\r\n"), "{}", reply.head);
    assert!(reply.head.contains("max-age=31536000, immutable"), "{}", reply.head);
    reply.body
}

/// The files of one level of a tree: full ones, and a partial one at the end if there is.
fn level(holds: Holds, complete: u64) -> impl Iterator<Item = Tile> {
    let full = (0..complete / WIDTH).map(move |number| Tile { holds, number, width: WIDTH });
    let rest = Tile { holds, number: complete / WIDTH, width: complete % WIDTH };
    full.chain((rest.width > 0).then_some(rest))
}

fn entries(bundle: &[u8]) -> Vec<&[u8]> {
    let (mut rest, mut entries) = (bundle, Vec::new());
    while let Some((length, after)) = rest.split_first_chunk() {
        let (entry, after) = after.split_at(usize::from(u16::from_be_bytes(*length)));
        entries.push(entry);
        rest = after;
    }
    entries
}

fn root(leaves: impl IntoIterator<Item = Hash>) -> Hash {
    let mut frontier = Frontier::default();
    leaves.into_iter().for_each(|leaf| frontier.push(leaf, |_, _, _| ()));
    frontier.root()
}

/// Reads a whole tree of a size from the files alone; its root. Every hash of every tile must be
/// that of what is below it.
fn root_of_files(server: SocketAddr, size: u64) -> Hash {
    let bundles = level(Holds::Entries, size).map(|tile| get(server, tile));
    let leaves: Vec<Hash> = bundles
        .flat_map(|bundle| entries(&bundle).into_iter().map(tree::leaf).collect::<Vec<_>>())
        .collect();
    assert_eq!(leaves.len() as u64, size);
    let mut below = leaves.clone();
    for at in 0.. {
        let tiles = level(Holds::Hashes { level: at }, below.len() as u64);
        let hashes: Vec<u8> = tiles.flat_map(|tile| get(server, tile)).collect();
        assert_eq!(hashes, below.concat(), "level {at} of {size}");
        below = below.chunks_exact(256).map(|full| root(full.iter().copied())).collect();
        if below.is_empty() {
            break;
        }
    }
    root(leaves)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_files_have_the_root_of_the_checkpoint_at_every_size() {
    let dir = std::env::temp_dir().join(format!("remit-files-{}", std::process::id()));
    let world = World::on_disk(&dir).await;
    world.record_england().await;
    let head = world.head();
    let reply = ask(world.address, "GET", "/checkpoint");
    assert_eq!(reply.status, 200);
    assert!(reply.head.contains("content-type: text/plain; charset=utf-8\r\n"), "{}", reply.head);
    assert!(reply.head.contains("cache-control: no-cache\r\n"), "{}", reply.head);
    let request = pb::GetCheckpointRequest::default();
    let same = world.audit().get_checkpoint(request).await.expect("signed").into_inner();
    let key = [VerifierKey::parse(&same.public_key).expect("a key")];
    let note = String::from_utf8(reply.body).expect("text");
    let (now, _) = Checkpoint::verify(&note, &key).expect("it stands");
    assert_eq!((now.size, note), (head, same.checkpoint));
    for size in [1, 2, 255, 256, 257, 511, 512, 1_000, head - 1, head] {
        let request = pb::GetCheckpointRequest { size, ..Default::default() };
        let then = world.audit().get_checkpoint(request).await.expect("signed").into_inner();
        assert_eq!(root_of_files(world.address, size).0.as_slice(), then.root, "size {size}");
    }
    assert_eq!(root_of_files(world.address, head), now.root);
    drop(world);
    std::fs::remove_dir_all(dir).expect("removed");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_is_not_found_and_only_reading_is_allowed() {
    let world = World::with_law().await;
    let head = world.head();
    // One partial tile at the end.
    let (full, rest) = (head / WIDTH, head % WIDTH);
    assert!(rest > 0);
    let last = format!("{full:03}");
    let there = format!("/tile/0/{last}.p/{rest}");
    for (path, status) in [
        (there.as_str(), 200),
        (&format!("/tile/entries/{last}.p/{rest}"), 200),
        (&format!("/tile/0/{last}.p/1"), 200),
        (&format!("/tile/0/{last}.p/{}", rest + 1), 404),
        (&format!("/tile/entries/{last}.p/{}", rest + 1), 404),
        (&format!("/tile/0/{last}"), 404),
        (&format!("/tile/entries/{last}"), 404),
        (&format!("/tile/1/000.p/{}", full + 1), 404),
        ("/tile/63/000.p/1", 404),
        ("/tile/64/000.p/1", 404),
        ("/tile/0/0", 404),
        ("/tile/0/000.p/0", 404),
        ("/tile/0/000.p/01", 404),
        ("/tile/0/%30%30%30.p/1", 404),
        ("/tile/0/../0/000.p/1", 404),
        ("/tile/0/x018/x446/x744/x073/x709/x551/616", 404),
        ("/tile/8/0/000.p/1", 404),
        ("/tile/data/000.p/1", 404),
        ("/tile/", 404),
        ("/tile", 404),
        ("/checkpoint/", 404),
        ("/", 404),
        ("/remit.v1.AuditService/GetCheckpoint", 404),
    ] {
        let reply = ask(world.address, "GET", path);
        assert_eq!(reply.status, status, "{path}");
        assert_eq!(reply.head.contains("immutable"), status == 200, "{path}: {}", reply.head);
        let bare = ask(world.address, "HEAD", path);
        assert_eq!((bare.status, bare.body.len()), (status, 0), "HEAD {path}");
        assert!(bare.head.contains(&format!("content-length: {}\r\n", reply.body.len())), "{path}");
    }
    for method in ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"] {
        for path in [there.as_str(), "/checkpoint"] {
            assert_eq!(ask(world.address, method, path).status, 405, "{method} {path}");
        }
    }
    // A page in a browser cannot record anything: the services are not on HTTP/1.1.
    let path = "/remit.v1.RegisterService/Record";
    for kind in ["text/plain", "application/grpc"] {
        let headers = format!("Host: r\r\nConnection: close\r\nContent-Type: {kind}");
        let body = "\0\0\0\0\0";
        let request =
            format!("POST {path} HTTP/1.1\r\n{headers}\r\nContent-Length: 5\r\n\r\n{body}");
        assert_eq!(send(world.address, &request).status, 404, "{kind}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_register_has_a_checkpoint_and_no_tile() {
    let world = World::empty().await;
    let reply = ask(world.address, "GET", "/checkpoint");
    let note = String::from_utf8(reply.body).expect("text");
    // SHA-256 of nothing.
    assert!(note.contains("\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n"), "{note}");
    for path in ["/tile/0/000", "/tile/0/000.p/1", "/tile/entries/000.p/1"] {
        assert_eq!(ask(world.address, "GET", path).status, 404, "{path}");
    }
}

/// A delegation with so many bytes of conditions.
fn conditions(bytes: usize) -> Vec<Command> {
    let basis = (InstrumentKind::Delegation, LegalBasis::S13zBy);
    let mut commands =
        instrument("delegation/11X", basis, ("X24", "11X"), &["gms-contracts"], ("2015-04-01", ""));
    if let Act::State(Fact::Instruments(InstrumentFact::InstrumentDrawn(drawn))) =
        &mut commands[0].act
    {
        let texts = std::iter::repeat_n(2_000, bytes / 2_000).chain([bytes % 2_000]);
        drawn.conditions = texts.filter(|n| *n > 0).map(|n| code(&"x".repeat(n))).collect();
    }
    commands.truncate(1);
    commands
}

#[tokio::test(flavor = "multi_thread")]
async fn no_event_is_too_long_for_its_bundle() {
    let world = World::with_law().await;
    world.record(vec![ccg("11X", "NHS Somerset CCG", "2013-04-01", "2022-07-01")]).await;
    let head = world.head();
    for (validate_only, bytes) in [(true, 65_000), (false, 65_000), (false, 1_000_000)] {
        let request = pb::RecordRequest {
            request_id: "long".into(),
            actor: "acceptance tests".into(),
            acting_for: "X24".into(),
            commands: conditions(bytes).iter().map(command::write).collect(),
            validate_only,
            ..Default::default()
        };
        let status = world.recorder().record(request).await.expect_err("too long");
        assert_eq!(
            (status.code(), reason(&status)),
            (Code::InvalidArgument, "FIELD_INVALID".into())
        );
        assert_eq!(fields(&status), ["commands[0].instrument_drawn"]);
        assert!(status.message().contains("has at most 65535"), "{}", status.message());
    }
    assert_eq!(world.head(), head, "nothing is recorded");
    // The longest that is accepted is nearly as long as can be, and is in its bundle.
    let mut longest = None;
    for bytes in (64_000..65_000).rev() {
        if let Ok(reply) = world.try_record(conditions(bytes)).await {
            longest = Some(reply.last_position);
            break;
        }
    }
    let position = longest.expect("one is accepted");
    let stored = world.stored(position - 1, 1).await.remove(0).bytes;
    assert!((65_500..=65_535).contains(&stored.len()), "{}", stored.len());
    let bundle = Tile { holds: Holds::Entries, number: position / WIDTH, width: position % WIDTH };
    let bundle = get(world.address, bundle);
    assert_eq!(entries(&bundle).last().copied(), Some(stored.as_ref()));
}
