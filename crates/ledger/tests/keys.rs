//! Tests a log with several keys: every key signs, and any one public key is enough to check.

#![allow(clippy::expect_used, clippy::unwrap_used, missing_docs, reason = "tests")]

use remit_ledger::keys::KEYS_MAX;
use remit_ledger::{
    Checkpoint, Hash, KeyRing, NoteError, SignerKey, VerifierKey, WitnessKey, WitnessSigner,
};

const NAME: &str = "remit.example/register";

fn key(seed: u8) -> SignerKey {
    SignerKey::from_seed(NAME, [seed; 32]).expect("a key")
}

#[test]
fn every_key_of_a_log_signs_and_any_one_checks() {
    let ring = KeyRing::from(key(1)).rotated([2; 32]).expect("rotated");
    let ring = ring.rotated([3; 32]).expect("rotated");
    let public: Vec<VerifierKey> = ring.public().cloned().collect();
    assert_eq!(public, [3, 2, 1].map(|seed| key(seed).public().clone()), "the current one first");
    assert!(public.iter().all(|key| key.name() == NAME), "the origin stays");
    let checkpoint =
        Checkpoint { origin: NAME.to_owned(), size: 7, root: Hash([9; 32]), index: None };
    let note = ring.sign(&checkpoint);
    for key in &public {
        let alone = std::slice::from_ref(key);
        let (read, others) = Checkpoint::verify(&note, alone).expect("it stands");
        assert_eq!((read, others.len()), (checkpoint.clone(), 2));
        // An independent library that knows only this one key also accepts the note.
        let theirs = signed_note::StandardVerifier::new(&key.to_string()).expect("their key");
        let list = signed_note::VerifierList::new(vec![Box::new(theirs)]);
        let note = signed_note::Note::from_bytes(note.as_bytes()).expect("their note");
        assert_eq!(note.verify(&list).expect("it stands").0.len(), 1);
    }
    let stranger = key(4).public().clone();
    let alone = std::slice::from_ref(&stranger);
    assert_eq!(Checkpoint::verify(&note, alone), Err(NoteError::NoSignature));
    // A note signed only with the oldest key is accepted by a reader who has all public keys.
    let before = KeyRing::from(key(1)).sign(&checkpoint);
    assert!(Checkpoint::verify(&before, &public).is_ok());
    // A wrong signature by one known key is refused, even if other known keys signed validly.
    let (first, rest) = note.split_once("\u{2014} ").expect("a line");
    let lines: Vec<&str> = rest.split_inclusive('\n').collect();
    let (head, own) = lines[0].split_at(40);
    let changed = if own.starts_with('A') { "B" } else { "A" };
    let wrong = format!("{first}\u{2014} {head}{changed}{}{}", &own[1..], lines[1..].concat());
    assert!(Checkpoint::verify(&wrong, &public).is_err(), "{wrong}");
}

#[test]
fn files_of_keys_are_read_line_by_line_and_faults_name_the_line() {
    let ring = KeyRing::from(key(1)).rotated([2; 32]).expect("rotated");
    let text = ring.secret_text();
    let again = KeyRing::parse(&format!("\n{text}\n")).expect("read");
    assert_eq!(again.secret_text(), text);
    let public: String = ring.public().map(|key| format!("{key}\n")).collect();
    assert_eq!(VerifierKey::parse_all(&public).expect("read").len(), 2);
    let other = SignerKey::from_seed("another", [5; 32]).expect("a key").secret_text();
    let witness = WitnessSigner::from_seed("w.example", [6; 32]).expect("a key");
    let many: String = (0..=KEYS_MAX as u8).map(|seed| key(seed).secret_text() + "\n").collect();
    for (text, said) in [
        (String::new(), "the file has no key"),
        (format!("{text}{other}"), "must have one name"),
        (format!("{text}{}", key(1).secret_text()), "the file has one key twice"),
        (format!("{text}PRIVATE+KEY+x"), "line 3: not a key"),
        (
            witness.secret_text(),
            "line 1: not a key of the signed-note format: it is the key of a witness",
        ),
        (public.clone(), "line 1: not a key"),
        (many, "at most 32 keys"),
    ] {
        let error = KeyRing::parse(&text).err().expect("refused").to_string();
        assert!(error.contains(said), "{error}");
    }
    let error =
        VerifierKey::parse_all(&format!("{public}{}", witness.public())).expect_err("refused");
    assert!(error.to_string().starts_with("line 3: "), "{error}");
    let error = WitnessKey::parse_all(&public).expect_err("refused").to_string();
    assert!(error.contains("the key of a log, not a witness"), "{error}");
    assert!(KeyRing::from(key(1)).rotated([1; 32]).is_err(), "the same key again");
    let full =
        (1..KEYS_MAX as u8).try_fold(KeyRing::from(key(0)), |ring, seed| ring.rotated([seed; 32]));
    assert!(full.expect("as many as may be").rotated([99; 32]).is_err());
}
