//! The Merkle tree of RFC 6962, section 2.1. The crate `tlog_tiles` makes and checks proofs of
//! inclusion and consistency; this module adapts the crate to our log, and adds a single proof for
//! several leaves.

use std::borrow::Borrow;
use std::fmt;

use sha2::{Digest, Sha256};
use tlog_tiles::{
    Error, HashReader, check_record, check_tree, prove_record, prove_tree, split_stored_hash_index,
};

/// A SHA-256 hash of a leaf or a node of the tree. It is displayed as 64 hex digits.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// The hash that consists of `bytes`. `None` if `bytes` is not 32 bytes long.
    #[must_use]
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }
}

impl AsRef<[u8]> for Hash {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

/// Allows the bytes of a slice of hashes to be concatenated.
impl Borrow<[u8]> for Hash {
    fn borrow(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The root of the tree without leaves: SHA-256 of no bytes.
pub const EMPTY: Hash = Hash(tlog_tiles::EMPTY_HASH.0);

/// The hash of a leaf: SHA-256 of 0x00 and then `bytes`, the contents of the leaf.
#[must_use]
pub fn leaf(bytes: &[u8]) -> Hash {
    let mut hasher = Sha256::new();
    hasher.update([0]);
    hasher.update(bytes);
    Hash(hasher.finalize().into())
}

/// The hash of a node: SHA-256 of 0x01, the left hash and the right hash.
#[must_use]
pub fn node(left: &Hash, right: &Hash) -> Hash {
    let mut hasher = Sha256::new();
    hasher.update([1]);
    hasher.update(left);
    hasher.update(right);
    Hash(hasher.finalize().into())
}

/// The right edge of a growing tree: the roots of its largest complete subtrees, left to right.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    roots: Vec<Hash>,
}

impl Frontier {
    /// The number of leaves in the tree.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Adds a leaf, given by its hash. Calls `complete` with the level, number and root of every
    /// subtree that the leaf completes. A subtree of level L has 2^L leaves; at level 0 the subtree
    /// is the leaf.
    pub fn push(&mut self, leaf: Hash, mut complete: impl FnMut(u8, u64, &Hash)) {
        let (mut level, mut number, mut hash) = (0, self.size, leaf);
        complete(level, number, &hash);
        self.size += 1;
        while number % 2 == 1 {
            let Some(left) = self.roots.pop() else { break };
            hash = node(&left, &hash);
            (level, number) = (level + 1, number / 2);
            complete(level, number, &hash);
        }
        self.roots.push(hash);
    }

    /// The root of the tree.
    #[must_use]
    pub fn root(&self) -> Hash {
        let mut roots = self.roots.iter().rev();
        let Some(last) = roots.next() else { return EMPTY };
        roots.fold(*last, |right, left| node(left, &right))
    }

    /// Builds the frontier of a tree of `size` leaves from its complete subtrees.
    ///
    /// # Errors
    /// [`ProofError`] if a subtree is not available.
    pub fn of(size: u64, subtrees: &impl Subtrees) -> Result<Self, ProofError> {
        let mut roots = Vec::new();
        let mut before = 0_u64;
        for level in (0..64_u8).rev().filter(|level| size >> level & 1 == 1) {
            roots.push(subtrees.root_of(level, before >> level)?);
            before += 1 << level;
        }
        Ok(Self { size, roots })
    }
}

/// Why a proof cannot be made, or is not valid.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ProofError(pub String);

impl From<Error> for ProofError {
    fn from(error: Error) -> Self {
        Self(error.to_string())
    }
}

/// A source of the roots of a tree's complete subtrees, wherever they are stored.
pub trait Subtrees {
    /// The root of the complete subtree `number` at `level`. A subtree at `level` has 2^`level`
    /// leaves; subtrees are counted from 0.
    ///
    /// # Errors
    /// [`ProofError`] if the subtree is not available.
    fn root_of(&self, level: u8, number: u64) -> Result<Hash, ProofError>;
}

struct Reader<'s, S>(&'s S);

impl<S: Subtrees> HashReader for Reader<'_, S> {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<tlog_tiles::Hash>, Error> {
        let read = |index: &u64| {
            let (level, number) = split_stored_hash_index(*index);
            let root = self.0.root_of(level, number);
            root.map(theirs).map_err(|error| Error::InvalidInput(error.0))
        };
        indexes.iter().map(read).collect()
    }
}

fn hashes(proof: Vec<tlog_tiles::Hash>) -> Vec<Hash> {
    proof.into_iter().map(|hash| Hash(hash.0)).collect()
}

fn theirs(hash: Hash) -> tlog_tiles::Hash {
    tlog_tiles::Hash(hash.0)
}

fn all_theirs(proof: &[Hash]) -> Vec<tlog_tiles::Hash> {
    proof.iter().copied().map(theirs).collect()
}

/// Proves that the leaf with number `leaf` is in the tree of `size` leaves. The proof holds the
/// sibling hashes along the path from the leaf to the root, bottom up.
///
/// # Errors
/// [`ProofError`] if the leaf is not in the tree, or a subtree is not available.
pub fn prove_inclusion(
    size: u64,
    leaf: u64,
    subtrees: &impl Subtrees,
) -> Result<Vec<Hash>, ProofError> {
    Ok(hashes(prove_record(size, leaf, &Reader(subtrees))?))
}

