//! Handles, which are 32-bit numbers that stand for entries of the register's tables, and the
//! tables that assign them.

use std::collections::HashMap;
use std::hash::Hash;
use std::marker::PhantomData;
use std::ops::{Index, IndexMut};

/// A small number that stands for an entry of one table.
pub(crate) trait Handle: Copy {
    /// Creates the handle of the entry at `index`. An index fits in 32 bits, because a table is
    /// shorter than the log, and the log is shorter than 2^32.
    fn of(index: usize) -> Self;
    /// The index, in its table, of the entry that the handle stands for.
    fn index(self) -> usize;
}

macro_rules! handles {
    ($($(#[$meta:meta])* $name:ident;)+) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub(crate) struct $name(u32);

        impl Handle for $name {
            fn of(index: usize) -> Self {
                Self(u32::try_from(index).unwrap_or(u32::MAX))
            }

            fn index(self) -> usize {
                self.0 as usize
            }
        }
    )+};
}

handles! {
    /// The handle of a body: its number in the table of bodies.
    BodyHandle;
    /// The handle of a contract: its number in the table of contracts.
    ContractHandle;
    /// The handle of a function: its number in the table of functions.
    FunctionHandle;
    /// The handle of a rule: its number in the table of rules.
    RuleHandle;
    /// The handle of an instrument: its number in the table of instruments.
    InstrumentHandle;
    /// The handle of a fact that moves no function: its number in the list of such facts.
    RecordHandle;
    /// The handle of a document that facts rest on: its number in the list of documents.
    EvidenceHandle;
}

/// An entry of a table. Each entry is found by its key.
pub(crate) trait Entry {
    type Key: Clone + Eq + Hash;
    type Handle: Handle;

    fn new(key: Self::Key) -> Self;
    fn key(&self) -> &Self::Key;
}

/// A table of entries, in the order in which they were added. An entry is found by its key or its
/// handle.
pub(crate) struct Table<E: Entry> {
    entries: Vec<E>,
    handles: HashMap<E::Key, E::Handle>,
}

impl<E: Entry> Default for Table<E> {
    fn default() -> Self {
        Self { entries: Vec::new(), handles: HashMap::new() }
    }
}

impl<E: Entry> Table<E> {
    /// The handle of the entry for `key`, or `None` if there is no such entry.
    pub fn handle(&self, key: &E::Key) -> Option<E::Handle> {
        self.handles.get(key).copied()
    }

    /// The entry for `key`, or `None` if there is no such entry.
    pub fn get(&self, key: &E::Key) -> Option<&E> {
        self.handle(key).map(|handle| &self[handle])
    }

    /// Adds an entry for `key`, which must not have one yet, and returns the handle of the entry.
    pub fn add(&mut self, key: &E::Key) -> E::Handle {
        let handle = E::Handle::of(self.entries.len());
        self.entries.push(E::new(key.clone()));
        self.handles.insert(key.clone(), handle);
        handle
    }

    /// Removes the entry that was added last.
    pub fn pop(&mut self) {
        if let Some(entry) = self.entries.pop() {
            self.handles.remove(entry.key());
        }
    }

    pub fn iter(&self) -> std::slice::Iter<'_, E> {
        self.entries.iter()
    }

    /// Iterates over all entries of the table, each with its handle.
    pub fn with_handles(&self) -> impl Iterator<Item = (E::Handle, &E)> {
        self.entries.iter().enumerate().map(|(index, entry)| (E::Handle::of(index), entry))
    }
}

impl<E: Entry> Index<E::Handle> for Table<E> {
    type Output = E;

    fn index(&self, handle: E::Handle) -> &E {
        &self.entries[handle.index()]
    }
}

impl<E: Entry> IndexMut<E::Handle> for Table<E> {
    fn index_mut(&mut self, handle: E::Handle) -> &mut E {
        &mut self.entries[handle.index()]
    }
}

/// A map from handles to values, for a kind of value that only a few entries of a table have.
pub(crate) struct Sparse<H, T> {
    values: HashMap<usize, T, Spread>,
    of: PhantomData<H>,
}

impl<H, T> Default for Sparse<H, T> {
    fn default() -> Self {
        Self { values: HashMap::default(), of: PhantomData }
    }
}

impl<H: Handle, T: Default> Sparse<H, T> {
    pub fn get(&self, handle: H) -> Option<&T> {
        self.values.get(&handle.index())
    }

    pub fn entry(&mut self, handle: H) -> &mut T {
        self.values.entry(handle.index()).or_default()
    }

    /// The values in the order of their handles, each with the index of its handle.
    pub fn in_order(&self) -> Vec<(usize, &T)> {
        let mut all: Vec<_> = self.values.iter().map(|(index, value)| (*index, value)).collect();
        all.sort_unstable_by_key(|(index, _)| *index);
        all
    }
}

/// A fast hasher for table indexes. The hasher need not resist deliberate collisions, because the
/// register assigns the indexes itself, so nobody can choose indexes that collide.
#[derive(Clone, Copy, Default)]
struct Spread(u64);

impl std::hash::BuildHasher for Spread {
    type Hasher = Self;

    fn build_hasher(&self) -> Self {
        Self(0)
    }
}

impl std::hash::Hasher for Spread {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_usize(usize::from(*byte));
        }
    }

    fn write_usize(&mut self, index: usize) {
        self.0 = (self.0 ^ index as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }

    fn finish(&self) -> u64 {
        self.0.rotate_left(26)
    }
}
