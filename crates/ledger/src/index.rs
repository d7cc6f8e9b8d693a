//! Which events are filed under a key: a commitment that can show all of them, and that there are
//! no others.
//!
//! A key is text without line breaks, such as `area:11X`. It lies in one of 65,536 buckets: that of
//! the first two bytes of its SHA-256. A bucket is text, a line a key, in the order of the keys'
//! bytes: the positions filed under it, in order, with commas between, a space, the key. The root
//! of the index is that of the RFC 6962 tree whose leaves are the buckets, empty ones too. So
//! whoever sees the bucket of a key sees whether the key is there, and all that is filed under it.
//!
//! The index follows from the log alone: whoever holds the events can compute the root.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};

use crate::tree::{self, Hash, ProofError, Subtrees};

/// How many buckets there are.
pub const BUCKETS: u64 = 1 << LEVELS;
const LEVELS: u8 = 16;

/// The bucket in which a key lies.
#[must_use]
pub fn bucket_of(key: &str) -> u16 {
    let hash = Sha256::digest(key.as_bytes());
    u16::from_be_bytes([hash[0], hash[1]])
}

/// The index over the first events of a log.
#[derive(Default)]
pub struct Index {
    buckets: BTreeMap<u16, BTreeMap<Box<str>, Vec<u64>>>,
    /// The tree's nodes from the leaves up, but for the root; filled when a root is first asked
    /// for.
    levels: Vec<Vec<Hash>>,
    changed: BTreeSet<u16>,
}

/// What shows all that is filed under some keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IndexProof {
    /// The buckets in which the keys lie, in order, by number.
    pub buckets: Vec<(u16, String)>,
    /// The roots of the parts of the tree that hold none of them.
    pub hashes: Vec<Hash>,
}

impl Index {
    /// Files an event, which comes after all that are filed, under a key.
    pub fn file(&mut self, key: &str, position: u64) {
        let number = bucket_of(key);
        let bucket = self.buckets.entry(number).or_default();
        let filed = bucket.entry(key.into()).or_default();
        if filed.last() != Some(&position) {
            filed.push(position);
            self.changed.insert(number);
        }
    }

    /// The events filed under a key, in order.
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

    /// Brings the tree up to what is filed.
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

    /// The root over all that is filed.
    pub fn root(&mut self) -> Hash {
        self.hash();
        self.levels[usize::from(LEVELS)][0]
    }

    /// What shows all that is filed under some keys.
    ///
    /// # Errors
    /// None in practice: the tree is in memory.
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
        hash.copied().ok_or_else(|| ProofError("there is no such part of the index".to_owned()))
    }
}

impl IndexProof {
    /// All that is filed under each key that lies in a bucket shown, if the root is this one.
    ///
    /// # Errors
    /// [`ProofError`] where the root is another, or a bucket is not written as it must be.
    pub fn check(&self, root: &Hash) -> Result<Shown, ProofError> {
        let wrong = |number: u16, why: &str| ProofError(format!("bucket {number} {why}"));
        let leaves: Vec<_> = self
            .buckets
            .iter()
            .map(|(number, text)| (u64::from(*number), tree::leaf(text.as_bytes())))
            .collect();
        if tree::root_of_several(BUCKETS, &leaves, &self.hashes)? != *root {
            return Err(ProofError("the index is not that of the checkpoint".to_owned()));
        }
        let mut shown = Shown::default();
        for (number, text) in &self.buckets {
            if !text.is_empty() && !text.ends_with('\n') {
                return Err(wrong(*number, "does not end with its last line"));
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

/// What a proof shows.
#[derive(Clone, Debug, Default)]
pub struct Shown {
    buckets: BTreeSet<u16>,
    filed: BTreeMap<String, Vec<u64>>,
}

impl Shown {
    /// The events filed under a key; `None` where the proof does not show it.
    #[must_use]
    pub fn filed(&self, key: &str) -> Option<&[u64]> {
        let shown = self.buckets.contains(&bucket_of(key));
        shown.then(|| self.filed.get(key).map(Vec::as_slice).unwrap_or_default())
    }

    /// How many buckets are shown.
    #[must_use]
    pub fn buckets(&self) -> &BTreeSet<u16> {
        &self.buckets
    }
}
