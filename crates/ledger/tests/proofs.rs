//! Tests roots, proofs and notes against independent libraries, and tests that proofs, notes and
//! keys with any bit changed are refused.

#![allow(clippy::expect_used, clippy::unwrap_used, missing_docs, reason = "tests")]

use ct_merkle::mem_backed_tree::MemoryBackedTree;
use remit_ledger::tree::{self, Frontier, Hash, ProofError, Subtrees};
use remit_ledger::{Checkpoint, NoteError, SignerKey, VerifierKey};
use sha2_11::Sha256;

/// The roots of all complete subtrees, by level and number.
#[derive(Default)]
struct All(Vec<Vec<Hash>>);

impl All {
    fn keep(&mut self, level: u8, number: u64, hash: &Hash) {
        let level = usize::from(level);
        if self.0.len() <= level {
            self.0.push(Vec::new());
        }
        assert_eq!(self.0[level].len() as u64, number, "subtrees are completed in order");
        self.0[level].push(*hash);
    }
}

impl Subtrees for All {
    fn root_of(&self, level: u8, number: u64) -> Result<Hash, ProofError> {
        let found = self.0.get(usize::from(level)).and_then(|level| level.get(number as usize));
        found.copied().ok_or_else(|| ProofError(format!("no subtree {number} at level {level}")))
    }
}

fn event(number: u64) -> Vec<u8> {
    format!("{{\"id\":\"{number}\"}}").into_bytes()
}

/// Builds the tree of `size` leaves twice: with this crate, and with an independent library.
fn trees(size: u64) -> (Frontier, All, MemoryBackedTree<Sha256, Vec<u8>>) {
    let (mut frontier, mut all, mut theirs) =
        (Frontier::default(), All::default(), MemoryBackedTree::new());
    for number in 0..size {
        frontier.push(tree::leaf(&event(number)), |level, at, hash| all.keep(level, at, hash));
        theirs.push(event(number));
    }
    (frontier, all, theirs)
}

#[test]
fn roots_and_proofs_are_those_of_an_independent_library() {
    let (mut ours, mut all, mut theirs) = trees(0);
    let empty: MemoryBackedTree<Sha256, Vec<u8>> = MemoryBackedTree::new();
    assert_eq!(ours.root().0.as_slice(), empty.root().as_bytes().as_slice());
    let mut roots = vec![ours.root()];
    for size in 1..=512_u64 {
        ours.push(tree::leaf(&event(size - 1)), |level, at, hash| all.keep(level, at, hash));
        theirs.push(event(size - 1));
        let root = ours.root();
        assert_eq!(root.0.as_slice(), theirs.root().as_bytes().as_slice(), "size {size}");
        assert_eq!(Frontier::of(size, &all), Ok(ours.clone()), "size {size}");
        roots.push(root);
        for number in [0, 1, size / 3, size / 2, size.saturating_sub(2), size - 1] {
            let number = number.min(size - 1);
            let proof = tree::prove_inclusion(size, number, &all).expect("a proof");
            let other = theirs.prove_inclusion(number as usize);
            assert_eq!(proof.concat(), other.as_bytes(), "{number} of {size}");
            let leaf = tree::leaf(&event(number));
            tree::check_inclusion(&proof, (size, &root), (number, &leaf)).expect("it stands");
        }
        for earlier in 1..=size {
            if size > 256 && earlier != size / 2 {
                continue;
            }
            let proof = tree::prove_consistency(earlier, size, &all).expect("a proof");
            let added = (size - earlier) as usize;
            if added > 0 {
                let other = theirs.prove_consistency(added);
                assert_eq!(proof.concat(), other.as_bytes(), "{earlier} to {size}");
            }
            let before = (earlier, &roots[earlier as usize]);
            tree::check_consistency(&proof, (size, &root), before).expect("it stands");
        }
    }
}

#[test]
fn large_trees_at_chance_sizes_agree() {
    let mut state = 20_261_122_u64;
    for _ in 0..4 {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let size = 1 + (state >> 33) % 1_000_000;
        let (ours, all, theirs) = trees(size);
        let root = ours.root();
        assert_eq!(root.0.as_slice(), theirs.root().as_bytes().as_slice(), "size {size}");
        let number = (state >> 20) % size;
        let proof = tree::prove_inclusion(size, number, &all).expect("a proof");
        assert_eq!(proof.concat(), theirs.prove_inclusion(number as usize).as_bytes());
    }
}

