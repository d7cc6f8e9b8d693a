//! The index of a log: which events are filed under each key. A proof from the index shows all
//! events filed under a key, and that no other events are filed under it.
//!
//! A key is text without line breaks, such as `area:11X`. Each key lies in one of 65,536 buckets;
//! the number of the bucket is the first two bytes of the key's SHA-256. A bucket is text with one
//! line for each key, sorted by the bytes of the keys. A line holds the positions filed under the
//! key, ascending and separated by commas, then a space, then the key. The root of the index is the
//! root of the RFC 6962 tree whose leaves are the buckets, including the empty buckets. So a bucket
//! shows whether it has a given key, and every event filed under that key.
//!
//! The index depends on the log alone: anyone who holds the events can compute the root of the
//! index.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};

use crate::tree::{self, Hash, ProofError, Subtrees};

/// The number of buckets in the index.
pub const BUCKETS: u64 = 1 << LEVELS;
const LEVELS: u8 = 16;

/// The number of the bucket in which `key` lies.
#[must_use]
pub fn bucket_of(key: &str) -> u16 {
    let hash = Sha256::digest(key.as_bytes());
    u16::from_be_bytes([hash[0], hash[1]])
}

/// The index over the first events of a log: which of these events are filed under each key.
#[derive(Default)]
pub struct Index {
    buckets: BTreeMap<u16, BTreeMap<Box<str>, Vec<u64>>>,
    /// The hashes of the tree over the buckets, level by level from the leaves to the root. They
    /// are computed when a root or a proof is first asked for.
    levels: Vec<Vec<Hash>>,
    changed: BTreeSet<u16>,
}

/// A proof that shows all events filed under some keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IndexProof {
    /// The buckets in which the keys of the proof lie, each as its number and its text, in order of
    /// number.
    pub buckets: Vec<(u16, String)>,
    /// The roots of those parts of the index tree that hold none of the proof's buckets, left to
    /// right.
    pub hashes: Vec<Hash>,
}

impl Index {
    /// Files the event at `position` under `key`. Positions must come in ascending order.
    pub fn file(&mut self, key: &str, position: u64) {
        let number = bucket_of(key);
        let bucket = self.buckets.entry(number).or_default();
        let filed = bucket.entry(key.into()).or_default();
        if filed.last() != Some(&position) {
            filed.push(position);
            self.changed.insert(number);
        }
    }

    /// The positions of the events filed under `key`, ascending.
    #[must_use]
    pub fn filed(&self, key: &str) -> &[u64] {
        let bucket = self.buckets.get(&bucket_of(key));
        bucket.and_then(|bucket| bucket.get(key)).map(Vec::as_slice).unwrap_or_default()
    }

    fn text(&self, number: u16) -> String {
        let mut text = String::new();
        for (key, positions) in self.buckets.get(&number).into_iter().flatten() {
            for (index, position) in positions.iter().enumerate() {
                text += if index == 0 { "" } else { "," };
                text += &position.to_string();
            }
            text.push(' ');
            text += key;
            text.push('\n');
        }
        text
    }

    /// Recomputes the hashes of the changed buckets and of the nodes above them.
    fn hash(&mut self) {
        if self.levels.is_empty() {
            let mut level = vec![tree::leaf(b""); 1 << LEVELS];
            while level.len() > 1 {
                let above = level.chunks(2).map(|pair| tree::node(&pair[0], &pair[1])).collect();
                self.levels.push(std::mem::replace(&mut level, above));
            }
            self.levels.push(level);
        }
        let mut numbers: Vec<usize> = Vec::new();
        for number in std::mem::take(&mut self.changed) {
            self.levels[0][usize::from(number)] = tree::leaf(self.text(number).as_bytes());
            numbers.push(usize::from(number));
        }
        for level in 1..self.levels.len() {
            numbers.iter_mut().for_each(|number| *number /= 2);
            numbers.dedup();
            for number in &numbers {
                let below = &self.levels[level - 1];
                self.levels[level][*number] =
                    tree::node(&below[2 * number], &below[2 * number + 1]);
            }
        }
    }

    /// The root of the index over all events filed so far.
    pub fn root(&mut self) -> Hash {
        self.hash();
        self.levels[usize::from(LEVELS)][0]
    }

    /// Proves which events are filed under each of `keys`.
    ///
    /// # Errors
    /// None in practice, because the whole tree is in memory.
    pub fn prove<'k>(
        &mut self,
        keys: impl Iterator<Item = &'k str>,
    ) -> Result<IndexProof, ProofError> {
        self.hash();
        let numbers: BTreeSet<u16> = keys.map(bucket_of).collect();
        let leaves: Vec<u64> = numbers.iter().copied().map(u64::from).collect();
        let hashes = tree::prove_several(BUCKETS, &leaves, &*self)?;
        let buckets = numbers.into_iter().map(|number| (number, self.text(number))).collect();
        Ok(IndexProof { buckets, hashes })
    }
}

impl Subtrees for Index {
    fn root_of(&self, level: u8, number: u64) -> Result<Hash, ProofError> {
        let level = self.levels.get(usize::from(level));
        let hash = level.and_then(|level| level.get(usize::try_from(number).ok()?));
        hash.copied().ok_or_else(|| ProofError("the index has no bucket of this number".to_owned()))
    }
}

impl IndexProof {
    /// Checks the proof against `root`, the root of the index. Returns the proof's buckets, with
    /// the events filed under each key in them.
    ///
    /// # Errors
    /// [`ProofError`] if the proof does not lead to `root`, or a bucket is malformed.
    pub fn check(&self, root: &Hash) -> Result<Shown, ProofError> {
        let wrong = |number: u16, why: &str| ProofError(format!("bucket {number} {why}"));
        let leaves: Vec<_> = self
            .buckets
            .iter()
            .map(|(number, text)| (u64::from(*number), tree::leaf(text.as_bytes())))
            .collect();
        if tree::root_of_several(BUCKETS, &leaves, &self.hashes)? != *root {
            return Err(ProofError(
                "the index has another root than the checkpoint says".to_owned(),
            ));
        }
        let mut shown = Shown::default();
        for (number, text) in &self.buckets {
            if !text.is_empty() && !text.ends_with('\n') {
                return Err(wrong(*number, "must end with a line feed"));
            }
            for line in text.lines() {
                let (positions, key) =
                    line.split_once(' ').ok_or_else(|| wrong(*number, "has a line without key"))?;
                let positions: Result<Vec<u64>, _> = positions.split(',').map(str::parse).collect();
                let positions = positions.map_err(|_| wrong(*number, "has a bad position"))?;
                let last = shown.filed.insert(key.to_owned(), positions);
                if last.is_some() || bucket_of(key) != *number {
                    return Err(wrong(*number, "has a key that is not in its place"));
                }
            }
            shown.buckets.insert(*number);
        }
        Ok(shown)
    }
}

/// The buckets of a checked proof, and the events filed under their keys.
#[derive(Clone, Debug, Default)]
pub struct Shown {
    buckets: BTreeSet<u16>,
    filed: BTreeMap<String, Vec<u64>>,
}

impl Shown {
    /// The positions of the events filed under `key`; `None` if the proof does not show the key's
    /// bucket.
    #[must_use]
    pub fn filed(&self, key: &str) -> Option<&[u64]> {
        let shown = self.buckets.contains(&bucket_of(key));
        shown.then(|| self.filed.get(key).map(Vec::as_slice).unwrap_or_default())
    }

    /// The numbers of the buckets that the proof shows.
    #[must_use]
    pub fn buckets(&self) -> &BTreeSet<u16> {
        &self.buckets
    }
}