/// Proves that the tree of `size` leaves begins with the tree of `earlier` leaves.
///
/// # Errors
/// [`ProofError`] if `earlier` is 0 or greater than `size`, or a subtree is not available.
pub fn prove_consistency(
    earlier: u64,
    size: u64,
    subtrees: &impl Subtrees,
) -> Result<Vec<Hash>, ProofError> {
    Ok(hashes(prove_tree(size, earlier, &Reader(subtrees))?))
}

/// Checks that leaf `number`, with hash `leaf`, is in the tree of `size` leaves with root `root`.
///
/// # Errors
/// [`ProofError`] if the proof is not valid.
pub fn check_inclusion(
    proof: &[Hash],
    (size, root): (u64, &Hash),
    (number, leaf): (u64, &Hash),
) -> Result<(), ProofError> {
    Ok(check_record(&all_theirs(proof), size, theirs(*root), number, theirs(*leaf))?)
}

/// Checks that the tree of `size` leaves begins with the tree of `earlier` leaves.
///
/// # Errors
/// [`ProofError`] if the proof is not valid.
pub fn check_consistency(
    proof: &[Hash],
    (size, root): (u64, &Hash),
    (earlier, earlier_root): (u64, &Hash),
) -> Result<(), ProofError> {
    Ok(check_tree(&all_theirs(proof), size, theirs(*root), earlier, theirs(*earlier_root))?)
}

/// The largest number of leaves of a tree for which a single proof can cover several leaves.
const SIZE_MAX: u64 = 1 << 62;

/// How many leaves the left half of a tree of `size` leaves has: the largest power of two less than
/// `size`. `size` must be at least 2.
fn split(size: u64) -> u64 {
    1 << (63 - (size - 1).leading_zeros())
}

/// Proves by a single proof that all of `leaves` are in the tree of `size` leaves. The proof holds
/// the roots of the largest parts of the tree that contain none of `leaves`, left to right.
///
/// # Errors
/// [`ProofError`] if the leaves are not in the tree, not in ascending order or repeated; or if a
/// subtree is not available.
pub fn prove_several(
    size: u64,
    leaves: &[u64],
    subtrees: &impl Subtrees,
) -> Result<Vec<Hash>, ProofError> {
    check_order(size, leaves.iter().copied())?;
    let mut proof = Vec::new();
    others(0, size, leaves, subtrees, &mut proof)?;
    Ok(proof)
}

fn check_order(size: u64, leaves: impl Iterator<Item = u64> + Clone) -> Result<(), ProofError> {
    let in_order = leaves.clone().zip(leaves.clone().skip(1)).all(|(a, b)| a < b);
    if size > SIZE_MAX || !in_order || leaves.last().is_some_and(|last| last >= size) {
        return Err(ProofError(
            "the leaves to be proved must be in the tree, in order and each once".to_owned(),
        ));
    }
    Ok(())
}

fn others(
    first: u64,
    size: u64,
    leaves: &[u64],
    subtrees: &impl Subtrees,
    proof: &mut Vec<Hash>,
) -> Result<(), ProofError> {
    match (size, leaves) {
        (0, _) | (1, [_]) => Ok(()),
        (_, []) => {
            proof.push(root_between(first, size, subtrees)?);
            Ok(())
        }
        _ => {
            let left = split(size);
            let at = leaves.partition_point(|leaf| *leaf < first + left);
            others(first, left, &leaves[..at], subtrees, proof)?;
            others(first + left, size - left, &leaves[at..], subtrees, proof)
        }
    }
}

/// The root of the part of the tree that has `size` leaves from leaf `first` on.
fn root_between(first: u64, size: u64, subtrees: &impl Subtrees) -> Result<Hash, ProofError> {
    if size.is_power_of_two() {
        let level = size.trailing_zeros();
        let number = first >> level;
        return subtrees.root_of(u8::try_from(level).unwrap_or(u8::MAX), number);
    }
    let left = split(size);
    let right = root_between(first + left, size - left, subtrees)?;
    Ok(node(&root_between(first, left, subtrees)?, &right))
}

/// Computes the root of the tree of `size` leaves from some of its leaves, each given by number and
/// hash, and from the proof that [`prove_several`] made for these leaves.
///
/// # Errors
/// [`ProofError`] if the leaves are not in order, or the proof has one hash too few or too many.
pub fn root_of_several(
    size: u64,
    leaves: &[(u64, Hash)],
    proof: &[Hash],
) -> Result<Hash, ProofError> {
    check_order(size, leaves.iter().map(|(number, _)| *number))?;
    if size == 0 {
        return Ok(EMPTY);
    }
    let mut proof = proof.iter();
    let root = rebuilt(0, size, leaves, &mut proof)?;
    match proof.next() {
        None => Ok(root),
        Some(_) => Err(ProofError("the proof has one hash too many".to_owned())),
    }
}

fn rebuilt(
    first: u64,
    size: u64,
    leaves: &[(u64, Hash)],
    proof: &mut std::slice::Iter<'_, Hash>,
) -> Result<Hash, ProofError> {
    match (size, leaves) {
        (1, [(_, hash)]) => Ok(*hash),
        (_, []) => {
            let next = proof.next().copied();
            next.ok_or_else(|| ProofError("the proof has one hash too few".to_owned()))
        }
        _ => {
            let left = split(size);
            let at = leaves.partition_point(|(leaf, _)| *leaf < first + left);
            let hash = rebuilt(first, left, &leaves[..at], proof)?;
            Ok(node(&hash, &rebuilt(first + left, size - left, &leaves[at..], proof)?))
        }
    }
}
