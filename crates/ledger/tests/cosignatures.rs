//! Tests that cosignatures have the byte layout of C2SP tlog-cosignature, and that altered
//! cosignatures are refused.

#![allow(clippy::expect_used, clippy::unwrap_used, missing_docs, reason = "tests")]

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, SigningKey};
use remit_ledger::cosignature::{Cosigned, TIME_MAX};
use remit_ledger::{Checkpoint, Hash, KeyRing, NoteError, SignerKey, WitnessKey, WitnessSigner};
use sha2::{Digest, Sha256};

const ORIGIN: &str = "remit.example/register";

fn witness(seed: u8) -> WitnessSigner {
    WitnessSigner::from_seed(&format!("witness.example/w{seed}"), [seed; 32]).expect("a key")
}

fn checkpoint() -> Checkpoint {
    Checkpoint { origin: ORIGIN.to_owned(), size: 20_852_163, root: Hash([5; 32]), index: None }
}

fn ring() -> KeyRing {
    SignerKey::from_seed(ORIGIN, [7; 32]).expect("a key").into()
}

fn cosigned(lines: &[String]) -> String {
    ring().sign(&checkpoint()) + &lines.concat()
}

#[test]
fn the_layout_is_that_of_the_specification() {
    let (time, signer) = (1_679_315_147, witness(1));
    let line = signer.cosign(&checkpoint(), time);
    let data = line.strip_prefix("\u{2014} witness.example/w1 ").expect("its name");
    let data = STANDARD.decode(data.trim_end()).expect("base64");
    assert_eq!(data.len(), 4 + 8 + 64);
    // The id of a witness's key is SHA-256(<name> || "\n" || 0x04 || 32-byte public key)[:4].
    let secret = SigningKey::from_bytes(&[1; 32]);
    let public = secret.verifying_key();
    let id = Sha256::digest([b"witness.example/w1\n\x04".as_slice(), public.as_bytes()].concat());
    assert_eq!(data[..4], id[..4]);
    assert_eq!(data[4..12], time.to_be_bytes());
    let root = STANDARD.encode([5; 32]);
    let signed = format!("cosignature/v1\ntime 1679315147\n{ORIGIN}\n20852163\n{root}\n");
    let signature = Signature::from_slice(&data[12..]).expect("64 bytes");
    public.verify_strict(signed.as_bytes(), &signature).expect("it stands");
    // The text of the public key has the id of the key, and 0x04 before the bytes of the key.
    let id: String = id[..4].iter().map(|byte| format!("{byte:02x}")).collect();
    let bytes = STANDARD.encode([[4].as_slice(), public.as_bytes()].concat());
    assert_eq!(signer.public().to_string(), format!("witness.example/w1+{id}+{bytes}"));
    assert_eq!(WitnessKey::parse(&signer.public().to_string()).as_ref(), Ok(signer.public()));
    let again = WitnessSigner::parse(&signer.secret_text()).expect("a key");
    assert_eq!(again.public(), signer.public());
}

