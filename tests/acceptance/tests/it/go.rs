//! The log as Go's own code reads it: `tests/acceptance/go`, over plain HTTP.

use std::process::{Command, Output};

use acceptance::*;
use remit_grpc::pb;

const TARGET: &str = env!("CARGO_TARGET_TMPDIR");

/// Builds the checker, without network and outside any module.
fn built(packages: &str) -> String {
    let program = format!("{TARGET}/logcheck");
    let built = Command::new("go")
        .args(["build", "-o", &program, "."])
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/go"))
        .env("GO111MODULE", "off")
        .env("GOFLAGS", "")
        .env("GOPATH", format!("{TARGET}/go:{packages}"))
        .env("GOCACHE", format!("{TARGET}/go-cache"))
        .output()
        .expect("run");
    assert!(built.status.success(), "{}", text(&built.stderr));
    program
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn holds(checked: &Output, said: &str) {
    assert!(checked.status.success(), "{}", text(&checked.stderr));
    assert!(text(&checked.stdout).contains(said), "{}", text(&checked.stdout));
}

#[tokio::test(flavor = "multi_thread")]
async fn go_reads_the_log() {
    let Some(packages) = tools::go() else { return };
    let program = built(packages);
    let dir = std::env::temp_dir().join(format!("remit-go-{}", std::process::id()));
    let world = World::on_disk(&dir).await;
    world.record_england().await;
    let head = world.head();
    let url = format!("http://{}", world.address);
    let mut earlier = Vec::new();
    let mut public = String::new();
    for size in [1, 255, 256, 257, 1_000, head] {
        let request = pb::GetCheckpointRequest { size, ..Default::default() };
        let then = world.audit().get_checkpoint(request).await.expect("signed").into_inner();
        let file = dir.join(format!("{size}.note"));
        std::fs::write(&file, then.checkpoint).expect("written");
        earlier.push(file);
        public = then.public_key;
    }
    let check = |public: &str| {
        let mut command = Command::new(&program);
        command.arg(&url).arg(public).args(&earlier).output().expect("run")
    };
    holds(&check(&public), &format!("6 earlier checkpoints hold in a log of {head}"));
    // The log grows, and what was signed before still begins it.
    world.record(vec![ccg("99Z", "NHS Example CCG", "2013-04-01", "2014-04-01")]).await;
    holds(&check(&public), &format!("6 earlier checkpoints hold in a log of {}", head + 1));
    // Another key, and a checkpoint that another root was signed in, do not hold.
    let other = remit_ledger::SignerKey::from_seed("acceptance.example/register", [8; 32]);
    let other = other.expect("a key");
    let checked = check(&other.public().to_string());
    assert!(text(&checked.stderr).contains("note has no verifiable signatures"), "{checked:?}");
    let key = remit_ledger::SignerKey::from_seed("acceptance.example/register", [7; 32]);
    let origin = "acceptance.example/register".to_owned();
    let forged = remit_ledger::Checkpoint {
        origin,
        size: 256,
        root: remit_ledger::Hash([0; 32]),
        index: None,
    };
    std::fs::write(&earlier[2], forged.sign(&[&key.expect("a key")])).expect("written");
    let checked = check(&public);
    assert_eq!(checked.status.code(), Some(1), "{checked:?}");
    assert!(text(&checked.stderr).contains("256.note: "), "{checked:?}");
    drop(world);
    std::fs::remove_dir_all(dir).expect("removed");
}
