//! What witnesses say of checkpoints: kept if it is of this register, and nothing else.

use acceptance::*;
use remit_grpc::pb;
use remit_ledger::{Checkpoint, Cosigned, KeyRing, SignerKey, VerifierKey};
use tonic::{Code, Status};

/// The keys of every world.
fn own() -> KeyRing {
    SignerKey::from_seed("acceptance.example/register", [7; 32]).expect("a key").into()
}

async fn checkpoint(world: &World, size: u64) -> Checkpoint {
    let request = pb::GetCheckpointRequest { size, ..Default::default() };
    let reply = world.audit().get_checkpoint(request).await.expect("signed").into_inner();
    let key = [VerifierKey::parse(&reply.public_key).expect("a key")];
    Checkpoint::verify(&reply.checkpoint, &key).expect("it stands").0
}

async fn add(world: &World, note: String) -> Result<pb::AddCosignaturesResponse, Status> {
    let request = pb::AddCosignaturesRequest { checkpoint: note };
    world.audit().add_cosignatures(request).await.map(tonic::Response::into_inner)
}

async fn newest(world: &World) -> Result<pb::GetCheckpointResponse, Status> {
    let request = pb::GetCheckpointRequest { size: 0, cosigned: true };
    world.audit().get_checkpoint(request).await.map(tonic::Response::into_inner)
}

fn said(cosignatures: &[pb::Cosignature]) -> Vec<(&str, i64)> {
    let each = cosignatures.iter().map(|pb::Cosignature { witness, cosigned_at }| {
        let name = witness.strip_prefix("witness.example/").expect("its name");
        (name, cosigned_at.as_ref().expect("a time").seconds)
    });
    each.collect()
}

/// A checkpoint cosigned by witnesses, each at a time.
fn cosigned(checkpoint: &Checkpoint, by: &[(u8, u64)]) -> String {
    let lines = by.iter().map(|(number, time)| witness(*number).cosign(checkpoint, *time));
    own().sign(checkpoint) + &lines.collect::<String>()
}

#[tokio::test]
async fn the_newest_cosigned_checkpoint_is_kept_with_the_newest_line_of_each_witness() {
    let world = World::with_law().await;
    let head = world.head();
    let status = newest(&world).await.expect_err("none yet");
    assert_eq!((status.code(), reason(&status)), (Code::NotFound, "NOT_FOUND".into()));
    let (earlier, now) = (checkpoint(&world, head - 1).await, checkpoint(&world, head).await);
    // One witness after the other, and one again; whoever is not known is left out.
    for (by, expected) in [
        (vec![(1, 100)], vec![("w1", 100)]),
        (vec![(2, 90)], vec![("w1", 100), ("w2", 90)]),
        (vec![(1, 120), (3, 130)], vec![("w1", 120), ("w2", 90)]),
        (vec![(1, 110)], vec![("w1", 120), ("w2", 90)]),
    ] {
        let reply = add(&world, cosigned(&earlier, &by)).await.expect("kept");
        assert_eq!((reply.size, said(&reply.cosignatures)), (head - 1, expected), "{by:?}");
    }
    // A newer one takes the place of all, and an older one changes nothing then.
    let reply = add(&world, cosigned(&now, &[(2, 200)])).await.expect("kept");
    assert_eq!((reply.size, said(&reply.cosignatures)), (head, vec![("w2", 200)]));
    let reply = add(&world, cosigned(&earlier, &[(1, 300)])).await.expect("answered");
    assert_eq!((reply.size, said(&reply.cosignatures)), (head, vec![("w2", 200)]));
    // The log's own line is not needed: a witness gives its own alone.
    let own_lines = own().sign(&now);
    let line = witness(1).cosign(&now, 210);
    let bare = own_lines.split_once("\n\n").expect("a note").0.to_owned() + "\n\n" + &line;
    add(&world, bare).await.expect("kept");
    let reply = newest(&world).await.expect("one");
    assert_eq!((reply.size, reply.root.as_slice()), (head, now.root.0.as_slice()));
    assert_eq!(said(&reply.cosignatures), [("w1", 210), ("w2", 200)]);
    // What is sent back is signed by the log and by the witnesses.
    let keys: Vec<_> = own().public().cloned().collect();
    let (read, others) = Checkpoint::verify(&reply.checkpoint, &keys).expect("it stands");
    assert_eq!((read, others.len()), (now.clone(), 2));
    let known = [1, 2].map(|number| witness(number).public().clone());
    let read = Cosigned::verify(&reply.checkpoint, &known).expect("it stands");
    assert_eq!(read.cosignatures.len(), 2);
    // Without asking, there is the head as ever.
    assert_eq!(checkpoint(&world, 0).await, now);
    let both = pb::GetCheckpointRequest { size: 1, cosigned: true };
    let status = world.audit().get_checkpoint(both).await.expect_err("which?");
    assert_eq!((status.code(), fields(&status)), (Code::InvalidArgument, vec!["size".into()]));
}

