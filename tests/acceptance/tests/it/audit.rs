//! Checkpoints and proofs over the wire, checked with what a caller has: the bytes and a key.

use acceptance::{World, ccg};
use remit_grpc::{command, pb};
use remit_ledger::tree::{self, Hash};
use remit_ledger::{Checkpoint, VerifierKey};
use tonic::Code;

fn hashes(proof: &[Vec<u8>]) -> Vec<Hash> {
    proof.iter().map(|hash| Hash::from_slice(hash).expect("32 bytes")).collect()
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one story, told in the order it happens")]
async fn every_event_is_proved_and_every_checkpoint_begins_the_next() {
    let world = World::empty().await;
    world.record_england().await;
    let head = world.head();
    let mut audit = world.audit();
    let all = audit.get_checkpoint(pb::GetCheckpointRequest::default()).await.expect("signed");
    let all = all.into_inner();
    let key = [VerifierKey::parse(&all.public_key).expect("a key")];
    let (now, _) = Checkpoint::verify(&all.checkpoint, &key).expect("it stands");
    assert_eq!((now.size, now.root.0.as_slice()), (head, all.root.as_slice()));
    for position in [1, 2, 255, 256, 257, head / 2, head - 1, head] {
        for size in [position, (position + head) / 2, 0] {
            let request = pb::ProveInclusionRequest { position, size };
            let reply = audit.prove_inclusion(request).await.expect("proved").into_inner();
            let (of, _) = Checkpoint::verify(&reply.checkpoint, &key).expect("it stands");
            let stored = world.stored(position - 1, 1).await;
            assert_eq!(reply.cloud_event, stored[0].bytes, "the stored bytes");
            let leaf = tree::leaf(&reply.cloud_event);
            let (proof, root) = (hashes(&reply.proof), (of.size, &of.root));
            tree::check_inclusion(&proof, root, (position - 1, &leaf)).expect("it stands");
            let other = tree::leaf(&reply.cloud_event[1..]);
            assert!(tree::check_inclusion(&proof, root, (position - 1, &other)).is_err());
        }
    }
    for earlier in [1, 255, 256, 1_000, head - 1, head] {
        let request = pb::GetCheckpointRequest { size: earlier, ..Default::default() };
        let then = audit.get_checkpoint(request).await.expect("signed").into_inner();
        let (then, _) = Checkpoint::verify(&then.checkpoint, &key).expect("it stands");
        let request = pb::ProveConsistencyRequest { earlier_size: earlier, size: 0 };
        let reply = audit.prove_consistency(request).await.expect("proved").into_inner();
        let (before, after) = ((then.size, &then.root), (now.size, &now.root));
        tree::check_consistency(&hashes(&reply.proof), after, before).expect("it stands");
    }
    // What cannot be proved is refused.
    let beyond = pb::GetCheckpointRequest { size: head + 1, ..Default::default() };
    let code = audit.get_checkpoint(beyond).await.expect_err("beyond the head").code();
    assert_eq!(code, Code::OutOfRange);
    for (position, size, code) in [
        (0, 0, Code::InvalidArgument),
        (head + 1, 0, Code::OutOfRange),
        (11, 10, Code::OutOfRange),
        (1, head + 1, Code::OutOfRange),
    ] {
        let refused = audit.prove_inclusion(pb::ProveInclusionRequest { position, size }).await;
        assert_eq!(refused.expect_err("refused").code(), code, "{position} of {size}");
    }
    for (earlier_size, size, code) in
        [(0, 0, Code::InvalidArgument), (11, 10, Code::OutOfRange), (head + 1, 0, Code::OutOfRange)]
    {
        let request = pb::ProveConsistencyRequest { earlier_size, size };
        let refused = audit.prove_consistency(request).await;
        assert_eq!(refused.expect_err("refused").code(), code, "{earlier_size} to {size}");
    }
    // A request is answered with proof, also when it is sent again.
    let commands = ["ZZ1", "ZZ2"].map(|code| ccg(code, code, "2013-04-01", ""));
    let request = pb::RecordRequest {
        request_id: "with-proof".to_owned(),
        actor: "acceptance tests".to_owned(),
        acting_for: "X24".to_owned(),
        commands: commands.iter().map(command::write).collect(),
        prove: true,
        ..Default::default()
    };
    for _ in 0..2 {
        let reply = world.recorder().record(request.clone()).await.expect("recorded").into_inner();
        assert_eq!((reply.first_position, reply.last_position), (head + 1, head + 2));
        let proof = reply.proof.expect("a proof");
        let (of, _) = Checkpoint::verify(&proof.checkpoint, &key).expect("it stands");
        let leaves = proof.cloud_events.iter().map(|bytes| tree::leaf(bytes));
        let mut leaves: Vec<_> = (head..).zip(leaves).collect();
        let root = tree::root_of_several(of.size, &leaves, &hashes(&proof.hashes));
        assert_eq!(root.expect("a root"), of.root);
        leaves[1].1 = tree::leaf(b"another");
        let root = tree::root_of_several(of.size, &leaves, &hashes(&proof.hashes));
        assert_ne!(root.expect("a root"), of.root);
    }
}