#[test]
fn a_cosigned_note_is_read_and_its_log_still_checks() {
    let (first, second) = (witness(1), witness(2));
    let lines = [first.cosign(&checkpoint(), 100), second.cosign(&checkpoint(), 50)];
    let note = cosigned(&lines);
    let known = [first.public().clone(), second.public().clone()];
    let read = Cosigned::verify(&note, &known).expect("it stands");
    assert_eq!(read.checkpoint, checkpoint());
    let who: Vec<_> = read.cosignatures.iter().map(|c| (c.witness.as_str(), c.time)).collect();
    assert_eq!(who, [("witness.example/w1", 100), ("witness.example/w2", 50)]);
    assert_eq!(read.note(&ring()), note);
    assert_eq!(Cosigned::parse(&read.text()), Ok(read.clone()));
    // Cosignatures by unknown witnesses are left out. A note without a cosignature by a known
    // witness is refused.
    let one = Cosigned::verify(&note, &known[1..]).expect("it stands");
    assert_eq!(one.cosignatures.len(), 1);
    let stranger = [witness(3).public().clone()];
    assert_eq!(Cosigned::verify(&note, &stranger), Err(NoteError::NoWitness));
    let bare = ring().sign(&checkpoint());
    assert_eq!(Cosigned::verify(&bare, &known), Err(NoteError::NoWitness));
    // A reader who has only the log's key gets the cosignatures as signature lines by other keys.
    let log: Vec<_> = ring().public().cloned().collect();
    let (_, others) = Checkpoint::verify(&note, &log).expect("it stands");
    assert_eq!(others.len(), 2);
    // Only the newest cosignature of each witness is kept, whatever the order of the lines.
    for times in [[10, 30, 20], [30, 20, 10], [10, 20, 30]] {
        let lines = times.map(|time| first.cosign(&checkpoint(), time));
        let read = Cosigned::verify(&cosigned(&lines), &known).expect("it stands");
        assert_eq!(read.cosignatures.iter().map(|c| c.time).collect::<Vec<_>>(), [30]);
    }
    // `merged` adds earlier cosignatures of the same checkpoint, but no cosignatures by unknown
    // witnesses and none of another checkpoint.
    let alone = |line: &String| Cosigned::verify(&cosigned(std::slice::from_ref(line)), &known);
    let (a, b) = (alone(&lines[0]).expect("read"), alone(&lines[1]).expect("read"));
    assert_eq!(b.clone().merged(&a, &known), read);
    assert_eq!(b.clone().merged(&a, &known[1..]), b);
    let other = Checkpoint { size: 9, ..checkpoint() };
    let note = ring().sign(&other) + &first.cosign(&other, 7);
    let before = Cosigned::verify(&note, &known).expect("it stands");
    assert_eq!(b.clone().merged(&before, &known), b);
}

#[test]
fn a_cosignature_with_any_bit_changed_or_of_another_kind_is_refused() {
    let signer = witness(1);
    let known = [signer.public().clone()];
    let line = signer.cosign(&checkpoint(), 1_679_315_147);
    let data = STANDARD.decode(line.trim_end().rsplit_once(' ').expect("data").1).expect("base64");
    let note = |data: &[u8]| {
        cosigned(&[format!("\u{2014} witness.example/w1 {}\n", STANDARD.encode(data))])
    };
    assert!(Cosigned::verify(&note(&data), &known).is_ok());
    for bit in 0..data.len() * 8 {
        let mut changed = data.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        assert!(Cosigned::verify(&note(&changed), &known).is_err(), "bit {bit}");
    }
    for length in 4..data.len() {
        assert!(Cosigned::verify(&note(&data[..length]), &known).is_err(), "{length} bytes");
    }
    let long = [data.as_slice(), &[0]].concat();
    assert!(Cosigned::verify(&note(&long), &known).is_err());
    // A signature line moved to another checkpoint is refused, and so is a time after the year
    // 9999.
    let other = Checkpoint { size: 20_852_164, ..checkpoint() };
    let moved = ring().sign(&other) + &line;
    let wrong = NoteError::Signature("witness.example/w1".to_owned());
    assert_eq!(Cosigned::verify(&moved, &known), Err(wrong.clone()));
    let late = cosigned(&[signer.cosign(&checkpoint(), TIME_MAX + 1)]);
    assert_eq!(Cosigned::verify(&late, &known), Err(wrong));
    assert!(Cosigned::verify(&cosigned(&[signer.cosign(&checkpoint(), TIME_MAX)]), &known).is_ok());
    // A signature by a log's key does not count as a cosignature, even if the log's key has the
    // name and the secret of a witness's key.
    let log = SignerKey::from_seed("witness.example/w1", [1; 32]).expect("a key");
    let signed = checkpoint().sign(&[&log]);
    assert_eq!(Cosigned::verify(&signed, &known), Err(NoteError::NoWitness));
}