#[tokio::test]
async fn a_note_that_this_register_cannot_have_signed_is_refused_and_changes_nothing() {
    let world = World::with_law().await;
    let head = world.head();
    let now = checkpoint(&world, head).await;
    add(&world, cosigned(&now, &[(1, 100)])).await.expect("kept");
    let kept = newest(&world).await.expect("one");
    let good = cosigned(&now, &[(2, 200)]);
    let elsewhere = Checkpoint { origin: "another.example".into(), ..now.clone() };
    let other_root = Checkpoint { root: remit_ledger::Hash([0; 32]), ..now.clone() };
    let same_root = Checkpoint { size: head - 1, ..now.clone() };
    let empty = Checkpoint { size: 0, ..now.clone() };
    for (note, why) in [
        (String::new(), "is required"),
        ("x".repeat(65_537), "at most 65536 bytes"),
        ("not a note".into(), "not a signed note"),
        (own().sign(&now), "no cosignature by any of the known witnesses"),
        (cosigned(&now, &[(3, 200)]), "no cosignature by any of the known witnesses"),
        (good.replace(&format!("\n{head}\n"), &format!("\n{}\n", head - 1)), "is not valid"),
        (format!("{good}x"), "does not end with a signature line"),
        (cosigned(&elsewhere, &[(2, 200)]), "is a checkpoint of another.example"),
        (cosigned(&other_root, &[(2, 200)]), "its root differs from the root of the first"),
        (cosigned(&same_root, &[(2, 200)]), "its root differs from the root of the first"),
        (cosigned(&empty, &[(2, 200)]), "its root differs from the root of the first 0 events"),
    ] {
        let status = add(&world, note).await.expect_err(why);
        assert_eq!(
            (status.code(), reason(&status)),
            (Code::InvalidArgument, "FIELD_INVALID".into())
        );
        assert_eq!(fields(&status), ["checkpoint"], "{why}");
        assert!(status.message().contains(why), "{}", status.message());
    }
    for size in [head + 1, u64::MAX] {
        let ahead = Checkpoint { size, ..now.clone() };
        let status = add(&world, cosigned(&ahead, &[(2, 200)])).await.expect_err("beyond");
        assert_eq!(
            (status.code(), reason(&status)),
            (Code::OutOfRange, "POSITION_BEYOND_HEAD".into())
        );
    }
    assert_eq!(newest(&world).await.expect("one"), kept);
}

#[tokio::test]
async fn racing_witnesses_lose_no_line_of_the_newest() {
    let world = World::with_law().await;
    let head = world.head();
    let mut notes = Vec::new();
    for size in head - 9..=head {
        let then = checkpoint(&world, size).await;
        notes.extend([1, 2].map(|number| cosigned(&then, &[(number, size)])));
    }
    let calls = notes.into_iter().map(|checkpoint| {
        let mut client = world.audit();
        tokio::spawn(async move {
            client.add_cosignatures(pb::AddCosignaturesRequest { checkpoint }).await
        })
    });
    let calls: Vec<_> = calls.collect();
    for call in calls {
        call.await.expect("joined").expect("answered");
    }
    let reply = newest(&world).await.expect("one");
    let at = i64::try_from(head).expect("small");
    assert_eq!((reply.size, said(&reply.cosignatures)), (head, vec![("w1", at), ("w2", at)]));
}