#[test]
fn a_proof_with_any_bit_changed_does_not_stand() {
    let (ours, all, _) = trees(300);
    let (root, number) = (ours.root(), 137);
    let leaf = tree::leaf(&event(number));
    let proof = tree::prove_inclusion(300, number, &all).expect("a proof");
    let stands = |proof: &[Hash], root: &Hash, leaf: &Hash, number| {
        tree::check_inclusion(proof, (300, root), (number, leaf)).is_ok()
    };
    assert!(stands(&proof, &root, &leaf, number));
    for at in 0..proof.len() * 256 {
        let mut changed = proof.clone();
        changed[at / 256].0[at % 256 / 8] ^= 1 << (at % 8);
        assert!(!stands(&changed, &root, &leaf, number), "bit {at}");
    }
    for bit in 0..256 {
        let (mut other_root, mut other_leaf) = (root, leaf);
        other_root.0[bit / 8] ^= 1 << (bit % 8);
        other_leaf.0[bit / 8] ^= 1 << (bit % 8);
        assert!(!stands(&proof, &other_root, &leaf, number), "root, bit {bit}");
        assert!(!stands(&proof, &root, &other_leaf, number), "leaf, bit {bit}");
    }
    for other in (0..300).filter(|other| *other != number) {
        assert!(!stands(&proof, &root, &leaf, other), "as leaf {other}");
    }
    assert!(!stands(&proof[1..], &root, &leaf, number), "a hash less");
    assert!(tree::prove_inclusion(300, 300, &all).is_err(), "a leaf that is not there");
    assert!(
        tree::prove_consistency(0, 300, &all).is_err()
            && tree::prove_consistency(301, 300, &all).is_err()
    );
}

fn checkpoint() -> (Checkpoint, SignerKey) {
    let key = SignerKey::from_seed("remit.example/register", [7; 32]).expect("a key");
    let (ours, ..) = trees(1_000);
    let origin = "remit.example/register".to_owned();
    (Checkpoint { origin, size: 1_000, root: ours.root(), index: None }, key)
}

#[test]
fn a_note_is_read_by_an_independent_library_and_its_key_too() {
    let (checkpoint, key) = checkpoint();
    let note = checkpoint.sign(&[&key]);
    let theirs = signed_note::StandardVerifier::new(&key.public().to_string()).expect("their key");
    let list = signed_note::VerifierList::new(vec![Box::new(theirs)]);
    let read = signed_note::Note::from_bytes(note.as_bytes()).expect("their note");
    let (verified, _) = read.verify(&list).expect("it stands");
    assert_eq!(verified.len(), 1);
    let lines: Vec<&str> = note.lines().collect();
    assert_eq!((lines[0], lines[1], lines[3]), ("remit.example/register", "1000", ""));
    // This crate also verifies the note, and keeps a signature line by a witness unchecked.
    let ours = VerifierKey::parse(&key.public().to_string()).expect("our key");
    assert_eq!(
        Checkpoint::verify(&note, std::slice::from_ref(&ours)),
        Ok((checkpoint.clone(), vec![]))
    );
    let witness = SignerKey::from_seed("witness.example", [9; 32]).expect("a key");
    let cosigned = checkpoint.sign(&[&key, &witness]);
    let (read, others) =
        Checkpoint::verify(&cosigned, std::slice::from_ref(&ours)).expect("it stands");
    assert_eq!((read, others.len()), (checkpoint.clone(), 1));
    assert!(others[0].contains("witness.example"));
    // A note signed with an old key still verifies for a reader who has the old and the new key.
    let newer = SignerKey::from_seed("remit.example/register", [8; 32]).expect("a key");
    let both = [newer.public().clone(), ours.clone()];
    assert!(Checkpoint::verify(&note, &both).is_ok());
    assert_eq!(Checkpoint::unverified(&note), Ok(checkpoint.clone()), "whoever signed it");
    assert_eq!(Checkpoint::verify(&note, &both[..1]), Err(NoteError::NoSignature));
    // The text of the private key can be parsed again.
    let again = SignerKey::parse(&key.secret_text()).expect("a key");
    assert_eq!(again.public(), key.public());
}

#[test]
fn a_note_or_key_with_any_byte_changed_is_refused() {
    let (checkpoint, key) = checkpoint();
    let note = checkpoint.sign(&[&key]);
    let ours = [key.public().clone()];
    for at in 0..note.len() {
        for bit in 0..8 {
            let mut bytes = note.clone().into_bytes();
            bytes[at] ^= 1 << bit;
            let Ok(text) = String::from_utf8(bytes) else { continue };
            assert!(Checkpoint::verify(&text, &ours).is_err(), "byte {at}, bit {bit}: {text:?}");
        }
    }
    for cut in 0..note.len() {
        if note.is_char_boundary(cut) {
            assert!(Checkpoint::verify(&note[..cut], &ours).is_err(), "cut at {cut}");
        }
    }
    let public = key.public().to_string();
    for at in 0..public.len() {
        let mut bytes = public.clone().into_bytes();
        bytes[at] ^= 1;
        let text = String::from_utf8(bytes).expect("ASCII");
        assert!(VerifierKey::parse(&text).is_err(), "byte {at}: {text:?}");
    }
}
